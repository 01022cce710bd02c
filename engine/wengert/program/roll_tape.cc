#include "wengert/program/roll_tape.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
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

absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    double min_coverage) {
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
  const auto covered = static_cast<double>(rolled.in_loops);
  if (!(covered >= min_coverage * static_cast<double>(rolled.nodes))) {
    return absl::FailedPreconditionError(
        absl::StrCat("only ", rolled.in_loops, " of ", rolled.nodes, " nodes are in loops"));
  }
  rolled.blocks = Roll(recorded, runs);
  return rolled;
}

}  // namespace wengert::program
