// Gradients at many points: those of one branch together, by a tier that does many at once.

#include <algorithm>
#include <numeric>

#include "wengert/function/state.h"

namespace wengert {
namespace {

constexpr double kOne = 1.0;
// So many traces are tried on all points that are left; a try costs sweeps at those that it fails.
constexpr int kMaxTries = 8;

void GatherRows(const std::vector<size_t>& which, size_t n, absl::Span<const double> rows,
                std::vector<double>& gathered) {
  gathered.clear();
  for (size_t k : which) {
    const absl::Span<const double> row = rows.subspan(k * n, n);
    gathered.insert(gathered.end(), row.begin(), row.end());
  }
}

}  // namespace

const TraceTier* Function::State::BatchTierOf(const Trace& trace) {
  if (trace.tape().has_custom()) return nullptr;
  TierOf(trace);  // makes them if it is time
  return trace.batch_tier();
}

// While some are left: all of them by the trace that the evaluation is on; then one that failed
// there walks to its trace, which is tried next, with that one again, so that its bits don't depend
// on which it was.
void Function::State::GradientBatch(Evaluation& evaluation, absl::Span<const double> points,
                                    absl::Span<double> values, absl::Span<double> gradients) {
  std::vector<size_t>& left = evaluation.batch.left;
  left.resize(values.size());
  std::iota(left.begin(), left.end(), size_t{0});
  Aim(evaluation, points.subspan(0, inputs_));
  std::shared_ptr<const Trace> tried;
  int tries = values.size() > 1 ? 0 : kMaxTries;
  const auto is_worth_a_try = [&] {
    return tries < kMaxTries && evaluation.trace != tried &&
           BatchTierOf(*evaluation.trace) != nullptr;
  };
  while (!left.empty()) {
    if (is_worth_a_try()) {
      tried = evaluation.trace;
      ++tries;
      BatchOnTrace(evaluation, points, values, gradients);
      continue;
    }
    const size_t k = left.back();
    Vjp(evaluation, points.subspan(k * inputs_, inputs_), {&kOne, 1}, values.subspan(k, 1),
        gradients.subspan(k * inputs_, inputs_));
    if (!is_worth_a_try()) left.pop_back();
  }
}

// Leaves the points that take another branch.
void Function::State::BatchOnTrace(Evaluation& evaluation, absl::Span<const double> points,
                                   absl::Span<double> values, absl::Span<double> gradients) {
  Batch& batch = evaluation.batch;
  const size_t rows = batch.left.size();
  if (rows == values.size()) {
    SweepBatch(evaluation, points, values, gradients);
  } else {
    GatherRows(batch.left, inputs_, points, batch.points);
    batch.values.resize(rows);
    batch.gradients.resize(rows * inputs_);
    SweepBatch(evaluation, batch.points, absl::MakeSpan(batch.values),
               absl::MakeSpan(batch.gradients));
    for (size_t row = 0; row < rows; ++row) {
      if (batch.holds[row] == 0) continue;
      const size_t k = batch.left[row];
      values[k] = batch.values[row];
      std::copy_n(&batch.gradients[row * inputs_], inputs_, &gradients[k * inputs_]);
    }
  }
  size_t kept = 0;
  for (size_t row = 0; row < rows; ++row) {
    if (batch.holds[row] == 0) batch.left[kept++] = batch.left[row];
  }
  batch.left.resize(kept);
}

void Function::State::SweepBatch(Evaluation& evaluation, absl::Span<const double> points,
                                 absl::Span<double> values, absl::Span<double> gradients) {
  const TraceTier& best = *evaluation.trace->batch_tier();
  evaluation.Use(&best);
  evaluation.tier_is_there = false;
  std::vector<uint8_t>& holds = evaluation.batch.holds;
  holds.assign(values.size(), 0);
  best.tier->GradientBatch(points, PointOf(evaluation).p, values, gradients, absl::MakeSpan(holds),
                           *evaluation.tier_workspace);
  CountEvaluations(*evaluation.trace, best, std::count(holds.begin(), holds.end(), 1));
}

}  // namespace wengert
