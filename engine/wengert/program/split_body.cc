#include "wengert/program/split_body.h"

#include <algorithm>

namespace wengert::program {
namespace {

// What was found out about an iteration.
struct Iteration {
  bool fits = true;     // its operations, local operands and links are the body's
  bool begins = false;  // a carried operand isn't of the iteration before
  bool ends = false;    // a sum is used by something else, too
  uint32_t latest = 0;  // its external operands are nodes before this one
};

class Splitter {
 public:
  Splitter(const Recording& recording, const Body& body, uint32_t min_count, std::vector<Run>& runs)
      : recording_(recording), body_(body), min_count_(min_count), runs_(runs) {
    model_.period = body.period();
    for (const BodyPosition& position : body.positions) {
      model_.links.push_back(position.link);
      if (!body.is_recurrence) continue;
      const int link = position.link == 0 ? 0 : 1 << (position.link - 1);
      model_.carried.push_back(static_cast<uint8_t>(position.carried & ~link));
    }
  }

  void Split() {
    bool ended = false;
    for (uint32_t k = 0; k < body_.count; ++k) {
      const Iteration iteration = LookAt(k);
      if (!iteration.fits) {
        Close(k);
        begin_ = k + 1;
        continue;
      }
      if (iteration.begins || ended) {
        Close(k);
        begin_ = k;
      } else if (iteration.latest > NodeOf(begin_)) {
        begin_ = Close(k) ? k : (iteration.latest - 1 - body_.first) / body_.period() + 1;
      }
      ended = iteration.ends;
    }
    Close(body_.count);
  }

 private:
  uint32_t NodeOf(uint32_t iteration) const { return body_.first + iteration * body_.period(); }

  Iteration LookAt(uint32_t k) const {
    Iteration iteration;
    const uint32_t begin = NodeOf(k);
    for (uint32_t p = 0; p < body_.period() && iteration.fits; ++p) {
      const BodyPosition& position = body_.positions[p];
      LookAtOperands(begin, begin + p, position, iteration);
      if (position.link != 0 && recording_.uses[begin + p] != 1) {
        (position.last_link ? iteration.ends : iteration.fits) = position.last_link;
      }
    }
    return iteration;
  }

  void LookAtOperands(uint32_t begin, uint32_t node, const BodyPosition& position,
                      Iteration& iteration) const {
    const Operand* operands = recording_.graph.nodes[node].operands;
    for (int k = 0; k < position.arity; ++k) {
      const Operand operand = operands[k];
      const uint32_t distance = position.distance[k];
      if (distance != 0 && operand == Operand::Node(node - distance)) continue;
      const bool is_before = operand.is_constant() || operand.index() < begin;
      iteration.fits &= is_before && (distance == 0 || position.IsCarried(k));
      iteration.begins |= position.IsCarried(k);
      if (distance == 0 && !operand.is_constant()) {
        iteration.latest = std::max(iteration.latest, operand.index() + 1);
      }
    }
  }

  // Whether the row that ends before `end` is a run.
  bool Close(uint32_t end) {
    if (end < begin_ + min_count_) return false;
    model_.first = NodeOf(begin_);
    model_.count = end - begin_;
    runs_.push_back(model_);
    return true;
  }

  const Recording& recording_;
  const Body& body_;
  uint32_t min_count_;
  std::vector<Run>& runs_;
  Run model_;           // but for its place
  uint32_t begin_ = 0;  // of the row
};

}  // namespace

void SplitIntoRuns(const Recording& recording, const Body& body, uint32_t min_count,
                   std::vector<Run>& runs, uint64_t& visits) {
  Splitter(recording, body, min_count, runs).Split();
  visits += uint64_t{body.count} * body.period();
}

}  // namespace wengert::program
