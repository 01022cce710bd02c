#include "wengert/program/activity.h"

#include "wengert/program/cell_pieces.h"

namespace wengert::program {
namespace {

// Whether a cell that wasn't active is now.
bool MarkTargets(const Blocks& blocks, const Block& block, std::vector<bool>& active) {
  bool any = false;
  const std::vector<bool> nodes =
      ActiveNodes(block.body->graph, ActiveLeaves(blocks, block, active));
  for (size_t r = 0; r < block.targets.size(); ++r) {
    const Operand root = block.body->graph.roots[r];
    if (root.is_constant() || !nodes[root.index()]) continue;
    ForCellsOf(blocks, block.targets[r].where, block.count, [&](Cell cell) {
      any |= !active[cell];
      active[cell] = true;
    });
  }
  return any;
}

}  // namespace

std::vector<bool> ActiveNodes(const Graph& graph, const std::vector<bool>& active_leaves) {
  std::vector<bool> active(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Instruction& node = graph.nodes[i];
    if (node.is_leaf()) {
      active[i] = active_leaves[node.leaf()];
    } else if (!HasTrait(node.op, kFlat)) {
      for (Operand operand : node.arguments()) {
        active[i] = active[i] || (!operand.is_constant() && active[operand.index()]);
      }
    }
  }
  return active;
}

std::vector<bool> ActiveLeaves(const Blocks& blocks, const Block& block,
                               const std::vector<bool>& active_cells) {
  std::vector<bool> active(block.leaves.size());
  for (size_t j = 0; j < block.leaves.size(); ++j) {
    active[j] = AnyCellOf(blocks, block.leaves[j], block.count,
                          [&](Cell cell) { return active_cells[cell]; });
  }
  return active;
}

std::vector<bool> ActiveCells(const Blocks& blocks, const std::vector<Cell>& sources) {
  std::vector<bool> active(blocks.cells);
  for (Cell source : sources) active[source] = true;
  for (const Block& block : blocks.blocks) {
    for (const Move& move : block.copies) active[move.to] = active[move.from];
    // What an iteration hands on may make the next one's values active.
    while (block.body != nullptr && MarkTargets(blocks, block, active) &&
           !block.body->recurrences.empty()) {
    }
    for (const Move& move : block.folds) active[move.to] = active[move.to] || active[move.from];
  }
  return active;
}

std::vector<ArrayUse> ArrayUses(const Blocks& blocks) {
  std::vector<ArrayUse> uses(blocks.arrays.size());
  const CellPieces pieces(blocks);
  const auto use_of = [&](Cell cell) {
    const uint32_t array = pieces.ArrayOf(cell);
    return array == CellPieces::kNone ? nullptr : &uses[array];
  };
  for (uint32_t b = 0; b < blocks.blocks.size(); ++b) {
    const Block& block = blocks.blocks[b];
    for (const Target& target : block.targets) {
      if (target.effect != Effect::kStore || target.where.access != Access::kStream) continue;
      if (ArrayUse* use = use_of(target.where.at)) use->length = block.count;
    }
    if (block.count == 1) continue;
    for (const Source& leaf : block.leaves) {
      const uint32_t cells = leaf.access == Access::kStream ? 1 : block.count;  // of one array
      ForCellsOf(blocks, leaf, cells, [&](Cell cell) {
        if (ArrayUse* use = use_of(cell)) use->first_reader = std::min(use->first_reader, b);
      });
    }
  }
  return uses;
}

}  // namespace wengert::program
