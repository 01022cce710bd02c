#include "wengert/program/roll_tape.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/isomorphs.h"
#include "wengert/program/margins.h"
#include "wengert/program/near_misses.h"
#include "wengert/program/roll.h"
#include "wengert/program/run_saving.h"

namespace wengert::program {
namespace {

struct Looped {
  Recorded recording;
  std::vector<Run> runs;
  NearMisses misses;
};

// The loops that repeat what came just before them; where those save too little, those of what is
// alike anywhere, if they save more.
Looped FindLoops(Recorded recording) {
  constexpr double kEnough = 0.8, kMore = 1.1;
  NearMisses misses(recording.graph.nodes.size());
  std::vector<Run> runs = FindRuns(recording.graph, {.recurrences = true, .misses = &misses});
  const double saving = SavingOf(recording.graph, runs);
  if (saving >= kEnough * CostAlone(recording.graph))
    return {std::move(recording), std::move(runs), std::move(misses)};
  if (std::optional<Grouped> grouped = GroupIsomorphs(recording); grouped.has_value()) {
    const RecordedGraph& graph = grouped->recording.graph;
    NearMisses others(graph.nodes.size());
    std::erase_if(grouped->runs, [&](const Run& run) {
      if (SavingOf(graph, run) > 0.0) return false;
      others.too_few.AddRange(run.first, run.first + run.period * run.count);
      return true;
    });
    if (!grouped->runs.empty()) {
      std::vector<Run> all =
          FindRuns(graph, {.recurrences = true, .known = grouped->runs, .misses = &others});
      if (SavingOf(graph, all) > kMore * saving) {
        return {std::move(grouped->recording), std::move(all), std::move(others)};
      }
    }
  }
  return {std::move(recording), std::move(runs), std::move(misses)};
}

}  // namespace

absl::Status CheckGain(const RolledTape& rolled, double cost, double by_tape) {
  if (!rolled.loops.empty() && cost < by_tape) return absl::OkStatus();
  const std::string others = TextOf(rolled.outside);
  std::string why = absl::StrCat(rolled.in_loops, " of ", rolled.nodes, " nodes are in loops",
                                 others.empty() ? "" : "; the others: ", others);
  if (!rolled.loops.empty()) {
    absl::StrAppendFormat(&why, "; predicted to take %.3g us, and sweeps of the tape %.3g",
                          1e-3 * cost, 1e-3 * by_tape);
  }
  return absl::FailedPreconditionError(why);
}

absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    bool only_if_faster) {
  Recorded recording = FromTape(tape, dependents);
  const size_t as_recorded = recording.graph.nodes.size();
  const auto [recorded, runs, misses] = FindLoops(WithMargins(std::move(recording)));
  RolledTape rolled;
  rolled.nodes = recorded.graph.nodes.size() - tape.inputs().size();
  rolled.margins = recorded.graph.nodes.size() - as_recorded;
  for (const Run& run : runs) {
    rolled.loops.push_back({run.first, run.period, run.count});
    rolled.in_loops += size_t{run.period} * run.count;
  }
  rolled.outside = CountOutside(recorded.graph, runs, misses);
  rolled.tape_cost = TapeCost(tape);
  if (only_if_faster) {
    constexpr double kSurely = 0.8;
    const double cost = CostAlone(recorded.graph) - SavingOf(recorded.graph, runs);
    const absl::Status gain = CheckGain(rolled, kSurely * cost, rolled.tape_cost.gradient());
    if (!gain.ok()) return gain;
  }
  rolled.blocks = Roll(recorded, runs);
  return rolled;
}

}  // namespace wengert::program
