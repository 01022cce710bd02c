#ifndef WENGERT_PROGRAM_FUSE_LOOPS_H_
#define WENGERT_PROGRAM_FUSE_LOOPS_H_

// Schedules a program for the cache: where a loop reads what the one before it stored, iteration by
// iteration, and nothing else does, both become one.
//
//   before                                 after
//   block 0, 1000 times in lanes           block 0, 1000 times in lanes
//     v0  cell[8 + k]                        v0  cell[8 + k]
//     v1  exp  v0                            v1  exp  v0
//     cell[1016 + k] = v1                    v2  mul  v1 v1
//   block 1, 1000 times in lanes             v3  add  0 v2
//     v0  cell[1016 + k]                     cell[2024] += v3
//     v1  mul  v0 v0
//     v2  add  0 v1
//     cell[2024] += v2
//
// The array is gone, with its adjoints: a block of lanes makes its values, uses them and
// differentiates them while they are in the first-level cache; and where they only feed sums, their
// reverse needn't wait until all of them are there (differentiate.h). Programs that compute with
// whole vectors, an operation at a time, become the loop one would have written by hand.
//
// Straight code between the two may stay before them if it doesn't need the first. Bodies don't
// grow beyond a limit, as one that is shared by many blocks is compiled once.

#include "wengert/program/blocks.h"

namespace wengert::program {

// O(leaves), and O(cells read) where any loops are fused.
void FuseLoops(Blocks& blocks);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_FUSE_LOOPS_H_
