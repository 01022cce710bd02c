#include "wengert/program/recorded.h"

#include <utility>

namespace wengert::program {

RecordedGraph RecordedGraph::Of(Store store, std::vector<Operand> roots) {
  RecordedGraph recorded;
  recorded.store = std::make_shared<const Store>(std::move(store));
  recorded.nodes = recorded.store->nodes;
  recorded.constants = recorded.store->constants;
  recorded.roots = std::move(roots);
  return recorded;
}

RecordedGraph RecordedGraph::Of(const Graph& graph) {
  Store store;
  store.constants = graph.constants;
  store.nodes.reserve(graph.nodes.size());
  for (const Instruction& node : graph.nodes) {
    store.nodes.push_back({node.op, {node.operands[0], node.operands[1], node.operands[2]}});
    if (node.is_leaf()) store.nodes.back() = {};
  }
  return Of(std::move(store), graph.roots);
}

Graph GraphOf(const RecordedGraph& recorded) {
  Graph graph;
  graph.constants.assign(recorded.constants.begin(), recorded.constants.end());
  graph.roots = recorded.roots;
  graph.nodes.reserve(recorded.nodes.size());
  for (const Node& node : recorded.nodes) {
    const auto number = static_cast<uint32_t>(graph.nodes.size());
    graph.nodes.push_back(node.is_leaf() ? Instruction::Leaf(number) : Instruction::Of(node));
  }
  return graph;
}

}  // namespace wengert::program
