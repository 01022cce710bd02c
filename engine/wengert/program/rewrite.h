#ifndef WENGERT_PROGRAM_REWRITE_H_
#define WENGERT_PROGRAM_REWRITE_H_

// The walk that forward passes have in common. Each node is offered to `step` with its operands
// already replaced by what stands for them, and the step answers what shall stand for it: an
// operand that is there, or the one node it appends to those that are kept. So the nodes that are
// kept take the place of those that were read, and no memory is needed for a second graph.

#include <cstdint>
#include <vector>

#include "wengert/program/graph.h"

namespace wengert::program {

// The first nodes of the graph: what the walk has made of the nodes that it has read.
class KeptNodes {
 public:
  explicit KeptNodes(Graph& graph) : nodes_(graph.nodes) {}

  uint32_t size() const { return size_; }
  const Instruction& operator[](uint32_t index) const { return nodes_[index]; }
  Operand Append(const Instruction& node) {
    nodes_[size_] = node;
    return Operand::Node(size_++);
  }

 private:
  std::vector<Instruction>& nodes_;
  uint32_t size_ = 0;
};

// step(KeptNodes& kept, Instruction& node) -> Operand
template <class Step>
void RewriteNodes(Graph& graph, Step step) {
  KeptNodes kept(graph);
  std::vector<Operand> image;
  image.reserve(graph.nodes.size());
  const auto replace = [&](Operand& operand) {
    if (!operand.is_constant()) operand = image[operand.index()];
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Instruction node = graph.nodes[i];
    for (Operand& operand : node.arguments()) replace(operand);
    image.push_back(step(kept, node));
  }
  for (Operand& root : graph.roots) replace(root);
  graph.nodes.resize(kept.size());
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_REWRITE_H_
