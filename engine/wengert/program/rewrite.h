#ifndef WENGERT_PROGRAM_REWRITE_H_
#define WENGERT_PROGRAM_REWRITE_H_

// The walk that forward passes have in common: the graph is built anew, node by node. Each is
// offered to `step` with its operands already replaced by what stands for them, and the step
// answers what shall stand for it: an operand that is there, or the one node it appends.

#include <utility>
#include <vector>

#include "wengert/program/graph.h"

namespace wengert::program {

inline Operand AppendNode(Graph& graph, const Instruction& node) {
  graph.nodes.push_back(node);
  return Operand::Node(static_cast<uint32_t>(graph.nodes.size() - 1));
}

template <class Step>
void RewriteNodes(Graph& graph, Step step) {
  const std::vector<Instruction> nodes = std::exchange(graph.nodes, {});
  graph.nodes.reserve(nodes.size());
  std::vector<Operand> image;
  image.reserve(nodes.size());
  const auto replace = [&](Operand& operand) {
    if (!operand.is_constant()) operand = image[operand.index()];
  };
  for (Instruction node : nodes) {
    for (Operand& operand : node.arguments()) replace(operand);
    image.push_back(step(node));
  }
  for (Operand& root : graph.roots) replace(root);
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_REWRITE_H_
