#include "wengert/program/dead_code.h"

#include <vector>

namespace wengert::program {
namespace {

constexpr uint32_t kDead = ~uint32_t{0};
constexpr uint32_t kNeeded = 0;

// Of the nodes or of the constants: whether each is needed, and then its new index.
class Places {
 public:
  explicit Places(size_t size) : places_(size, kDead) {}

  bool AreAllNeeded() const { return needed_ == places_.size(); }
  bool IsDead(size_t i) const { return places_[i] == kDead; }
  void Need(uint32_t i) {
    needed_ += IsDead(i) ? 1 : 0;
    places_[i] = kNeeded;
  }
  void Assign(size_t i) { places_[i] = assigned_++; }
  uint32_t operator[](size_t i) const { return places_[i]; }
  uint32_t assigned() const { return assigned_; }

 private:
  std::vector<uint32_t> places_;
  size_t needed_ = 0;
  uint32_t assigned_ = 0;
};

}  // namespace

Graph RemoveDeadCode(Graph graph) {
  Places nodes(graph.nodes.size()), constants(graph.constants.size());
  const auto need = [&](Operand operand) {
    (operand.is_constant() ? constants : nodes).Need(operand.index());
  };
  for (Operand root : graph.roots) need(root);
  for (size_t i = graph.nodes.size(); i > 0;) {
    --i;
    if (nodes.IsDead(i)) continue;
    for (Operand operand : graph.nodes[i].arguments()) need(operand);
  }
  if (nodes.AreAllNeeded() && constants.AreAllNeeded()) return graph;

  const auto rename = [&](Operand& operand) {
    operand = operand.is_constant() ? Operand::Constant(constants[operand.index()])
                                    : Operand::Node(nodes[operand.index()]);
  };
  for (size_t i = 0; i < graph.constants.size(); ++i) {
    if (constants.IsDead(i)) continue;
    graph.constants[constants.assigned()] = graph.constants[i];
    constants.Assign(i);
  }
  graph.constants.resize(constants.assigned());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (nodes.IsDead(i)) continue;
    Instruction& node = graph.nodes[nodes.assigned()] = graph.nodes[i];
    for (Operand& operand : node.arguments()) rename(operand);
    nodes.Assign(i);
  }
  graph.nodes.resize(nodes.assigned());
  for (Operand& root : graph.roots) rename(root);
  return graph;
}

}  // namespace wengert::program
