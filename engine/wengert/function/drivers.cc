// The drivers that a tier may have: by it where there is one that has them, else by sweeping nodes.

#include <algorithm>

#include "wengert/derive/products.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

using derive_internal::Recording;

constexpr double kOne = 1.0;

void WriteValues(const Evaluation& evaluation, absl::Span<double> values) {
  if (values.empty()) return;
  if (evaluation.tier_is_there) {
    evaluation.tier->tier->Values(*evaluation.tier_workspace, values);
    return;
  }
  evaluation.trace->ValuesAt(evaluation.primals.data(), values);
}

}  // namespace

Recording Function::State::RecordingAt(Evaluation& evaluation, const Arguments& at) {
  MoveNodesTo(evaluation, at);
  return evaluation.trace->AsNodes(evaluation.primals.data());
}

void Function::State::Values(Evaluation& evaluation, const Arguments& at,
                             absl::Span<double> values) {
  MoveTo(evaluation, at);
  WriteValues(evaluation, values);
}

// A forward and a reverse sweep, fused where the tier can, unless the first was made before.
void Function::State::Vjp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
                          absl::Span<double> values, absl::Span<double> x_bar) {
  bool pulled = false;
  MoveTo(evaluation, at,
         [&](const Tier& tier, const Tier::Point& point, Tier::Workspace& workspace) {
           pulled = true;
           return tier.ForwardReverse(point, w, x_bar, workspace);
         });
  if (evaluation.tier_is_there && !pulled) {
    evaluation.tier_is_there = evaluation.tier->tier->Reverse(w, x_bar, *evaluation.tier_workspace);
  }
  if (!evaluation.tier_is_there) {
    wengert::Vjp(RecordingAt(evaluation, at), w, x_bar, evaluation.workspace);
  }
  WriteValues(evaluation, values);
  // The values may have been rounded differently on the way to a gradient. Those of a call must not
  // depend on which call was before it.
  if (evaluation.tier_is_there) evaluation.tier_is_there = evaluation.tier->tier->is_exact();
}

void Function::State::Jvp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> v,
                          absl::Span<double> y_dot) {
  if (MoveTo(evaluation, at, &Tier::Drivers::jvp)) {
    evaluation.tier->tier->Jvp(v, y_dot, *evaluation.tier_workspace);
  } else {
    wengert::Jvp(RecordingAt(evaluation, at), v, y_dot, evaluation.workspace);
  }
}

void Function::State::Hvp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
                          absl::Span<const double> v, absl::Span<double> h) {
  if (MoveTo(evaluation, at, &Tier::Drivers::hvp)) {
    evaluation.tier->tier->Hvp(w, v, h, *evaluation.tier_workspace);
  } else {
    wengert::Hvp(RecordingAt(evaluation, at), w, v, h, evaluation.workspace);
  }
}

// All points by the trace used last; those where its guards don't hold one by one.
void Function::State::GradientBatch(Evaluation& evaluation, absl::Span<const double> points,
                                    absl::Span<double> values, absl::Span<double> gradients) {
  Aim(evaluation, points.subspan(0, inputs_));
  evaluation.holds.assign(values.size(), 0);
  if (HasDriver(*evaluation.trace, &Tier::Drivers::gradient_batch)) {
    const TraceTier& best = TierOf(*evaluation.trace);
    evaluation.Use(&best);
    evaluation.tier_is_there = false;
    best.tier->GradientBatch(points, PointOf(evaluation).p, values, gradients,
                             absl::MakeSpan(evaluation.holds), *evaluation.tier_workspace);
    CountEvaluations(*evaluation.trace, best,
                     std::count(evaluation.holds.begin(), evaluation.holds.end(), 1));
  }
  for (size_t k = 0; k < values.size(); ++k) {
    if (evaluation.holds[k] != 0) continue;
    Vjp(evaluation, points.subspan(k * inputs_, inputs_), {&kOne, 1}, values.subspan(k, 1),
        gradients.subspan(k * inputs_, inputs_));
  }
}

}  // namespace wengert
