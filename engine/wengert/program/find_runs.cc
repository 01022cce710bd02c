#include "wengert/program/find_runs.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
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

// The loops of longer periods, by which those of shorter ones need not be read: a loop over the
// rows of a table is cheaper than one over the few columns of each row, whatever that looks like.
class Covers {
 public:
  // What a node of the interval costs as part of a loop that is known. Intervals come in ascending
  // order, until Renew.
  double CostOf(Interval interval) {
    while (next_ < covers_.size() && covers_[next_].nodes.end < interval.end) ++next_;
    const bool is_covered = next_ < covers_.size() && covers_[next_].nodes.begin <= interval.begin;
    return is_covered ? covers_[next_].cost : std::numeric_limits<double>::infinity();
  }

  // In ascending order, too.
  void Add(Interval nodes, double cost) { added_.push_back({nodes, cost}); }

  // Makes what was added known, where it covers more than what is known, or the most of that at a
  // lower cost; the next interval may be the first again.
  void Renew() {
    next_ = 0;
    if (added_.empty()) return;
    std::vector<Cover> all;
    std::merge(covers_.begin(), covers_.end(), added_.begin(), added_.end(),
               std::back_inserter(all),
               [](const Cover& a, const Cover& b) { return a.nodes.begin < b.nodes.begin; });
    added_.clear();
    covers_.clear();
    for (const Cover& cover : all) {
      if (covers_.empty() || covers_.back().nodes.end <= cover.nodes.begin) {
        covers_.push_back(cover);
      } else if (cover.IsBetterThan(covers_.back())) {
        covers_.back() = cover;
      }
    }
  }

 private:
  struct Cover {
    bool IsBetterThan(const Cover& other) const {
      return cost < other.cost && nodes.size() > other.nodes.size() / 2;
    }
    Interval nodes;
    double cost;
  };
  std::vector<Cover> covers_;  // ascending and disjoint
  std::vector<Cover> added_;
  size_t next_ = 0;
};

class Level {
 public:
  Level(const Recording& recording, BodyReader& reader, const FindRunsOptions& options,
        uint64_t& budget)
      : recording_(recording),
        reader_(reader),
        min_count_(options.min_count),
        misses_(options.misses),
        budget_(budget) {}

  // The runs in the intervals, in ascending order.
  std::vector<Run> Search(absl::Span<const Interval> where) {
    std::vector<uint32_t> periods = LikelyPeriods(recording_, where, min_count_, visits_);
    std::sort(periods.begin(), periods.end(), std::greater<>());
    for (uint32_t period : periods) {
      for (Interval interval : where) AddCandidates(interval, period);
      covers_.Renew();
    }
    std::vector<size_t> chosen = ChooseDisjoint(offers_);
    if (AddTrimmed(chosen)) chosen = ChooseDisjoint(offers_);
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
      const double at_least = LoopCost::EachNodeAtLeast(period, repeat.size() / period);
      if (covers_.CostOf(repeat) <= at_least) continue;
      if (!AddCandidate(repeat, period)) continue;
      covers_.Add(body_.nodes(), body_.cost.EachNode(period, body_.iterations()));
    }
  }

  bool AddCandidate(Interval repeat, uint32_t period) {
    if (!reader_.Read(repeat, period, min_count_, body_)) {
      Miss(repeat, true);
      return false;
    }
    if (body_.Saving() <= 0.0) Miss(body_.nodes(), body_.is_recurrence);
    Add({body_.nodes(), body_.Saving()}, {repeat, period, false, {}});
    return true;
  }

  // Where a loop ends, or begins, with operations that another begins, or ends, with, its repeat
  // goes on into that: squares, then a sum of squares. Of two, one of them chosen, that have less
  // than an iteration in common, the one of shorter iterations is offered without that, too.
  bool AddTrimmed(absl::Span<const size_t> chosen) {
    constexpr size_t kMostAtOnePlace = 8;
    const size_t untrimmed = offers_.size();
    std::vector<bool> is_chosen(untrimmed);
    for (size_t offer : chosen) is_chosen[offer] = true;
    std::vector<size_t> by_begin(untrimmed);
    std::iota(by_begin.begin(), by_begin.end(), size_t{0});
    std::sort(by_begin.begin(), by_begin.end(), [this](size_t a, size_t b) {
      return offers_[a].nodes.begin < offers_[b].nodes.begin;
    });
    for (size_t i = 0; i < untrimmed; ++i) {
      const size_t end = std::min(untrimmed, i + kMostAtOnePlace);
      for (size_t j = i + 1; j < end; ++j) {
        const size_t a = by_begin[i], b = by_begin[j];
        if (is_chosen[a] || is_chosen[b]) AddTrimmed(a, b);
      }
    }
    return offers_.size() > untrimmed;
  }

  void AddTrimmed(size_t first, size_t second) {
    const Interval a = offers_[first].nodes, b = offers_[second].nodes;
    const uint32_t p = candidates_[first].period, q = candidates_[second].period;
    if (p == q || a.end <= b.begin || b.end <= a.end || a.end - b.begin >= std::max(p, q)) return;
    const Interval rest = p < q ? Interval{a.begin, b.begin} : Interval{a.end, b.end};
    if (rest.size() >= min_count_ * std::min(p, q)) AddCandidate(rest, std::min(p, q));
  }

  void Add(Offer offer, Candidate candidate) {
    if (offer.saving <= 0.0) return;
    offers_.push_back(offer);
    candidates_.push_back(std::move(candidate));
  }

  void Miss(Interval nodes, bool dependent) {
    if (misses_ == nullptr) return;
    (dependent ? misses_->dependent : misses_->too_few).AddRange(nodes.begin, nodes.end);
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
    Miss(body_.nodes(), false);  // what of it is in no run
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
  NearMisses* misses_;
  uint64_t& budget_;  // nodes that may still be looked at one by one
  uint64_t visits_ = 0;
  std::vector<Offer> offers_;
  std::vector<Candidate> candidates_;  // of the same places
  Body body_;
  Covers covers_;
  std::vector<Interval> repeats_;
};

// The intervals between leaves.
std::vector<Interval> Operations(const Recording& recording, uint32_t shortest) {
  std::vector<Interval> intervals;
  const auto begin = recording.ops.begin(), end = recording.ops.end();
  for (auto at = begin; at < end;) {
    const auto leaf = std::find(at, end, Op::kInput);
    if (leaf - at >= shortest) {
      intervals.push_back({static_cast<uint32_t>(at - begin), static_cast<uint32_t>(leaf - begin)});
    }
    at = leaf + (leaf == end ? 0 : 1);
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

std::vector<Run> FindRuns(const RecordedGraph& graph, FindRunsOptions options) {
  return FindRuns(Recording(graph), options);
}

std::vector<Run> FindRuns(const Recording& recording, FindRunsOptions options) {
  options.min_count = std::max(options.min_count, uint32_t{4});
  BodyReader reader(recording, options.recurrences);
  uint64_t visits = recording.size(), budget = kMaxSplits * visits;
  std::vector<Run> runs(options.known.begin(), options.known.end());
  std::vector<Interval> intervals =
      Gaps(Operations(recording, options.min_count), options.known, options.min_count);
  for (int i = 0; i < kMaxLevels && !intervals.empty(); ++i) {
    Level level(recording, reader, options, budget);
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
