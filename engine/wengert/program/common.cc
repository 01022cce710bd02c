#include "wengert/program/common.h"

#include <utility>

#include "absl/hash/hash.h"
#include "wengert/program/constants.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {
namespace {

uint64_t Bits(Operand operand) {
  return operand.index() | (operand.is_constant() ? Operand::kConstantBit : 0u);
}

// With the operands exchanged, the partial towards one is the partial towards the other.
void PutInOrder(Instruction& node) {
  if (!HasTrait(node.op, kCommutes) || Bits(node.operands[0]) <= Bits(node.operands[1])) return;
  std::swap(node.operands[0], node.operands[1]);
  if (node.partial >= 0) node.partial = static_cast<int8_t>(1 - node.partial);
}

}  // namespace

size_t CommonNodes::Hash::operator()(uint32_t index) const {
  const Instruction& node = graph->nodes[index];
  const Operand* x = node.operands;
  return absl::HashOf(static_cast<uint32_t>(node.op) << 8 | static_cast<uint8_t>(node.partial),
                      Bits(x[0]) << 32 | Bits(x[1]), Bits(x[2]) << 32 | Bits(x[3]));
}

CommonNodes::CommonNodes(Graph& graph, size_t size)
    : graph_(graph), nodes_(0, Hash{&graph}, Equal{&graph}) {
  nodes_.reserve(size);
}

Operand CommonNodes::Place(Instruction node) {
  PutInOrder(node);
  const Operand candidate = AppendNode(graph_, node);
  const auto [entry, is_new] = nodes_.insert(candidate.index());
  if (!is_new) graph_.nodes.pop_back();
  return Operand::Node(*entry);
}

Graph MergeCommon(Graph graph) {
  ConstantTable constants(graph);
  CommonNodes common(graph, graph.nodes.size());
  RewriteNodes(graph, [&](const Instruction& node) { return common.Place(node); });
  return graph;
}

}  // namespace wengert::program
