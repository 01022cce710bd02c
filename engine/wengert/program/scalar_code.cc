#include "wengert/program/scalar_code.h"

#include <algorithm>
#include <bit>

#include "wengert/program/scalar_run.h"

namespace wengert::program {
namespace {

constexpr Cell kNowhere = ~Cell{0};

Cell CellOf(const Blocks& blocks, const Source& source, uint32_t k) {
  switch (source.access) {
    case Access::kStream:
      return source.at + k;
    case Access::kTable:
      return blocks.tables[source.at][k] + source.offset;
    case Access::kCell:
    case Access::kColumn:
      break;
  }
  return source.at;
}

double Read(const Blocks& blocks, const Source& source, uint32_t k, const double* memory) {
  if (source.access == Access::kColumn) return blocks.columns[source.at][k];
  return memory[CellOf(blocks, source, k)];
}

bool Deliver(const Blocks& blocks, const Target& target, uint32_t k, double root, double* memory) {
  switch (target.effect) {
    case Effect::kStore:
      memory[CellOf(blocks, target.where, k)] = root;
      return true;
    case Effect::kAdd:
      memory[CellOf(blocks, target.where, k)] += root;
      return true;
    case Effect::kCheck:
      break;
  }
  return root == blocks.columns[target.where.at][k];
}

uint32_t CodeOf(Effect effect) {
  if (effect == Effect::kAdd) return kScalarAdd;
  return effect == Effect::kStore ? kScalarStore : kScalarCheck;
}

}  // namespace

ScalarRoom::ScalarRoom(const Blocks& blocks, size_t cells) : first_temporary_(cells) {
  size_t temporaries = 0;
  for (const Block& block : blocks.blocks) {
    if (block.body != nullptr) temporaries = std::max(temporaries, block.body->graph.nodes.size());
  }
  first_constant_ = first_temporary_ + temporaries;
}

Cell ScalarRoom::Temporary(size_t number) const { return CheckedCells(first_temporary_ + number); }

Cell ScalarRoom::Constant(double value) {
  const auto [place, is_new] = cell_of_.try_emplace(std::bit_cast<uint64_t>(value), Cell{0});
  if (is_new) {
    place->second = CheckedCells(end());
    constants_.push_back(value);
  }
  return place->second;
}

// Of a single iteration, leaves are read where they stand.
ScalarCode::ScalarCode(const Blocks& blocks, const Block& block, ScalarRoom& room) {
  const Graph& graph = block.body->graph;
  std::vector<Cell> place_of(graph.nodes.size());
  const auto place = [&](Operand operand) {
    return operand.is_constant() ? room.Constant(graph.constants[operand.index()])
                                 : place_of[operand.index()];
  };
  if (block.count > 1) leaves_.resize(block.leaves.size(), kNowhere);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Instruction& node = graph.nodes[i];
    place_of[i] = room.Temporary(i);
    if (!node.is_leaf()) {
      Cell operands[kMostOperands];
      std::transform(node.arguments().begin(), node.arguments().end(), operands, place);
      Append(ScalarCodeOf(node.op, node.partial), place_of[i], {operands, node.arguments().size()});
    } else if (block.count > 1) {
      Cell& leaf = leaves_[node.leaf()];
      if (leaf == kNowhere) leaf = place_of[i];
      place_of[i] = leaf;
    } else {
      const Source& source = block.leaves[node.leaf()];
      place_of[i] = source.access == Access::kColumn ? room.Constant(blocks.columns[source.at][0])
                                                     : CellOf(blocks, source, 0);
    }
  }
  for (Operand root : graph.roots) {
    const bool is_leaf = !root.is_constant() && graph.nodes[root.index()].is_leaf();
    if (is_leaf && block.count == 1) CopyLeaf(room.Temporary(root.index()), place_of[root.index()]);
    roots_.push_back(place(root));
  }
  if (block.count == 1) AppendTargets(blocks, block, room);
  words_.push_back(kScalarEnd);
}

void ScalarCode::AppendTargets(const Blocks& blocks, const Block& block, ScalarRoom& room) {
  for (size_t r = 0; r < roots_.size(); ++r) {
    const Target& target = block.targets[r];
    const bool is_check = target.effect == Effect::kCheck;
    const Cell where = is_check ? room.Constant(blocks.columns[target.where.at][0])
                                : CellOf(blocks, target.where, 0);
    Append(CodeOf(target.effect), where, {&roots_[r], 1});
  }
}

// A target before may write to the cell of a leaf that is a root.
void ScalarCode::CopyLeaf(Cell to, Cell& place) {
  if (place == to) return;
  Append(kScalarStore, to, {&place, 1});
  place = to;
}

void ScalarCode::Append(uint32_t code, Cell to, absl::Span<const Cell> operands) {
  words_.insert(words_.end(), {code, to});
  words_.insert(words_.end(), operands.begin(), operands.end());
  ++instructions_;
}

bool ScalarCode::Execute(const Blocks& blocks, const Block& block, double* memory) const {
  if (block.count == 1) return RunScalar(words_.data(), memory);
  bool passed = true;
  const bool descends = block.body->order == Order::kDescending;
  for (uint32_t step = 0; step < block.count; ++step) {
    const uint32_t k = descends ? block.count - 1 - step : step;
    for (size_t j = 0; j < leaves_.size(); ++j) {
      if (leaves_[j] == kNowhere) continue;
      memory[leaves_[j]] = Read(blocks, block.leaves[j], k, memory);
    }
    RunScalar(words_.data(), memory);
    for (size_t r = 0; r < roots_.size(); ++r) {
      passed &= Deliver(blocks, block.targets[r], k, memory[roots_[r]], memory);
    }
  }
  return passed;
}

}  // namespace wengert::program
