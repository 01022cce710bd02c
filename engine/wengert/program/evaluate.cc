#include "wengert/program/evaluate.h"

#include "wengert/base/check.h"
#include "wengert/ops/call_rule.h"

namespace wengert::program {
double Compute(Op op, int partial, const double* arguments) {
  return VisitOp(op, [&](auto rule) -> double {
    using R = decltype(rule);
    if constexpr (R::arity == 0) {
      ThrowUsageError("Compute", "a leaf has no rule", "give its value");
    } else {
      return partial < 0 ? ValueAt<R>(arguments) : PartialAt<R>(partial, arguments);
    }
  });
}

void Evaluate(const Graph& graph, absl::Span<const double> leaves, std::vector<double>& values) {
  values.resize(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Instruction& node = graph.nodes[i];
    if (node.is_leaf()) {
      values[i] = leaves[node.leaf()];
      continue;
    }
    double arguments[4];
    size_t k = 0;
    for (Operand operand : node.arguments()) arguments[k++] = ValueOf(graph, values, operand);
    values[i] = Compute(node.op, node.partial, arguments);
  }
}

}  // namespace wengert::program
