#ifndef WENGERT_PROGRAM_ROLL_TAPE_H_
#define WENGERT_PROGRAM_ROLL_TAPE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/program/blocks.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

struct LoopSummary {
  uint32_t first, period, count;  // as in Run
};

// A recording, its loops found and rolled up.
struct RolledTape {
  Blocks blocks;
  std::vector<LoopSummary> loops;
  size_t nodes = 0;     // of the recording, and those of the margins of its guards
  size_t margins = 0;   // how many are the latter
  size_t in_loops = 0;  // how many of them are executed in lanes
};

// FailedPrecondition where a smaller share than min_coverage of the nodes is in loops.
absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    double min_coverage);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ROLL_TAPE_H_
