#include "wengert/program/common.h"

#include <bit>
#include <utility>

#include "absl/hash/hash.h"

namespace wengert::program {
namespace {

// What an operand is, in a number: of a node its index, of a constant its bits.
uint64_t Identity(const Graph& graph, Operand operand) {
  return operand.is_constant() ? std::bit_cast<uint64_t>(graph.constants[operand.index()])
                               : operand.index();
}

bool SameOperand(const Graph& graph, Operand a, Operand b) {
  return a == b || (a.is_constant() && b.is_constant() && Identity(graph, a) == Identity(graph, b));
}

bool SameNode(const Graph& graph, const Instruction& a, const Instruction& b) {
  if (a.op != b.op || a.partial != b.partial) return false;
  if (a.is_leaf()) return a.leaf() == b.leaf();
  for (int k = 0; k < a.arity(); ++k) {
    if (!SameOperand(graph, a.operands[k], b.operands[k])) return false;
  }
  return true;
}

bool IsBefore(Operand a, Operand b) {
  if (a.is_constant() != b.is_constant()) return b.is_constant();
  return a.index() < b.index();
}

// With the operands exchanged, the partial towards one is the partial towards the other.
void PutInOrder(Instruction& node) {
  if (!HasTrait(node.op, kCommutes) || !IsBefore(node.operands[1], node.operands[0])) return;
  std::swap(node.operands[0], node.operands[1]);
  if (node.partial >= 0) node.partial = static_cast<int8_t>(1 - node.partial);
}

uint64_t HashOf(const Graph& graph, const Instruction& node) {
  const uint32_t what = static_cast<uint32_t>(node.op) << 8 | static_cast<uint8_t>(node.partial);
  if (node.is_leaf()) return absl::HashOf(what, node.leaf());
  uint64_t identities[4] = {};
  size_t k = 0;
  for (Operand operand : node.arguments()) identities[k++] = Identity(graph, operand);
  return absl::HashOf(what, identities[0], identities[1], identities[2], identities[3]);
}

}  // namespace

CommonNodes::CommonNodes(const Graph& graph) : graph_(graph), links_(graph.nodes.size()) {}

Operand CommonNodes::Place(KeptNodes& kept, Instruction node) {
  PutInOrder(node);
  uint32_t latest = kNone;
  for (Operand operand : node.arguments()) {
    if (operand.is_constant()) continue;
    if (latest == kNone || operand.index() > latest) latest = operand.index();
  }
  if (latest == kNone || links_[latest].first == kCrowded) return PlaceInCrowd(kept, node);
  int length = 0;
  const uint32_t found = Find(kept, node, links_[latest].first, length);
  if (found != kNone) return Operand::Node(found);
  if (length == kMaxUsers) {
    MoveToCrowd(kept, std::exchange(links_[latest].first, kCrowded));
    return PlaceInCrowd(kept, node);
  }
  const Operand added = kept.Append(node);
  links_[added.index()].next = std::exchange(links_[latest].first, added.index());
  return added;
}

// The node of the list that does what `node` does. `length` is how many aren't it.
uint32_t CommonNodes::Find(const KeptNodes& kept, const Instruction& node, uint32_t first,
                           int& length) const {
  while (first != kNone && !SameNode(graph_, kept[first], node)) {
    first = links_[first].next;
    ++length;
  }
  return first;
}

void CommonNodes::MoveToCrowd(const KeptNodes& kept, uint32_t first) {
  while (first != kNone) {
    const uint32_t node = std::exchange(first, links_[first].next);
    uint32_t& list = crowd_.try_emplace(HashOf(graph_, kept[node]), kNone).first->second;
    links_[node].next = std::exchange(list, node);
  }
}

Operand CommonNodes::PlaceInCrowd(KeptNodes& kept, const Instruction& node) {
  uint32_t& list = crowd_.try_emplace(HashOf(graph_, node), kNone).first->second;
  int length = 0;
  const uint32_t found = Find(kept, node, list, length);
  if (found != kNone) return Operand::Node(found);
  const Operand added = kept.Append(node);
  links_[added.index()].next = std::exchange(list, added.index());
  return added;
}

Graph MergeCommon(Graph graph) {
  CommonNodes common(graph);
  RewriteNodes(graph,
               [&](KeptNodes& kept, const Instruction& node) { return common.Place(kept, node); });
  return graph;
}

}  // namespace wengert::program
