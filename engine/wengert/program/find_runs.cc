#include "wengert/program/find_runs.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "wengert/program/body.h"
#include "wengert/program/choose.h"
#include "wengert/program/periods.h"
#include "wengert/program/recording.h"
#include "wengert/program/repeats.h"
#include "wengert/program/split_body.h"

namespace wengert::program {
namespace {

constexpr int kMaxLevels = 4;
constexpr int kMaxRounds = 12;
// How often the nodes may be looked at one by one in the hope for runs.
constexpr uint64_t kMaxSplits = 8;

// A repeat that looks like a loop by its samples, or a run that is one.
struct Candidate {
  Interval repeat;
  uint32_t period;
  bool is_run;
  Run run;
};

class Level {
 public:
  Level(const Recording& recording, BodyReader& reader, uint32_t min_count, uint64_t& budget)
      : recording_(recording), reader_(reader), min_count_(min_count), budget_(budget) {}

  // The runs in the intervals, in ascending order.
  std::vector<Run> Search(absl::Span<const Interval> where) {
    for (uint32_t period : LikelyPeriods(recording_, where, min_count_, visits_)) {
      for (Interval interval : where) AddCandidates(interval, period);
    }
    std::vector<size_t> chosen = ChooseDisjoint(offers_);
    for (int round = 0; round < kMaxRounds && Split(chosen); ++round) {
      chosen = ChooseDisjoint(offers_);
    }
    return TakeRuns();
  }

  uint64_t visits() const { return visits_; }

 private:
  void AddCandidates(Interval interval, uint32_t period) {
    repeats_.clear();
    FindRepeats(recording_, interval, period, min_count_, repeats_, visits_);
    for (Interval repeat : repeats_) {
      if (!reader_.Read(repeat, period, min_count_, body_)) continue;
      Add({{body_.first, body_.end()}, body_.Saving()}, {repeat, period, false, {}});
    }
  }

  void Add(Offer offer, Candidate candidate) {
    if (offer.saving <= 0.0) return;
    offers_.push_back(offer);
    candidates_.push_back(std::move(candidate));
  }

  // Splits those of the chosen that aren't runs yet into runs, for the next choice. Whether there
  // was any.
  bool Split(absl::Span<const size_t> chosen) {
    bool any = false;
    for (size_t i : chosen) {
      if (candidates_[i].is_run) continue;
      any = true;
      SplitOne(i);
      offers_[i].saving = 0.0;
    }
    return any;
  }

  void SplitOne(size_t i) {
    const Interval repeat = candidates_[i].repeat;
    const uint32_t period = candidates_[i].period;
    const uint64_t before = visits_;
    if (repeat.size() > budget_ || !reader_.Read(repeat, period, min_count_, body_)) return;
    std::vector<Run> runs;
    SplitIntoRuns(recording_, body_, min_count_, runs, visits_);
    budget_ -= visits_ - before;
    for (Run& each : runs) {
      const Offer offer = {{each.first, each.first + each.period * each.count},
                           body_.cost.Saving(each.count)};
      Add(offer, {offer.nodes, period, true, std::move(each)});
    }
  }

  // The best of what has been found to be runs.
  std::vector<Run> TakeRuns() {
    for (size_t i = 0; i < offers_.size(); ++i) {
      if (!candidates_[i].is_run) offers_[i].saving = 0.0;
    }
    std::vector<Run> runs;
    for (size_t i : ChooseDisjoint(offers_)) runs.push_back(std::move(candidates_[i].run));
    return runs;
  }

  const Recording& recording_;
  BodyReader& reader_;
  uint32_t min_count_;
  uint64_t& budget_;  // nodes that may still be looked at one by one
  uint64_t visits_ = 0;
  std::vector<Offer> offers_;
  std::vector<Candidate> candidates_;  // of the same places
  Body body_;
  std::vector<Interval> repeats_;
};

// The intervals between leaves.
std::vector<Interval> Operations(const Graph& graph, uint32_t shortest) {
  std::vector<Interval> intervals;
  const uint32_t size = static_cast<uint32_t>(graph.nodes.size());
  for (uint32_t begin = 0, i = 0; i <= size; ++i) {
    if (i < size && !graph.nodes[i].is_leaf()) continue;
    if (i - begin >= shortest) intervals.push_back({begin, i});
    begin = i + 1;
  }
  return intervals;
}

// What is left of the intervals.
std::vector<Interval> Gaps(absl::Span<const Interval> intervals, absl::Span<const Run> runs,
                           uint32_t shortest) {
  std::vector<Interval> gaps;
  const auto add = [&](uint32_t begin, uint32_t end) {
    if (end >= begin + shortest) gaps.push_back({begin, end});
  };
  auto run = runs.begin();
  for (Interval interval : intervals) {
    uint32_t begin = interval.begin;
    for (; run != runs.end() && run->first < interval.end; ++run) {
      add(begin, run->first);
      begin = run->first + run->period * run->count;
    }
    add(begin, interval.end);
  }
  return gaps;
}

}  // namespace

std::vector<Run> FindRuns(const Graph& graph, FindRunsOptions options) {
  options.min_count = std::max(options.min_count, uint32_t{4});
  const Recording recording(graph);
  BodyReader reader(recording);
  uint64_t visits = graph.nodes.size(), budget = kMaxSplits * visits;
  std::vector<Run> runs;
  std::vector<Interval> intervals = Operations(graph, options.min_count);
  for (int i = 0; i < kMaxLevels && !intervals.empty(); ++i) {
    Level level(recording, reader, options.min_count, budget);
    std::vector<Run> found = level.Search(intervals);
    visits += level.visits();
    if (found.empty()) break;
    intervals = Gaps(intervals, found, options.min_count);
    std::move(found.begin(), found.end(), std::back_inserter(runs));
  }
  if (options.visits != nullptr) *options.visits += visits + reader.visits();
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
  return runs;
}

}  // namespace wengert::program
