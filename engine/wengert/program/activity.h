#ifndef WENGERT_PROGRAM_ACTIVITY_H_
#define WENGERT_PROGRAM_ACTIVITY_H_

// Properties of cells, looked at through the sources of a block.

#include <algorithm>
#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

// f(cell) for each cell that `source` reads in `count` iterations.
template <class F>
void ForCellsOf(const Blocks& blocks, const Source& source, uint32_t count, F&& f) {
  switch (source.access) {
    case Access::kCell:
      f(source.at);
      break;
    case Access::kStream:
      for (uint32_t k = 0; k < count; ++k) f(source.at + k);
      break;
    case Access::kTable:
      for (Cell cell : blocks.tables[source.at]) f(cell + source.offset);
      break;
    case Access::kColumn:
      break;
  }
}

// Whether is_one(cell) of one of them; asks no more than it needs to.
template <class F>
bool AnyCellOf(const Blocks& blocks, const Source& source, uint32_t count, F&& is_one) {
  switch (source.access) {
    case Access::kCell:
      return is_one(source.at);
    case Access::kStream:
      for (uint32_t k = 0; k < count; ++k) {
        if (is_one(source.at + k)) return true;
      }
      return false;
    case Access::kTable: {
      const std::vector<uint32_t>& table = blocks.tables[source.at];
      return std::any_of(table.begin(), table.end(),
                         [&](Cell cell) { return is_one(cell + source.offset); });
    }
    case Access::kColumn:
      break;
  }
  return false;
}

// Which cells depend on those of `sources`.
std::vector<bool> ActiveCells(const Blocks& blocks, const std::vector<Cell>& sources);

// Of each leaf of a block, whether one of its cells is active.
std::vector<bool> ActiveLeaves(const Blocks& blocks, const Block& block,
                               const std::vector<bool>& active_cells);

// Which nodes of a graph depend on active leaves in a way that has derivatives.
std::vector<bool> ActiveNodes(const Graph& graph, const std::vector<bool>& active_leaves);

// How an array is used. It may hold more cells than are stored: it ends with a full pack.
struct ArrayUse {
  uint32_t length = 0;                   // as many are stored, by one loop
  uint32_t first_reader = ~uint32_t{0};  // of the loops
};

// Of each of blocks.arrays.
std::vector<ArrayUse> ArrayUses(const Blocks& blocks);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ACTIVITY_H_
