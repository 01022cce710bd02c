#include "wengert/program/roll_tape.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/fuse_loops.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/isomorphs.h"
#include "wengert/program/margins.h"
#include "wengert/program/near_misses.h"
#include "wengert/program/roll.h"
#include "wengert/program/run_saving.h"

namespace wengert::program {
namespace {

struct Looped {
  Recorded recorded;
  std::vector<Run> runs;
  NearMisses misses;
  double alone, saving;  // what single nodes cost, and what the loops save of that
};

// The loops that repeat what came just before them; where those save too little, those of what is
// alike anywhere, if they save more.
Looped FindLoops(Recorded recorded) {
  constexpr double kEnough = 0.8, kMore = 1.1;
  const Recording recording(recorded.graph);
  const double alone = CostAlone(recording);
  NearMisses misses(recording.size());
  std::vector<Run> runs = FindRuns(recording, {.recurrences = true, .misses = &misses});
  const double saving = SavingOf(recorded.graph, runs);
  const auto as_recorded = [&] {
    return Looped{std::move(recorded), std::move(runs), std::move(misses), alone, saving};
  };
  if (saving >= kEnough * alone) return as_recorded();
  std::optional<Grouped> grouped = GroupIsomorphs(recorded, recording);
  if (!grouped.has_value()) return as_recorded();
  const RecordedGraph& graph = grouped->recording.graph;
  NearMisses others(graph.nodes.size());
  std::erase_if(grouped->runs, [&](const Run& run) {
    if (SavingOf(graph, run) > 0.0) return false;
    others.too_few.AddRange(run.first, run.first + run.period * run.count);
    return true;
  });
  if (grouped->runs.empty()) return as_recorded();
  std::vector<Run> all =
      FindRuns(graph, {.recurrences = true, .known = grouped->runs, .misses = &others});
  const double of_all = SavingOf(graph, all);
  if (of_all <= kMore * saving) return as_recorded();
  return {std::move(grouped->recording), std::move(all), std::move(others), alone, of_all};
}

}  // namespace

absl::Status CheckGain(const RolledTape& rolled, double cost, const TapeCost::Sweeps& by_tape) {
  const bool has_loops = !rolled.loops.empty();
  if (has_loops && rolled.tape_cost.IsMoreThan(cost, by_tape)) return absl::OkStatus();
  const std::string others = TextOf(rolled.outside);
  std::string why = absl::StrCat(rolled.in_loops, " of ", rolled.nodes, " nodes are in loops",
                                 others.empty() ? "" : "; the others: ", others);
  if (has_loops) {
    absl::StrAppendFormat(&why, "; predicted to take %.3g us, and sweeps of the tape %.3g",
                          1e-3 * cost, 1e-3 * rolled.tape_cost.Of(by_tape));
  }
  return absl::FailedPreconditionError(why);
}

absl::StatusOr<RolledTape> RollTape(const Tape& tape, absl::Span<const Operand> dependents,
                                    bool only_if_faster) {
  Recorded unchecked = FromTape(tape, dependents);
  const size_t as_recorded = unchecked.graph.nodes.size();
  const auto [recorded, runs, misses, alone, saving] = FindLoops(WithMargins(std::move(unchecked)));
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
    const double cost = kSurely * (alone - saving);
    const absl::Status gain = CheckGain(rolled, cost, rolled.tape_cost.gradient());
    if (!gain.ok()) return gain;
  }
  rolled.blocks = Roll(recorded, runs);
  FuseLoops(rolled.blocks);
  return rolled;
}

}  // namespace wengert::program
