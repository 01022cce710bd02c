// Jacobians and Hessians: by products, some at a time, where the tier is worth it, else by sweeping
// the nodes with eight at once.

#include <algorithm>

#include "wengert/derive/dense.h"
#include "wengert/derive/sparse.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

// The directions first .. first + count - 1, in rows: a color's is the sum of its unit vectors.
struct Directions {
  size_t first, count;

  void SetToColors(const std::vector<uint32_t>& color, std::vector<double>& rows) const {
    rows.assign(count * color.size(), 0.0);
    for (size_t j = 0; j < color.size(); ++j) {
      if (color[j] < first || color[j] - first >= count) continue;
      rows[(color[j] - first) * color.size() + j] = 1.0;
    }
  }
  void SetToUnits(size_t size, std::vector<double>& rows) const {
    rows.assign(count * size, 0.0);
    for (size_t row = 0; row < count; ++row) rows[row * size + first + row] = 1.0;
  }
};

// f(directions) for all of `total`, some at a time, until it answers false.
template <class F>
bool ForDirections(size_t total, F&& f) {
  constexpr size_t kMost = 8;
  bool done = true;
  for (size_t first = 0; done && first < total; first += kMost) {
    done = f(Directions{first, std::min(kMost, total - first)});
  }
  return done;
}

// What stands in the product of color c goes to its entries, from `source` on.
void TakeEntries(const std::vector<EntrySource>& sources, uint32_t c,
                 absl::Span<const double> product, size_t& source, absl::Span<double> values) {
  for (; source < sources.size() && sources[source].color == c; ++source) {
    values[sources[source].entry] = product[sources[source].at];
  }
}

void TakeRows(const std::vector<EntrySource>& sources, Directions directions,
              absl::Span<const double> products, size_t& source, absl::Span<double> values) {
  const size_t size = products.size() / directions.count;
  for (size_t row = 0; row < directions.count; ++row) {
    TakeEntries(sources, static_cast<uint32_t>(directions.first + row),
                products.subspan(row * size, size), source, values);
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
  std::vector<double>& product = evaluation.product;
  const bool done = ForDirections(by_columns ? n : m, [&](Directions directions) {
    const auto [first, count] = directions;
    directions.SetToUnits(by_columns ? n : m, evaluation.direction);
    const absl::Span<const double> rows = evaluation.direction;
    if (!by_columns) {
      return tier.Vjps({count, m}, rows, jacobian.subspan(first * n, count * n), workspace);
    }
    product.resize(count * m);
    if (!tier.Jvps({count, n}, rows, absl::MakeSpan(product), workspace)) return false;
    for (size_t j = 0; j < count; ++j) {
      for (size_t i = 0; i < m; ++i) jacobian[i * n + first + j] = product[j * m + i];
    }
    return true;
  });
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
  std::vector<double>& product = evaluation.product;
  const bool done = ForDirections(n, [&](Directions directions) {
    const auto [first, count] = directions;
    directions.SetToUnits(n, evaluation.direction);
    product.resize(count * n);
    if (!evaluation.tier->tier->Hvps({count, n}, w, evaluation.direction, absl::MakeSpan(product),
                                     *evaluation.tier_workspace)) {
      return false;
    }
    for (size_t j = first; j < first + count; ++j) {
      const double* const column = product.data() + (j - first) * n;
      for (size_t i = j; i < n; ++i) hessian[i * n + j] = hessian[j * n + i] = column[i];
    }
    return true;
  });
  return LeaveTier(evaluation, done);
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
  Tier::Workspace& workspace = *evaluation.tier_workspace;
  const size_t to = plan.by_columns ? outputs() : inputs_;
  size_t source = 0;
  const bool done = ForDirections(plan.colors, [&](Directions directions) {
    directions.SetToColors(plan.color, evaluation.direction);
    evaluation.product.resize(directions.count * to);
    const absl::Span<const double> rows = evaluation.direction;
    const absl::Span<double> products = absl::MakeSpan(evaluation.product);
    const Tier::Rows these = {directions.count, plan.colors};
    const bool each = plan.by_columns ? tier.Jvps(these, rows, products, workspace)
                                      : tier.Vjps(these, rows, products, workspace);
    TakeRows(plan.sources, directions, products, source, absl::MakeSpan(jacobian.values));
    return each;
  });
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
  size_t source = 0;
  const bool done = ForDirections(plan.colors, [&](Directions directions) {
    directions.SetToColors(plan.color, evaluation.direction);
    evaluation.product.resize(directions.count * inputs_);
    const absl::Span<double> products = absl::MakeSpan(evaluation.product);
    if (!evaluation.tier->tier->Hvps({directions.count, plan.colors}, w, evaluation.direction,
                                     products, *evaluation.tier_workspace)) {
      return false;
    }
    TakeRows(plan.sources, directions, products, source, absl::MakeSpan(hessian.values));
    return true;
  });
  return LeaveTier(evaluation, done);
}

}  // namespace wengert
