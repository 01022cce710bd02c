#include "wengert/program/chain.h"

#include <utility>

#include "wengert/ops/ring.h"

namespace wengert::program {

std::optional<LinearChain::Sequence> LinearChain::SequenceOf(const Block& block, Operand operand) {
  const Graph& graph = block.body->graph;
  if (operand.is_constant()) return Sequence{true, graph.constants[operand.index()], 0, 0};
  const Instruction& node = graph.nodes[operand.index()];
  if (!node.is_leaf()) return std::nullopt;
  const Source& source = block.leaves[node.leaf()];
  if (source.access == Access::kCell) return Sequence{false, 0.0, source.at, 0};
  if (source.access == Access::kStream) return Sequence{false, 0.0, source.at, 1};
  return std::nullopt;
}

bool LinearChain::IsCarried(const Block& block, Operand operand) {
  const Graph& graph = block.body->graph;
  if (operand.is_constant() || !graph.nodes[operand.index()].is_leaf()) return false;
  return graph.nodes[operand.index()].leaf() == block.body->recurrences[0].leaf;
}

// From the root to what is carried, to which each node adds a sequence.
bool LinearChain::TakeSum(const Block& block) {
  const Graph& graph = block.body->graph;
  const auto leads_on = [&](Operand operand) {
    return IsCarried(block, operand) ||
           (!operand.is_constant() && !graph.nodes[operand.index()].is_leaf());
  };
  Operand sum = graph.roots[0];
  while (!IsCarried(block, sum)) {
    if (!leads_on(sum)) return false;
    const Instruction& node = graph.nodes[sum.index()];
    const absl::Span<const RingTerm> terms = RingTermsOf(node.op);
    if (node.partial >= 0 || terms.size() != 2 || terms[0].y >= 0) return false;
    const size_t s = leads_on(node.operands[terms[0].x]) ? 0 : 1;
    const RingTerm &so_far = terms[s], &summand = terms[1 - s];
    const std::optional<Sequence> sequence = SequenceOf(block, node.operands[summand.x]);
    if (so_far.sign < 0 || !sequence.has_value()) return false;
    if (IsCarried(block, node.operands[summand.x])) return false;
    summands_.insert(summands_.begin(), {summand.sign, *sequence});
    sum = node.operands[so_far.x];
  }
  return summands_.size() > 1;
}

// The sum of the root's terms, a level of sums below it.
bool LinearChain::TakeMultiplyAdd(const Block& block) {
  const Graph& graph = block.body->graph;
  bool has_coefficient = false, has_rest = false;
  const auto take = [&](Operand operand) {
    const Instruction* node = operand.is_constant() ? nullptr : &graph.nodes[operand.index()];
    if (IsCarried(block, operand)) {
      coefficient_.constant = 1.0;
      return !std::exchange(has_coefficient, true);
    }
    if (node != nullptr && !node->is_leaf()) {
      const absl::Span<const RingTerm> terms = RingTermsOf(node->op);
      if (node->partial >= 0 || terms.size() != 1 || has_coefficient) return false;
      const RingTerm& term = terms[0];
      if (term.sign < 0 || term.y < 0 || term.x == term.y) return false;
      const Operand x = node->operands[term.x], y = node->operands[term.y];
      if (IsCarried(block, x) == IsCarried(block, y)) return false;
      const std::optional<Sequence> coefficient = SequenceOf(block, IsCarried(block, x) ? y : x);
      if (!coefficient.has_value()) return false;
      coefficient_ = *coefficient;
      has_coefficient = true;
      return true;
    }
    const std::optional<Sequence> rest = SequenceOf(block, operand);
    if (!rest.has_value() || has_rest) return false;
    rest_ = *rest;
    has_rest = true;
    return true;
  };
  const Operand root = graph.roots[0];
  const bool is_sum = !root.is_constant() && !graph.nodes[root.index()].is_leaf() &&
                      graph.nodes[root.index()].partial < 0 &&
                      RingTermsOf(graph.nodes[root.index()].op).size() == 2;
  if (!is_sum) return take(root) && has_coefficient;
  for (const RingTerm& term : RingTermsOf(graph.nodes[root.index()].op)) {
    if (term.sign < 0 || term.y >= 0) return false;
    if (!take(graph.nodes[root.index()].operands[term.x])) return false;
  }
  return has_coefficient;
}

std::optional<LinearChain> LinearChain::Of(const Block& block) {
  if (block.body->recurrences.size() != 1 || block.body->graph.roots.size() != 1) {
    return std::nullopt;
  }
  LinearChain chain;
  chain.adds_ = block.targets[0].effect == Effect::kAdd;
  const bool is_sum = !chain.adds_ && chain.TakeSum(block);
  if (!is_sum) {
    chain.summands_.clear();
    if (!chain.TakeMultiplyAdd(block)) return std::nullopt;
  }
  chain.from_ = block.leaves[block.body->recurrences[0].leaf].at;
  chain.to_ = block.targets[0].where.at;
  chain.descends_ = block.body->order == Order::kDescending;
  return chain;
}

void LinearChain::Execute(uint32_t count, double* memory, const LaneKernels& kernels) const {
  if (!summands_.empty()) return ExecuteSum(count, memory);
  const ptrdiff_t first = descends_ ? static_cast<ptrdiff_t>(count) - 1 : 0;
  const ptrdiff_t step = descends_ ? -1 : 1;
  const auto start = [&](const Sequence& sequence) {
    return sequence.is_constant ? &sequence.constant : memory + sequence.at + first * sequence.step;
  };
  kernels.chain({start(coefficient_), start(rest_), memory + from_ + first, memory + to_ + first,
                 step * coefficient_.step, step * rest_.step, step},
                count, adds_);
}

void LinearChain::ExecuteSum(uint32_t count, double* memory) const {
  const ptrdiff_t first = descends_ ? static_cast<ptrdiff_t>(count) - 1 : 0;
  const ptrdiff_t step = descends_ ? -1 : 1;
  double x = memory[from_ + first];
  double* to = memory + to_ + first;
  for (ptrdiff_t k = first, n = count; n > 0; --n, k += step, to += step) {
    for (const auto& [sign, sequence] : summands_) {
      const double y =
          sequence.is_constant ? sequence.constant : memory[sequence.at + k * sequence.step];
      x = sign < 0 ? x - y : x + y;
    }
    *to = x;
  }
}

}  // namespace wengert::program
