// One run as a block: its middle iteration is the body.

#include <map>

#include "wengert/program/rolling.h"

namespace wengert::program {
namespace {

constexpr uint32_t kNone = Rolling::kNone;

class LoopRoller {
 public:
  LoopRoller(Rolling& rolling, const Run& run, std::vector<uint32_t>& unchecked)
      : rolling_(rolling),
        graph_(rolling.graph),
        run_(run),
        middle_(run.first + run.count / 2 * run.period),
        unchecked_(unchecked),
        local_(run.period),
        sum_of_(run.period, kNone),
        is_used_(run.period),
        guards_(run.period) {
    FindUses();
  }

  Block Rolled() && {
    for (uint32_t p = 0; p < run_.period; ++p) AppendPosition(p);
    for (const auto& [key, carried] : carried_) {
      body_.Root(local_[key.first], {Effect::kStore, {Access::kStream, carried.array}});
      body_.Recur(carried.leaf);
    }
    Block block = std::move(body_).Finished(run_.count, rolling_.bodies);
    block.copies = std::move(copies_);
    return block;
  }

 private:
  // A value that the next iteration reads: from an array that begins, one cell early, with what
  // the first iteration reads instead.
  struct Carried {
    Cell array;
    Operand leaf;
  };

  uint32_t NodeAt(uint32_t k, uint32_t p) const { return run_.first + k * run_.period + p; }

  void AppendPosition(uint32_t p) {
    Instruction instruction = Instruction::Of(graph_.nodes[middle_ + p]);
    const bool is_link = !run_.links.empty() && run_.links[p] != 0;
    const size_t link = is_link ? run_.links[p] - 1u : 0u;
    for (size_t which = 0; which < instruction.arguments().size(); ++which) {
      instruction.operands[which] =
          is_link && which == link ? body_.Constant(0.0) : Translated(p, which);
    }
    local_[p] = body_.Append(instruction);
    if (is_link) {
      sum_of_[p] = SumOf(p, link);
      body_.Root(local_[p], {Effect::kAdd, {Access::kCell, sum_of_[p]}});
    } else {
      TakeOut(p);
    }
  }

  Operand Translated(uint32_t p, size_t which) {
    const Operand operand = graph_.nodes[middle_ + p].operands[which];
    if (!operand.is_constant()) {
      if (operand.index() >= middle_) return local_[operand.index() - middle_];
      if (operand.index() >= middle_ - run_.period && operand.index() >= run_.first) {
        return CarriedLeaf(operand.index() - (middle_ - run_.period), p, which);
      }
    }
    const Node* const first = &graph_.nodes[NodeAt(0, p)];
    const auto at = [this, first, which, period = run_.period](uint32_t k) {
      return rolling_.ReadingOf(first[k * period].operands[which]);
    };
    const Bindings::Bound bound = rolling_.bindings.Bind(run_.count, at, copies_);
    return bound.immediate ? body_.Constant(*bound.immediate) : body_.Leaf(bound.source);
  }

  Operand CarriedLeaf(uint32_t from, uint32_t p, size_t which) {
    const Cell start = rolling_.CellHolding(graph_.nodes[NodeAt(0, p)].operands[which]);
    const auto [place, is_new] = carried_.try_emplace({from, start});
    if (is_new) {
      const Cell array = rolling_.NewArray(run_.count);
      copies_.push_back({array - 1, start});
      place->second = {array, body_.Leaf({Access::kStream, array - 1})};
    }
    return place->second.leaf;
  }

  // The cell of the sum that the link at p adds to: that of the link before it, or a new one that
  // starts with what the first iteration adds to.
  Cell SumOf(uint32_t p, size_t link) {
    const uint32_t before = graph_.nodes[middle_ + p].operands[link].index();
    Cell sum = before >= middle_ ? sum_of_[before - middle_] : kNone;
    if (sum == kNone) {
      sum = NewCells(rolling_.blocks, 1);
      copies_.push_back({sum, rolling_.CellHolding(graph_.nodes[run_.first + p].operands[link])});
    }
    rolling_.cell_of[NodeAt(run_.count - 1, p)] = sum;
    return sum;
  }

  // Which positions the rest of the program needs, and how many of a position's nodes are guards.
  void FindUses() {
    const uint32_t end = run_.first + run_.count * run_.period;
    uint32_t iteration = run_.first;
    rolling_.used_outside.ForEach(run_.first, end, [&](uint32_t node) {
      while (node - iteration >= run_.period) iteration += run_.period;
      is_used_[node - iteration] = true;
    });
    const auto& outcomes = rolling_.outcome_of;
    for (auto guard = outcomes.lower_bound(run_.first);
         guard != outcomes.end() && guard->first < end; ++guard) {
      ++guards_[(guard->first - run_.first) % run_.period];
    }
  }

  void TakeOut(uint32_t p) {
    const bool is_partly_guarded = guards_[p] > 0 && guards_[p] < run_.count;
    if (is_used_[p] || is_partly_guarded) {
      const Cell array = rolling_.NewArray(run_.count);
      Cell* cell = &rolling_.cell_of[NodeAt(0, p)];
      for (uint32_t k = 0; k < run_.count; ++k, cell += run_.period) *cell = array + k;
      body_.Root(local_[p], {Effect::kStore, {Access::kStream, array}});
    }
    if (guards_[p] == run_.count) {
      std::vector<double> outcomes;
      for (uint32_t k = 0; k < run_.count; ++k) {
        outcomes.push_back(rolling_.outcome_of.at(NodeAt(k, p)));
      }
      body_.Root(local_[p], rolling_.Check(std::move(outcomes)));
    } else if (is_partly_guarded) {
      for (uint32_t k = 0; k < run_.count; ++k) {
        if (rolling_.outcome_of.count(NodeAt(k, p)) > 0) unchecked_.push_back(NodeAt(k, p));
      }
    }
  }

  Rolling& rolling_;
  const RecordedGraph& graph_;
  const Run& run_;
  const uint32_t middle_;
  std::vector<uint32_t>& unchecked_;
  BodyBuilder body_;
  std::vector<Move> copies_;
  std::vector<Operand> local_;  // of each position
  std::vector<Cell> sum_of_;    // of each link
  std::vector<bool> is_used_;
  std::vector<uint32_t> guards_;
  std::map<std::pair<uint32_t, Cell>, Carried> carried_;
};

}  // namespace

Block RollLoop(Rolling& rolling, const Run& run, std::vector<uint32_t>& unchecked) {
  return LoopRoller(rolling, run, unchecked).Rolled();
}

}  // namespace wengert::program
