#include "wengert/program/identities.h"

#include "wengert/ops/identities.h"
#include "wengert/program/constants.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {
namespace {

// An argument's id is its operand, a node or a constant.
Argument ArgumentOf(const Graph& graph, Operand operand) {
  if (!operand.is_constant()) return {operand.index()};
  return {operand.index(), true, graph.constants[operand.index()]};
}

Application ApplicationOf(const Graph& graph, const Instruction& node) {
  Application f;
  if (node.partial >= 0 || node.is_leaf()) return f;
  f.op = node.op;
  size_t k = 0;
  for (Operand operand : node.arguments()) f.arguments[k++] = ArgumentOf(graph, operand);
  return f;
}

}  // namespace

std::optional<SimplerNode> Simplified(const Graph& graph, const Instruction& node,
                                      bool assume_finite,
                                      absl::FunctionRef<Operand(double)> add_constant) {
  if (node.partial >= 0 || node.is_leaf()) return std::nullopt;
  const std::optional<Application> f = wengert::Simplified(
      ApplicationOf(graph, node),
      [&](uint32_t id) { return ApplicationOf(graph, graph.nodes[id]); }, assume_finite);
  if (!f) return std::nullopt;
  const auto operand_of = [&](const Argument& x) {
    if (!x.is_constant) return Operand::Node(x.id);
    return x.id == Argument::kNoId ? add_constant(x.constant) : Operand::Constant(x.id);
  };
  SimplerNode simpler;
  simpler.is_operand = f->op == Op::kInput;
  if (simpler.is_operand) {
    simpler.operand = operand_of(f->arguments[0]);
  } else {
    simpler.node.op = f->op;
    size_t k = 0;
    for (Operand& operand : simpler.node.arguments()) operand = operand_of(f->arguments[k++]);
  }
  return simpler;
}

Graph ApplyIdentities(Graph graph, bool assume_finite) {
  const auto add_constant = [&](double value) { return AddConstant(graph, value); };
  RewriteNodes(graph, [&](Instruction node) {
    while (const auto simpler = Simplified(graph, node, assume_finite, add_constant)) {
      if (simpler->is_operand) return simpler->operand;
      node = simpler->node;
    }
    return AppendNode(graph, node);
  });
  return graph;
}

}  // namespace wengert::program
