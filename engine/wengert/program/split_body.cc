#include "wengert/program/split_body.h"

#include <algorithm>

#include "wengert/program/node_pattern.h"

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
      : recording_(recording),
        body_(body),
        pattern_(body.positions),
        min_count_(min_count),
        runs_(runs) {
    model_.period = body.period();
    for (uint32_t p = 0; p < body.period(); ++p) {
      const BodyPosition& position = body.positions[p];
      for (int k = 0; k < position.arity; ++k) {
        uses_.push_back({p, position.distance[k], static_cast<uint8_t>(k), position.IsCarried(k)});
      }
      if (position.link != 0) links_.push_back(p);
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
  // An operand of the body.
  struct Use {
    uint32_t position;
    uint32_t distance;  // as in BodyPosition
    uint8_t operand;
    bool is_carried;
  };

  uint32_t NodeOf(uint32_t iteration) const { return body_.first + iteration * body_.period(); }

  Iteration LookAt(uint32_t k) const {
    Iteration iteration;
    const uint32_t begin = NodeOf(k);
    if (!pattern_.Fits(&recording_.graph.nodes[begin], begin, iteration.latest)) {
      iteration = LookAtOperands(begin);
    }
    for (uint32_t p : links_) {
      if (recording_.uses[begin + p] == 1 || !iteration.fits) continue;
      (body_.positions[p].last_link ? iteration.ends : iteration.fits) =
          body_.positions[p].last_link;
    }
    return iteration;
  }

  // One by one, as some may be carried from before the row.
  Iteration LookAtOperands(uint32_t begin) const {
    Iteration iteration;
    const Node* const nodes = recording_.graph.nodes.data() + begin;
    for (const Use& use : uses_) {
      const Operand operand = nodes[use.position].operands[use.operand];
      const bool is_near = use.distance != 0;
      const bool is_there =
          !operand.is_constant() && operand.index() + use.distance == begin + use.position;
      if (is_near && is_there) continue;
      const bool is_before = operand.is_constant() || operand.index() < begin;
      iteration.fits = is_before && (!is_near || use.is_carried);
      if (!iteration.fits) return iteration;
      iteration.begins |= use.is_carried;
      if (is_near || operand.is_constant()) continue;
      iteration.latest = std::max(iteration.latest, operand.index() + 1);
    }
    return iteration;
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
  const NodePattern pattern_;
  uint32_t min_count_;
  std::vector<Run>& runs_;
  std::vector<Use> uses_;        // in the order of the nodes
  std::vector<uint32_t> links_;  // positions
  Run model_;                    // but for its place
  uint32_t begin_ = 0;           // of the row
};

}  // namespace

void SplitIntoRuns(const Recording& recording, const Body& body, uint32_t min_count,
                   std::vector<Run>& runs, uint64_t& visits) {
  Splitter(recording, body, min_count, runs).Split();
  visits += uint64_t{body.count} * body.period();
}

}  // namespace wengert::program
