#include "wengert/program/roll_tape.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/margins.h"
#include "wengert/program/roll.h"

namespace wengert::program {

absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    double min_coverage) {
  Recorded recording = FromTape(tape, dependents);
  const size_t as_recorded = recording.graph.nodes.size();
  const Recorded recorded = WithMargins(std::move(recording));
  const std::vector<Run> runs = FindRuns(recorded.graph, {.recurrences = true});
  RolledTape rolled;
  rolled.nodes = recorded.graph.nodes.size() - tape.inputs().size();
  rolled.margins = recorded.graph.nodes.size() - as_recorded;
  for (const Run& run : runs) {
    rolled.loops.push_back({run.first, run.period, run.count});
    rolled.in_loops += size_t{run.period} * run.count;
  }
  const auto covered = static_cast<double>(rolled.in_loops);
  if (!(covered >= min_coverage * static_cast<double>(rolled.nodes))) {
    return absl::FailedPreconditionError(
        absl::StrCat("only ", rolled.in_loops, " of ", rolled.nodes, " nodes are in loops"));
  }
  rolled.blocks = Roll(recorded, runs);
  return rolled;
}

}  // namespace wengert::program
