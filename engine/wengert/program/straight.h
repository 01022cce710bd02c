#ifndef WENGERT_PROGRAM_STRAIGHT_H_
#define WENGERT_PROGRAM_STRAIGHT_H_

// Executes an iteration a number at a time.

#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

// `values` is room for one number a node of the body. Returns whether all checks passed.
bool ExecuteIteration(const Blocks& blocks, const Block& block, uint32_t iteration, double* memory,
                      double* values);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_STRAIGHT_H_
