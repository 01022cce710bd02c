#include "wengert/program/fold.h"

#include "wengert/program/append.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {

std::optional<double> FoldedValue(const Graph& graph, const Instruction& node) {
  if (node.is_leaf()) return std::nullopt;
  double arguments[4];
  size_t k = 0;
  for (Operand operand : node.arguments()) {
    if (!operand.is_constant()) return std::nullopt;
    arguments[k++] = graph.constants[operand.index()];
  }
  return Compute(node.op, node.partial, arguments);
}

Graph FoldConstants(Graph graph) {
  RewriteNodes(graph, [&](KeptNodes& kept, const Instruction& node) {
    const std::optional<double> value = FoldedValue(graph, node);
    return value ? AddConstant(graph, *value) : kept.Append(node);
  });
  return graph;
}

}  // namespace wengert::program
