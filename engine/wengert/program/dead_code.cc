#include "wengert/program/dead_code.h"

#include <vector>

namespace wengert::program {
namespace {

constexpr uint32_t kDead = 0;
constexpr uint32_t kNeeded = 1;

// Of each node and each constant: kDead or kNeeded; after Compact, its new index.
struct Places {
  std::vector<uint32_t> nodes, constants;

  uint32_t& Of(Operand operand) {
    return (operand.is_constant() ? constants : nodes)[operand.index()];
  }
};

Places NeededPlaces(const Graph& graph) {
  Places places = {std::vector<uint32_t>(graph.nodes.size(), kDead),
                   std::vector<uint32_t>(graph.constants.size(), kDead)};
  for (Operand root : graph.roots) places.Of(root) = kNeeded;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    if (places.nodes[i] == kDead) continue;
    for (Operand operand : graph.nodes[i].arguments()) places.Of(operand) = kNeeded;
  }
  return places;
}

// Keeps the needed elements and puts down where each went.
template <class T>
void Compact(std::vector<T>& elements, std::vector<uint32_t>& places) {
  uint32_t size = 0;
  for (size_t i = 0; i < elements.size(); ++i) {
    if (places[i] == kDead) continue;
    elements[size] = elements[i];
    places[i] = size++;
  }
  elements.resize(size);
}

}  // namespace

Graph RemoveDeadCode(Graph graph) {
  Places places = NeededPlaces(graph);
  Compact(graph.nodes, places.nodes);
  Compact(graph.constants, places.constants);
  const auto rename = [&](Operand& operand) {
    const uint32_t index = places.Of(operand);
    operand = operand.is_constant() ? Operand::Constant(index) : Operand::Node(index);
  };
  for (Instruction& node : graph.nodes) {
    for (Operand& operand : node.arguments()) rename(operand);
  }
  for (Operand& root : graph.roots) rename(root);
  return graph;
}

}  // namespace wengert::program
