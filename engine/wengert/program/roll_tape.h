#ifndef WENGERT_PROGRAM_ROLL_TAPE_H_
#define WENGERT_PROGRAM_ROLL_TAPE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/program/blocks.h"
#include "wengert/program/lane_kernels.h"
#include "wengert/program/near_misses.h"
#include "wengert/program/run_cost.h"
#include "wengert/program/trees.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

struct CompileOptions {
  const LaneKernels* kernels = nullptr;  // null: the best this machine has
  int threads = 1;             // of a run, in its long loops; the results don't depend on it
  bool only_if_faster = true;  // than sweeps of the tape, as run_cost.h predicts it
  bool trees = true;           // in place of long chains, of values and gradients (trees.h)
  uint32_t directions = 1;     // of products with tangents (compiled_tangent.h), that a run takes
};

struct LoopSummary {
  uint32_t first, period, count;  // as in Run
};

// A recording, its loops found and rolled up.
struct RolledTape {
  Blocks blocks;
  std::vector<LoopSummary> loops;
  size_t nodes = 0;        // of the recording, and those of the margins of its guards
  size_t margins = 0;      // how many are the latter
  size_t in_loops = 0;     // how many of them are in loops
  OutsideOfLoops outside;  // the others
  std::vector<TreeSummary> trees;
  TapeCost tape_cost;  // of what it was recorded on
};

// FailedPrecondition, with the reason, if a program of this cost gains nothing over the tape's.
absl::Status CheckGain(const RolledTape& rolled, double cost, const TapeCost::Sweeps& by_tape);

// FailedPrecondition where the loops save so little that sweeps of the tape are surely faster, if
// that matters.
absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    const CompileOptions& options);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ROLL_TAPE_H_
