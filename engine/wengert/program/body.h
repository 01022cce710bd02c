#ifndef WENGERT_PROGRAM_BODY_H_
#define WENGERT_PROGRAM_BODY_H_

// What the operands of a loop's body are, told from three sample iterations of a repeat; what two
// of them agree on counts. One odd iteration, even if it is a sample, doesn't hide the loop.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "wengert/program/loop_cost.h"
#include "wengert/program/recording.h"

namespace wengert::program {

// A position of the body.
struct BodyPosition {
  int arity = 0;
  uint32_t distance[3] = {};  // of each operand: how far back in the iteration it is; 0: external
  uint8_t link = 0;        // as in Run: 1 + k where operand k is the sum so far, distance[k] back
  uint8_t carried = 0;     // bit k: operand k, a sum or not, is of the iteration before
  bool last_link = false;  // the next iteration continues the sum from here

  bool IsCarried(int k) const { return (carried >> k & 1) != 0; }
};

struct Body {
  uint32_t first = 0;  // iterations could begin here
  uint32_t count = 0;  // and this many would fit into the repeat
  uint32_t reach = 0;  // the nearest external operands are this many iterations back
  std::vector<BodyPosition> positions;
  bool is_recurrence = false;  // whether operands other than sums may be carried
  LoopCost cost;

  uint32_t period() const { return static_cast<uint32_t>(positions.size()); }
  uint32_t end() const { return first + count * period(); }
  Interval nodes() const { return {first, end()}; }
  // The iterations of a run: as many as `reach` allows.
  uint32_t iterations() const { return std::min(count, reach); }
  // What the repeat saves as such runs.
  double Saving() const;
};

class BodyReader {
 public:
  BodyReader(const Recording& recording, bool recurrences);

  // Reads the body of a repeat of at least min_count periods. False if no run of min_count
  // iterations can come of it: a value goes from iteration to iteration other than through a sum,
  // or, if recurrences are allowed, further than to the next. Looks at six iterations, twice for a
  // recurrence.
  bool Read(Interval repeat, uint32_t period, uint32_t min_count, Body& body);

  uint64_t visits() const { return visits_; }

 private:
  static constexpr int kSamples = 3;
  static constexpr size_t kSeen = 4096;

  bool ReadAs(bool recurrence, Body& body);
  Operand OperandOf(int sample, uint32_t p, int k) const;
  Operand NextOperandOf(int sample, uint32_t p, int k) const;
  uint32_t AgreedDistance(uint32_t p, int k, uint32_t limit) const;
  void ReadDistances(uint32_t limit, Body& body);
  void FindLinks(Body& body);
  bool FindPhase(bool recurrence, Body& body);
  bool RotateTo(uint32_t phase, Body& body);
  void ReadCosts(Body& body);
  bool IsLinear(const std::vector<bool>& spine, const Body& body) const;
  void ReadExternal(uint32_t p, int k, Body& body);
  double CostOfNodes(uint32_t p, int k);
  bool IsNewHere(Operand operand);

  const Recording& recording_;
  bool recurrences_;
  Interval repeat_;
  uint32_t period_ = 0;
  uint32_t samples_[kSamples] = {};  // where they begin
  uint64_t visits_ = 0;
  // Scratch. Of each position: the position that adds its value, or none.
  std::vector<uint32_t> next_link_;
  std::vector<uint8_t> next_operand_;
  std::vector<uint32_t> walk_;
  std::vector<uint32_t> longest_use_;
  std::vector<int64_t> crossings_;
  std::vector<std::pair<uint32_t, uint32_t>> seen_;  // (body, node) of some loads
  uint32_t bodies_ = 0;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BODY_H_
