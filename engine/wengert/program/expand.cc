#include "wengert/program/expand.h"

#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/ops/call_rule.h"
#include "wengert/program/graph_scalar.h"

namespace wengert::program {
namespace {

constexpr int kMaxShortOperations = 3;

// Compilers choose the order in which the operands of a rule are evaluated, and with it that of the
// nodes written since `begin`. They get the order in which `result` needs them, left before right.
Operand InOrder(Graph& graph, size_t begin, Operand result) {
  if (graph.nodes.size() < begin + 2) return result;
  const std::vector<Instruction> written(graph.nodes.begin() + static_cast<std::ptrdiff_t>(begin),
                                         graph.nodes.end());
  graph.nodes.resize(begin);
  std::vector<std::optional<Operand>> image(written.size());
  const auto is_written = [&](Operand operand) {
    return !operand.is_constant() && operand.index() >= begin;
  };
  std::vector<Operand> open = {result};
  while (!open.empty() && is_written(open.back())) {
    const size_t i = open.back().index() - begin;
    Instruction node = written[i];
    const absl::Span<Operand> operands = node.arguments();
    const size_t before = open.size();
    for (size_t k = operands.size(); k > 0 && !image[i].has_value(); --k) {
      const Operand operand = operands[k - 1];
      if (is_written(operand) && !image[operand.index() - begin]) open.push_back(operand);
    }
    if (open.size() > before) continue;
    open.pop_back();
    if (image[i].has_value()) continue;
    for (Operand& operand : operands) {
      if (is_written(operand)) operand = *image[operand.index() - begin];
    }
    image[i] = AppendNode(graph, node);
  }
  return is_written(result) ? *image[result.index() - begin] : result;
}

// The rule of the partial `node`, written down in the graph; nothing, and the graph is as it was,
// if it is too long.
std::optional<Operand> WriteOut(const Instruction& node, Writing writing) {
  Graph& graph = writing.graph;
  const size_t nodes = graph.nodes.size(), constants = graph.constants.size();
  const GraphScalar result = VisitOp(node.op, [&](auto rule) -> GraphScalar {
    using R = decltype(rule);
    if constexpr (R::arity == 0) {
      ThrowUsageError("WriteOut", "a leaf has no partials", "ask for those of operations");
    } else {
      GraphScalar x[4] = {0.0, 0.0, 0.0, 0.0};
      size_t k = 0;
      for (Operand operand : node.arguments()) x[k++] = GraphScalar(writing, operand);
      return PartialAt<R>(node.partial, x);
    }
  });
  if (!writing.too_long) return InOrder(graph, nodes, result.OperandIn(graph));
  graph.nodes.resize(nodes);
  graph.constants.resize(constants);
  return std::nullopt;
}

Operand AppendExpanded(Graph& graph, const Instruction& node, bool assume_finite) {
  const std::optional<Operand> written =
      WriteOut(node, {graph, kMaxShortOperations, /*may_choose=*/false, assume_finite});
  return written ? *written : AppendNode(graph, node);
}

// Rebuilds the graph; `append` answers what stands for a partial whose operands are rebuilt.
template <class Append>
void ExpandPartials(Graph& graph, Append append) {
  const std::vector<Instruction> nodes = std::exchange(graph.nodes, {});
  graph.nodes.reserve(nodes.size());
  std::vector<Operand> image;
  image.reserve(nodes.size());
  const auto replace = [&](Operand& operand) {
    if (!operand.is_constant()) operand = image[operand.index()];
  };
  for (Instruction node : nodes) {
    for (Operand& operand : node.arguments()) replace(operand);
    image.push_back(node.partial < 0 ? AppendNode(graph, node) : append(node));
  }
  for (Operand& root : graph.roots) replace(root);
}

}  // namespace

Operand AppendPartial(Graph& graph, Operand y, int k, bool assume_finite) {
  if (y.is_constant()) {
    ThrowUsageError("AppendPartial", "a constant has no partials",
                    "ask for a partial of a node that holds the value of an operation");
  }
  return AppendPartial(graph, graph.nodes[y.index()], y, k, assume_finite);
}

Operand AppendPartial(Graph& graph, Instruction operation, Operand y, int k, bool assume_finite) {
  if (operation.partial >= 0 || k < 0 || k >= operation.arity()) {
    ThrowUsageError("AppendPartial", absl::StrCat("operand ", y.index(), " has no partial ", k),
                    "ask for a partial of a node that holds the value of an operation");
  }
  operation.operands[operation.arity()] = y;
  operation.partial = static_cast<int8_t>(k);
  return AppendExpanded(graph, operation, assume_finite);
}

Graph ExpandShort(Graph graph, bool assume_finite) {
  ExpandPartials(
      graph, [&](const Instruction& node) { return AppendExpanded(graph, node, assume_finite); });
  return graph;
}

Graph ExpandAll(Graph graph, bool assume_finite) {
  constexpr int kAnyNumber = std::numeric_limits<int>::max();
  ExpandPartials(graph, [&](const Instruction& node) {
    return *WriteOut(node, {graph, kAnyNumber, /*may_choose=*/true, assume_finite});
  });
  return graph;
}

}  // namespace wengert::program
