// The drivers that a tier may have: by it where there is one that has them, else by sweeping nodes.

#include "wengert/derive/products.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

using derive_internal::Recording;

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
  const bool done = Push(
      evaluation, at, &Tier::Drivers::jvp,
      [&](const Tier& tier, const Tier::Point& point, Tier::Workspace& workspace) {
        return tier.ForwardJvp(point, v, y_dot, workspace);
      },
      [&](const Tier& tier, Tier::Workspace& workspace) { return tier.Jvp(v, y_dot, workspace); });
  if (!done) wengert::Jvp(RecordingAt(evaluation, at), v, y_dot, evaluation.workspace);
}

void Function::State::Hvp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
                          absl::Span<const double> v, absl::Span<double> h) {
  const bool done = Push(
      evaluation, at, &Tier::Drivers::hvp,
      [&](const Tier& tier, const Tier::Point& point, Tier::Workspace& workspace) {
        return tier.ForwardHvp(point, w, v, h, workspace);
      },
      [&](const Tier& tier, Tier::Workspace& workspace) { return tier.Hvp(w, v, h, workspace); });
  if (!done) wengert::Hvp(RecordingAt(evaluation, at), w, v, h, evaluation.workspace);
}

}  // namespace wengert
