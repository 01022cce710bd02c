#include "wengert/program/roll_tape.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/fuse_loops.h"
#include "wengert/program/isomorphs.h"
#include "wengert/program/long_chains.h"
#include "wengert/program/margins.h"
#include "wengert/program/near_misses.h"
#include "wengert/program/roll.h"
#include "wengert/program/run_saving.h"
#include "wengert/program/trees.h"

namespace wengert::program {
namespace {

struct Looped {
  Recorded recorded;
  std::vector<Run> runs;
  NearMisses misses;
  double alone, saving;  // what single nodes cost, and what the loops save of that
  std::vector<TreeSummary> trees = {};
};

// The loops that are known, where they are worth their set-up, and what repeats beside them.
std::optional<Looped> WithKnown(Recorded recorded, std::vector<Run> known) {
  const RecordedGraph& graph = recorded.graph;
  NearMisses misses(graph.nodes.size());
  std::erase_if(known, [&](const Run& run) {
    if (SavingOf(graph, run) > 0.0) return false;
    misses.too_few.AddRange(run.first, run.first + run.period * run.count);
    return true;
  });
  if (known.empty()) return std::nullopt;
  const Recording recording(graph);
  std::vector<Run> runs =
      FindRuns(recording, {.recurrences = true, .known = known, .misses = &misses});
  const double alone = CostAlone(recording), saving = SavingOf(graph, runs);
  return Looped{std::move(recorded), std::move(runs), std::move(misses), alone, saving};
}

std::optional<Looped> WithTreesOf(const Recorded& recorded, const Recording& recording,
                                  absl::Span<const Run> runs) {
  std::optional<WithTrees> grown = GrowTrees(recorded, LongChainsOf(recording, runs));
  if (!grown.has_value()) return std::nullopt;
  std::optional<Looped> looped = WithKnown(std::move(grown->recorded), std::move(grown->runs));
  if (looped.has_value()) looped->trees = std::move(grown->trees);
  return looped;
}

// What is alike anywhere, if it saves more than these loops, and those save too little.
Looped OrAlike(Looped loops, const Recording& recording) {
  constexpr double kEnough = 0.8, kMore = 1.1;
  if (loops.saving >= kEnough * loops.alone) return loops;
  std::optional<Grouped> grouped = GroupIsomorphs(loops.recorded, recording);
  if (!grouped.has_value()) return loops;
  std::optional<Looped> alike = WithKnown(std::move(grouped->recording), std::move(grouped->runs));
  if (!alike.has_value() || alike->saving <= kMore * loops.saving) return loops;
  alike->trees = std::move(loops.trees);
  return *std::move(alike);
}

// The loops that repeat what came just before them, of the recording as it is or with trees.
Looped FindLoops(const Recorded& recorded, const Recording& recording, bool trees) {
  NearMisses misses(recording.size());
  std::vector<Run> runs = FindRuns(recording, {.recurrences = true, .misses = &misses});
  std::optional<Looped> looped;
  if (trees) looped = WithTreesOf(recorded, recording, runs);
  if (looped.has_value()) {
    const RecordedGraph graph = looped->recorded.graph;
    return OrAlike(*std::move(looped), Recording(graph));
  }
  const double alone = CostAlone(recording), saving = SavingOf(recorded.graph, runs);
  return OrAlike({recorded, std::move(runs), std::move(misses), alone, saving}, recording);
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
                                    const CompileOptions& options) {
  Recorded unchecked = FromTape(tape, dependents);
  const size_t as_recorded = unchecked.graph.nodes.size();
  const Recorded checked = WithMargins(std::move(unchecked));
  const Recording recording(checked.graph);
  const auto [recorded, runs, misses, alone, saving, trees] =
      FindLoops(checked, recording, options.trees);
  RolledTape rolled;
  rolled.nodes = recorded.graph.nodes.size() - tape.inputs().size();
  rolled.margins = checked.graph.nodes.size() - as_recorded;
  rolled.trees = trees;
  for (const Run& run : runs) {
    rolled.loops.push_back({run.first, run.period, run.count});
    rolled.in_loops += size_t{run.period} * run.count;
  }
  rolled.outside = CountOutside(recorded.graph, runs, misses);
  // On the way to `checked` nodes were added, or none.
  const bool is_as_on_tape = checked.graph.nodes.size() == tape.size();
  rolled.tape_cost = TapeCost(tape, is_as_on_tape ? recording.counts() : CountOps(tape.nodes()));
  if (options.only_if_faster) {
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
