#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/derive/coloring.h"
#include "wengert/derive/recording.h"
#include "wengert/derive/sparse.h"

namespace wengert {
namespace {

using derive_internal::CheckLength;
using derive_internal::InBatches;
using derive_internal::Recording;
using derive_internal::Resolve;

size_t LongestRow(const SparsityPattern& pattern) {
  size_t longest = 0;
  for (size_t i = 0; i < pattern.rows(); ++i) longest = std::max(longest, pattern.Row(i).size());
  return longest;
}

}  // namespace

double CsrMatrix::At(size_t i, size_t j) const {
  const absl::Span<const uint32_t> row = pattern.Row(i);
  const auto found = std::lower_bound(row.begin(), row.end(), j);
  if (found == row.end() || *found != j) return 0.0;
  return values[pattern.row_begin[i] + static_cast<size_t>(found - row.begin())];
}

JacobianPlan PlanJacobian(const Tape& tape, absl::Span<const Var> dependents) {
  Workspace workspace;
  return PlanJacobian(Resolve(tape, dependents, "PlanJacobian", workspace));
}

JacobianPlan PlanJacobian(const Recording& f) {
  JacobianPlan plan;
  plan.function = derive_internal::PlannedFor(f);
  plan.pattern = JacobianPattern(f.view, f.dependents);
  const SparsityPattern transposed = Transposed(plan.pattern);
  plan.by_columns = LongestRow(plan.pattern) <= LongestRow(transposed);
  Coloring coloring =
      plan.by_columns ? ColorRows(transposed, plan.pattern) : ColorRows(plan.pattern, transposed);
  plan.color = std::move(coloring.color);
  plan.colors = coloring.count;
  for (size_t i = 0; i < plan.pattern.rows(); ++i) {
    for (size_t entry = plan.pattern.row_begin[i]; entry < plan.pattern.row_begin[i + 1]; ++entry) {
      const uint32_t j = plan.pattern.column[entry], row = static_cast<uint32_t>(i);
      plan.sources.push_back(
          {entry, plan.color[plan.by_columns ? j : row], plan.by_columns ? row : j});
    }
  }
  std::stable_sort(plan.sources.begin(), plan.sources.end(),
                   [](const EntrySource& a, const EntrySource& b) { return a.color < b.color; });
  return plan;
}

void SparseJacobian(const Recording& f, const JacobianPlan& plan, Results values,
                    Workspace& workspace) {
  derive_internal::CheckPlan(plan.function, f, "SparseJacobian");
  CheckLength(values.size(), plan.pattern.size(), "the result", "SparseJacobian");
  auto source = plan.sources.begin();
  InBatches(plan.colors, [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const auto seed = [&](size_t k) {
      return derive_internal::Unit<V>(first, count, plan.color[k]);
    };
    const V* const swept = plan.by_columns ? derive_internal::TangentsAlong<V>(f, seed, workspace)
                                           : derive_internal::AdjointsOf<V>(f, seed, workspace);
    for (; source != plan.sources.end() && source->color < first + count; ++source) {
      const uint32_t node =
          plan.by_columns ? f.dependents[source->at].index() : f.view.inputs[source->at];
      values[source->entry] = LaneOf(swept[node], static_cast<int>(source->color - first));
    }
  });
}

void SparseJacobian(const Tape& tape, absl::Span<const Var> dependents, const JacobianPlan& plan,
                    Results values, Workspace& workspace) {
  SparseJacobian(Resolve(tape, dependents, "SparseJacobian", workspace), plan, values, workspace);
}

CsrMatrix SparseJacobian(const Tape& tape, absl::Span<const Var> dependents) {
  Workspace workspace;
  JacobianPlan plan = PlanJacobian(tape, dependents);
  CsrMatrix jacobian;
  jacobian.values.resize(plan.pattern.size());
  SparseJacobian(tape, dependents, plan, absl::MakeSpan(jacobian.values), workspace);
  jacobian.pattern = std::move(plan.pattern);
  return jacobian;
}

}  // namespace wengert
