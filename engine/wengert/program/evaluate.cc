#include "wengert/program/evaluate.h"

#include "wengert/base/check.h"
#include "wengert/ops/rule.h"

namespace wengert::program {
namespace {

// The value's partial towards operand k; y comes after the operands.
template <class R>
double PartialOf(int k, const double* x) {
  if constexpr (R::arity == 1) {
    return R::template Partial<0>(x[0], x[1]);
  } else if constexpr (R::arity == 2) {
    return k == 0 ? R::template Partial<0>(x[0], x[1], x[2])
                  : R::template Partial<1>(x[0], x[1], x[2]);
  } else {
    if (k == 0) return R::template Partial<0>(x[0], x[1], x[2], x[3]);
    return k == 1 ? R::template Partial<1>(x[0], x[1], x[2], x[3])
                  : R::template Partial<2>(x[0], x[1], x[2], x[3]);
  }
}

template <class R>
double ValueOf(const double* x) {
  if constexpr (R::arity == 1) return R::Value(x[0]);
  if constexpr (R::arity == 2) return R::Value(x[0], x[1]);
  if constexpr (R::arity == 3) return R::Value(x[0], x[1], x[2]);
}

}  // namespace

double Compute(Op op, int partial, const double* arguments) {
  return VisitOp(op, [&](auto rule) -> double {
    using R = decltype(rule);
    if constexpr (R::arity == 0) {
      ThrowUsageError("Compute", "a leaf has no rule", "give its value");
    } else {
      return partial < 0 ? ValueOf<R>(arguments) : PartialOf<R>(partial, arguments);
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
