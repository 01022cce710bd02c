#include "wengert/program/run_saving.h"

#include <bit>
#include <numeric>

#include "wengert/program/loop_cost.h"

namespace wengert::program {
namespace {

bool IsPlain(const Node& node) { return program::IsPlain(node.op); }

// What it costs to read an operand from outside that is a, b and c in three iterations one after
// the other; nothing where it is the same constant.
double ReadingCost(const RecordedGraph& graph, Operand a, Operand b, Operand c) {
  if (a.is_constant() && b.is_constant()) {
    const auto bits = [&](Operand x) {
      return std::bit_cast<uint64_t>(graph.constants[x.index()]);
    };
    return bits(a) == bits(b) ? 0.0 : LoopCost::kConstant;
  }
  if (a.is_constant() || b.is_constant() || c.is_constant()) return LoopCost::kGather;
  if (a == b && b == c) return LoopCost::kUniform;
  const int64_t stride = int64_t{b.index()} - a.index();
  const bool is_even = stride == int64_t{c.index()} - b.index();
  const bool is_leaf = graph.nodes[b.index()].is_leaf();
  return is_even && (!is_leaf || stride == 1) ? LoopCost::kConsecutive : LoopCost::kGather;
}

}  // namespace

double SavingOf(const RecordedGraph& graph, const Run& run) {
  LoopCost cost;
  const uint32_t middle = run.first + run.count / 2 * run.period;
  for (uint32_t p = 0; p < run.period; ++p) {
    const Node& node = graph.nodes[middle + p];
    cost.AddNode(IsPlain(node));
    for (int k = 0; k < node.arity(); ++k) {
      const bool is_link = !run.links.empty() && run.links[p] == k + 1;
      const Operand b = node.operands[k];
      if (is_link || (!b.is_constant() && b.index() >= run.first)) continue;
      const Operand a = graph.nodes[middle - run.period + p].operands[k];
      const Operand c = graph.nodes[middle + run.period + p].operands[k];
      if (const double each = ReadingCost(graph, a, b, c); each > 0.0) cost.AddOperand(each);
    }
  }
  return cost.Saving(run.count);
}

double SavingOf(const RecordedGraph& graph, absl::Span<const Run> runs) {
  return std::accumulate(runs.begin(), runs.end(), 0.0,
                         [&](double sum, const Run& run) { return sum + SavingOf(graph, run); });
}

double CostAlone(const Recording& recording) {
  double cost = 0.0;
  for (int number = 0; number < kOpCount; ++number) {
    const Op op = static_cast<Op>(number);
    if (op == Op::kInput) continue;
    cost += static_cast<double>(recording.CountOf(op)) * LoopCost::Alone(program::IsPlain(op));
  }
  return cost;
}

}  // namespace wengert::program
