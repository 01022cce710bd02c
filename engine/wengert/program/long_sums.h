#ifndef WENGERT_PROGRAM_LONG_SUMS_H_
#define WENGERT_PROGRAM_LONG_SUMS_H_

// The sums of a graph that are long enough to be loops: s1 = s0 + t1, s2 = s1 + t2, ..., where each
// value so far is used by the next link only. Their terms may be added in any order.

#include <cstdint>
#include <vector>

#include "wengert/program/recording.h"

namespace wengert::program {

class LongSums {
 public:
  static constexpr uint32_t kFewestLinks = 64;
  static constexpr uint32_t kNone = ~uint32_t{0};

  explicit LongSums(const Recording& recording);

  size_t size() const { return starts_.size(); }
  // The sum that node i is a link of, or kNone.
  uint32_t SumAt(uint32_t i) const { return sum_[i]; }
  bool IsLink(uint32_t i) const { return sum_[i] != kNone; }
  // Whether operand k of node i is the sum so far.
  bool IsSoFar(uint32_t i, int k) const { return IsLink(i) && slot_[i] == k; }
  int SlotOf(uint32_t i) const { return slot_[i]; }
  // What the sum begins with.
  Operand StartOf(uint32_t sum) const { return starts_[sum]; }

 private:
  // The links that end in node i if it is one, 0 if it isn't; notes the operand they come by.
  uint32_t LinksTo(const Recording& recording, uint32_t i);
  bool IsContinued(const Recording& recording, Operand operand) const;

  std::vector<uint32_t> links_, sum_;
  std::vector<uint8_t> slot_;
  std::vector<Operand> starts_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LONG_SUMS_H_
