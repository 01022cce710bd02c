// Jacobians and Hessians: by products one after the other where the tier is worth it, else by
// sweeping the nodes with eight at once.

#include <algorithm>

#include "wengert/derive/dense.h"
#include "wengert/derive/sparse.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

// The sum of a color's unit vectors.
void SetDirection(const std::vector<uint32_t>& color, uint32_t c, std::vector<double>& direction) {
  direction.resize(color.size());
  for (size_t j = 0; j < color.size(); ++j) direction[j] = color[j] == c ? 1.0 : 0.0;
}

void SetUnit(size_t size, size_t k, std::vector<double>& direction) {
  direction.assign(size, 0.0);
  direction[k] = 1.0;
}

// What stands in the product of color c goes to its entries, from `source` on.
void TakeEntries(const std::vector<EntrySource>& sources, uint32_t c,
                 absl::Span<const double> product, size_t& source, absl::Span<double> values) {
  for (; source < sources.size() && sources[source].color == c; ++source) {
    values[sources[source].entry] = product[sources[source].at];
  }
}

}  // namespace

bool Function::State::MoveToTierWith(Evaluation& evaluation, const Arguments& at,
                                     bool Tier::Drivers::*driver, size_t products) {
  if (!MoveToTrace(evaluation, at)) return false;
  Expect(*evaluation.trace, driver, products);
  if (!HasDriver(*evaluation.trace, driver)) return false;
  MoveTo(evaluation, at);
  return evaluation.tier_is_there && evaluation.tier->tier->drivers().*driver;
}

// A product that failed leaves the tier nowhere; a reverse sweep of a tier that isn't exact leaves
// other values than a forward one.
bool Function::State::LeaveTier(Evaluation& evaluation, bool done, bool reversed) {
  evaluation.tier_is_there = done && (!reversed || evaluation.tier->tier->is_exact());
  return done;
}

void Function::State::Jacobian(Evaluation& evaluation, const Arguments& at,
                               absl::Span<double> jacobian) {
  if (!JacobianByProducts(evaluation, at, jacobian)) {
    wengert::Jacobian(RecordingAt(evaluation, at), jacobian, evaluation.workspace);
  }
}

bool Function::State::JacobianByProducts(Evaluation& evaluation, const Arguments& at,
                                         absl::Span<double> jacobian) {
  const size_t n = inputs_, m = outputs();
  const bool by_columns = n <= m;
  const auto driver = by_columns ? &Tier::Drivers::many_jvps : &Tier::Drivers::many_vjps;
  if (!MoveToTierWith(evaluation, at, driver, by_columns ? n : m)) return false;
  const Tier& tier = *evaluation.tier->tier;
  Tier::Workspace& workspace = *evaluation.tier_workspace;
  bool done = true;
  for (size_t i = 0; !by_columns && done && i < m; ++i) {
    SetUnit(m, i, evaluation.direction);
    done = tier.Reverse(evaluation.direction, jacobian.subspan(i * n, n), workspace);
  }
  evaluation.product.resize(m);
  for (size_t j = 0; by_columns && done && j < n; ++j) {
    SetUnit(n, j, evaluation.direction);
    done = tier.Jvp(evaluation.direction, absl::MakeSpan(evaluation.product), workspace);
    for (size_t i = 0; i < m; ++i) jacobian[i * n + j] = evaluation.product[i];
  }
  return LeaveTier(evaluation, done, !by_columns);
}

void Function::State::Hessian(Evaluation& evaluation, const Arguments& at,
                              absl::Span<const double> w, absl::Span<double> hessian) {
  if (!HessianByProducts(evaluation, at, w, hessian)) {
    wengert::Hessian(RecordingAt(evaluation, at), w, hessian, evaluation.workspace);
  }
}

bool Function::State::HessianByProducts(Evaluation& evaluation, const Arguments& at,
                                        absl::Span<const double> w, absl::Span<double> hessian) {
  const size_t n = inputs_;
  if (!MoveToTierWith(evaluation, at, &Tier::Drivers::many_hvps, n)) return false;
  evaluation.product.resize(n);
  for (size_t j = 0; j < n; ++j) {
    SetUnit(n, j, evaluation.direction);
    if (!evaluation.tier->tier->Hvp(w, evaluation.direction, absl::MakeSpan(evaluation.product),
                                    *evaluation.tier_workspace)) {
      return LeaveTier(evaluation, false);
    }
    for (size_t i = j; i < n; ++i) hessian[i * n + j] = hessian[j * n + i] = evaluation.product[i];
  }
  return true;
}

const JacobianPlan& Function::State::JacobianPlanOf(const Trace& trace) {
  std::call_once(trace.jacobian_once,
                 [&] { trace.jacobian = PlanJacobian(trace.AsNodes(nullptr)); });
  return trace.jacobian;
}

const HessianPlan& Function::State::HessianPlanOf(const Trace& trace) {
  std::call_once(trace.hessian_once,
                 [&] { trace.hessian = PlanHessian(trace.AsNodes(nullptr), {}); });
  return trace.hessian;
}

void Function::State::SparseJacobian(Evaluation& evaluation, const Arguments& at,
                                     CsrMatrix& jacobian) {
  if (SparseJacobianByProducts(evaluation, at, jacobian)) return;
  const derive_internal::Recording f = RecordingAt(evaluation, at);
  const JacobianPlan& plan = JacobianPlanOf(*evaluation.trace);
  jacobian.SetPattern(plan.pattern);
  wengert::SparseJacobian(f, plan, absl::MakeSpan(jacobian.values), evaluation.workspace);
}

bool Function::State::SparseJacobianByProducts(Evaluation& evaluation, const Arguments& at,
                                               CsrMatrix& jacobian) {
  if (!MoveToTrace(evaluation, at)) return false;
  const JacobianPlan& plan = JacobianPlanOf(*evaluation.trace);
  const auto driver = plan.by_columns ? &Tier::Drivers::many_jvps : &Tier::Drivers::many_vjps;
  if (!MoveToTierWith(evaluation, at, driver, plan.colors)) return false;
  jacobian.SetPattern(plan.pattern);
  const Tier& tier = *evaluation.tier->tier;
  evaluation.product.resize(plan.by_columns ? outputs() : inputs_);
  const absl::Span<double> product = absl::MakeSpan(evaluation.product);
  size_t source = 0;
  bool done = true;
  for (uint32_t c = 0; done && c < plan.colors; ++c) {
    SetDirection(plan.color, c, evaluation.direction);
    done = plan.by_columns
               ? tier.Jvp(evaluation.direction, product, *evaluation.tier_workspace)
               : tier.Reverse(evaluation.direction, product, *evaluation.tier_workspace);
    TakeEntries(plan.sources, c, product, source, absl::MakeSpan(jacobian.values));
  }
  return LeaveTier(evaluation, done, !plan.by_columns);
}

void Function::State::SparseHessian(Evaluation& evaluation, const Arguments& at,
                                    absl::Span<const double> w, CsrMatrix& hessian) {
  if (SparseHessianByProducts(evaluation, at, w, hessian)) return;
  const derive_internal::Recording f = RecordingAt(evaluation, at);
  const HessianPlan& plan = HessianPlanOf(*evaluation.trace);
  hessian.SetPattern(plan.pattern);
  wengert::SparseHessian(f, w, plan, absl::MakeSpan(hessian.values), evaluation.workspace);
}

bool Function::State::SparseHessianByProducts(Evaluation& evaluation, const Arguments& at,
                                              absl::Span<const double> w, CsrMatrix& hessian) {
  if (!MoveToTrace(evaluation, at)) return false;
  const HessianPlan& plan = HessianPlanOf(*evaluation.trace);
  if (!MoveToTierWith(evaluation, at, &Tier::Drivers::many_hvps, plan.colors)) return false;
  hessian.SetPattern(plan.pattern);
  evaluation.product.resize(inputs_);
  const absl::Span<double> product = absl::MakeSpan(evaluation.product);
  size_t source = 0;
  for (uint32_t c = 0; c < plan.colors; ++c) {
    SetDirection(plan.color, c, evaluation.direction);
    if (!evaluation.tier->tier->Hvp(w, evaluation.direction, product, *evaluation.tier_workspace)) {
      return LeaveTier(evaluation, false);
    }
    TakeEntries(plan.sources, c, product, source, absl::MakeSpan(hessian.values));
  }
  return true;
}

}  // namespace wengert
