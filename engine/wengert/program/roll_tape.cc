#include "wengert/program/roll_tape.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/isomorphs.h"
#include "wengert/program/margins.h"
#include "wengert/program/roll.h"
#include "wengert/program/run_saving.h"

namespace wengert::program {
namespace {

struct Looped {
  Recorded recording;
  std::vector<Run> runs;
};

// The loops that repeat what came just before them; where those save too little, those of what is
// alike anywhere, if they save more.
Looped FindLoops(Recorded recording) {
  constexpr double kEnough = 0.8, kMore = 1.1;
  std::vector<Run> runs = FindRuns(recording.graph, {.recurrences = true});
  const double saving = SavingOf(recording.graph, runs);
  if (saving >= kEnough * CostAlone(recording.graph))
    return {std::move(recording), std::move(runs)};
  if (std::optional<Grouped> grouped = GroupIsomorphs(recording); grouped.has_value()) {
    const Graph& graph = grouped->recording.graph;
    std::erase_if(grouped->runs, [&](const Run& run) { return SavingOf(graph, run) <= 0.0; });
    if (!grouped->runs.empty()) {
      std::vector<Run> all = FindRuns(graph, {.recurrences = true, .known = grouped->runs});
      if (SavingOf(graph, all) > kMore * saving) {
        return {std::move(grouped->recording), std::move(all)};
      }
    }
  }
  return {std::move(recording), std::move(runs)};
}

}  // namespace

absl::Status CheckGain(const RolledTape& rolled, double cost, const Tape& tape, Sweeps sweeps) {
  const double by_tape = CostOfSweeps(tape, sweeps);
  if (!rolled.loops.empty() && cost < by_tape) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrFormat(
      "%d of %d nodes are in loops, %.3g us by a program and %.3g us by the tape are predicted",
      rolled.in_loops, rolled.nodes, 1e-3 * cost, 1e-3 * by_tape));
}

absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    bool only_if_faster) {
  Recorded recording = FromTape(tape, dependents);
  const size_t as_recorded = recording.graph.nodes.size();
  const auto [recorded, runs] = FindLoops(WithMargins(std::move(recording)));
  RolledTape rolled;
  rolled.nodes = recorded.graph.nodes.size() - tape.inputs().size();
  rolled.margins = recorded.graph.nodes.size() - as_recorded;
  for (const Run& run : runs) {
    rolled.loops.push_back({run.first, run.period, run.count});
    rolled.in_loops += size_t{run.period} * run.count;
  }
  if (only_if_faster) {
    constexpr double kSurely = 1.3;
    const double cost = CostAlone(recorded.graph) - SavingOf(recorded.graph, runs);
    const absl::Status gain = CheckGain(rolled, cost / kSurely, tape, Sweeps::kGradient);
    if (!gain.ok()) return gain;
  }
  rolled.blocks = Roll(recorded, runs);
  return rolled;
}

}  // namespace wengert::program
