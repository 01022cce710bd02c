#include "wengert/program/activity.h"

namespace wengert::program {

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
    bool any = false;
    ForCellsOf(blocks, block.leaves[j], block.count, [&](Cell cell) { any |= active_cells[cell]; });
    active[j] = any;
  }
  return active;
}

std::vector<bool> ActiveCells(const Blocks& blocks, uint32_t active_inputs) {
  std::vector<bool> active(blocks.cells);
  for (uint32_t i = 0; i < active_inputs; ++i) active[CellOfInput(i)] = true;
  for (const Block& block : blocks.blocks) {
    for (const Move& move : block.copies) active[move.to] = active[move.from];
    const std::vector<bool> nodes =
        ActiveNodes(block.body->graph, ActiveLeaves(blocks, block, active));
    for (size_t r = 0; r < block.targets.size(); ++r) {
      const Operand root = block.body->graph.roots[r];
      if (root.is_constant() || !nodes[root.index()]) continue;
      ForCellsOf(blocks, block.targets[r].where, block.count,
                 [&](Cell cell) { active[cell] = true; });
    }
  }
  return active;
}

}  // namespace wengert::program
