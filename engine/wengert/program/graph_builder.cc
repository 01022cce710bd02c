#include "wengert/program/graph_builder.h"

#include <bit>

#include "wengert/program/append.h"

namespace wengert::program {
namespace {

// Everything that makes a body what it is, as bytes.
std::string KeyOf(const BlockBody& body) {
  std::string key;
  const auto add = [&](const auto& value) {
    key.append(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  for (const Instruction& node : body.graph.nodes) {
    add(node.op);
    add(node.partial);
    if (node.is_leaf()) add(node.leaf());
    for (Operand operand : node.arguments()) add(operand);
  }
  for (double constant : body.graph.constants) add(constant);
  for (Operand root : body.graph.roots) add(root);
  for (Access access : body.leaves) add(access);
  for (const auto& [effect, access] : body.effects) {
    add(effect);
    add(access);
  }
  add(body.order);
  for (const Recurrence& recurrence : body.recurrences) add(recurrence);
  return key;
}

uint64_t KeyOf(const Source& source) {
  // A cell offset only ever moves tables, so these never meet.
  return uint64_t{source.at} << 32 | uint64_t{source.offset} << 2 |
         static_cast<uint64_t>(source.access);
}

}  // namespace

std::shared_ptr<const BlockBody> BodyPool::Shared(BlockBody body) {
  auto& shared = bodies_[KeyOf(body)];
  if (shared == nullptr) shared = std::make_shared<const BlockBody>(std::move(body));
  return shared;
}

Operand BodyBuilder::Constant(double value) {
  const auto [place, is_new] = constant_of_.try_emplace(std::bit_cast<uint64_t>(value));
  if (is_new) place->second = AddConstant(graph_, value);
  return place->second;
}

Operand BodyBuilder::Leaf(Source source) {
  const auto [place, is_new] = leaf_of_.try_emplace(KeyOf(source));
  if (is_new) {
    place->second = Append(Instruction::Leaf(static_cast<uint32_t>(leaves_.size())));
    leaves_.push_back(source);
  }
  return place->second;
}

Operand BodyBuilder::Append(const Instruction& instruction) {
  return AppendNode(graph_, instruction);
}

void BodyBuilder::Root(Operand root, Target target) {
  graph_.roots.push_back(root);
  targets_.push_back(target);
}

void BodyBuilder::Recur(Operand leaf) {
  recurrences_.push_back(
      {graph_.nodes[leaf.index()].leaf(), static_cast<uint32_t>(graph_.roots.size() - 1)});
}

std::optional<Source> BodyBuilder::SourceOf(Operand operand) const {
  if (operand.is_constant() || !graph_.nodes[operand.index()].is_leaf()) return std::nullopt;
  return leaves_[graph_.nodes[operand.index()].leaf()];
}

std::optional<double> BodyBuilder::ConstantOf(Operand operand) const {
  if (!operand.is_constant()) return std::nullopt;
  return graph_.constants[operand.index()];
}

Block BodyBuilder::Finished(uint32_t count, BodyPool& pool, Order order) && {
  BlockBody body;
  for (const Source& leaf : leaves_) body.leaves.push_back(leaf.access);
  for (const Target& target : targets_) {
    body.effects.emplace_back(target.effect, target.where.access);
  }
  body.graph = std::move(graph_);
  body.order = recurrences_.empty() ? Order::kAny : order;
  body.recurrences = std::move(recurrences_);
  Block block;
  block.count = count;
  block.body = pool.Shared(std::move(body));
  block.leaves = std::move(leaves_);
  block.targets = std::move(targets_);
  return block;
}

}  // namespace wengert::program
