#ifndef WENGERT_PROGRAM_BLOCK_LISTING_H_
#define WENGERT_PROGRAM_BLOCK_LISTING_H_

// A program as text: its blocks in order, each with what its body computes, what its leaves read
// and where its roots go. k is the iteration, from 0. A body that was listed is listed once.
//
//   inputs in cell[8] .. cell[57], outputs in cell[72]
//   block 0, 49 times in lanes
//     v0  cell[8 + k]
//     v1  cell[t0[k] + 64]             by a table of 49 entries
//     v2  mul  v0 v1
//     cell[72] += v2
//     check v2 == c0[k]                a column of constants
//   block 1, 49 times in lanes, the operations of block 0
//     leaves cell[80 + k] cell[t1[k]]
//     cell[73] += v2
//   t0 = 3 1 4 1 .. 8
//   c0 = 1 0 1 1 .. 0

#include <string>

#include "wengert/program/blocks.h"

namespace wengert::program {

// Takes a time in proportion to its length and the tables'; the cells that `zeroed` says are zero
// at the beginning.
std::string Listing(const Blocks& blocks, CellRange zeroed = {});

// "cell[8] .. cell[57]".
std::string CellsText(CellRange range);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BLOCK_LISTING_H_
