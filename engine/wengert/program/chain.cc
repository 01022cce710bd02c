#include "wengert/program/chain.h"

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

std::optional<LinearChain> LinearChain::Of(const Block& block) {
  const Graph& graph = block.body->graph;
  if (block.body->recurrences.size() != 1 || graph.roots.size() != 1) return std::nullopt;
  const uint32_t carried = block.body->recurrences[0].leaf;
  const auto is_carried = [&](Operand operand) {
    return !operand.is_constant() && graph.nodes[operand.index()].is_leaf() &&
           graph.nodes[operand.index()].leaf() == carried;
  };
  // The sum of the root's terms, a level of sums below it.
  LinearChain chain;
  bool has_coefficient = false, has_rest = false;
  const auto take = [&](Operand operand) {
    const Instruction* node = operand.is_constant() ? nullptr : &graph.nodes[operand.index()];
    if (is_carried(operand) && !has_coefficient) {
      chain.coefficient_.constant = 1.0;
      has_coefficient = true;
      return true;
    }
    if (node != nullptr && !node->is_leaf()) {
      const absl::Span<const RingTerm> terms = RingTermsOf(node->op);
      if (node->partial >= 0 || terms.size() != 1 || has_coefficient) return false;
      const RingTerm& term = terms[0];
      if (term.sign < 0 || term.y < 0 || term.x == term.y) return false;
      const Operand x = node->operands[term.x], y = node->operands[term.y];
      if (is_carried(x) == is_carried(y)) return false;
      const std::optional<Sequence> coefficient = SequenceOf(block, is_carried(x) ? y : x);
      if (!coefficient.has_value()) return false;
      chain.coefficient_ = *coefficient;
      has_coefficient = true;
      return true;
    }
    const std::optional<Sequence> rest = SequenceOf(block, operand);
    if (!rest.has_value() || has_rest) return false;
    chain.rest_ = *rest;
    has_rest = true;
    return true;
  };
  const Operand root = graph.roots[0];
  const bool is_sum = !root.is_constant() && !graph.nodes[root.index()].is_leaf() &&
                      graph.nodes[root.index()].partial < 0 &&
                      RingTermsOf(graph.nodes[root.index()].op).size() == 2;
  if (is_sum) {
    for (const RingTerm& term : RingTermsOf(graph.nodes[root.index()].op)) {
      if (term.sign < 0 || term.y >= 0) return std::nullopt;
      if (!take(graph.nodes[root.index()].operands[term.x])) return std::nullopt;
    }
  } else if (!take(root)) {
    return std::nullopt;
  }
  if (!has_coefficient) return std::nullopt;
  chain.from_ = block.leaves[carried].at;
  chain.to_ = block.targets[0].where.at;
  chain.adds_ = block.targets[0].effect == Effect::kAdd;
  chain.descends_ = block.body->order == Order::kDescending;
  return chain;
}

void LinearChain::Execute(uint32_t count, double* memory, const LaneKernels& kernels) const {
  const ptrdiff_t first = descends_ ? static_cast<ptrdiff_t>(count) - 1 : 0;
  const ptrdiff_t step = descends_ ? -1 : 1;
  const auto start = [&](const Sequence& sequence) {
    return sequence.is_constant ? &sequence.constant : memory + sequence.at + first * sequence.step;
  };
  kernels.chain({start(coefficient_), start(rest_), memory + from_ + first, memory + to_ + first,
                 step * coefficient_.step, step * rest_.step, step},
                count, adds_);
}

}  // namespace wengert::program
