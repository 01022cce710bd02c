#ifndef WENGERT_PROGRAM_ROLL_H_
#define WENGERT_PROGRAM_ROLL_H_

// A recording and the loops found in it as a program, and back.

#include <vector>

#include "absl/types/span.h"
#include "wengert/program/blocks.h"
#include "wengert/program/recorded.h"
#include "wengert/program/run.h"

namespace wengert::program {

// Each run becomes a loop, the nodes between two runs a block of count 1. Sums that go through the
// iterations become additions to a cell, the rest of the iteration independent of the others.
Blocks Roll(const Recorded& recording, absl::Span<const Run> runs);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ROLL_H_
