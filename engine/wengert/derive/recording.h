#ifndef WENGERT_DERIVE_RECORDING_H_
#define WENGERT_DERIVE_RECORDING_H_

// What the drivers share: the function they differentiate, and its sweeps for a batch of directions
// or seeds. Not for users.

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"
#include "wengert/derive/sparse.h"
#include "wengert/derive/workspace.h"
#include "wengert/ops/lanes.h"
#include "wengert/sweep/view.h"
#include "wengert/tape/tape.h"

namespace wengert::derive_internal {

// A tape at a point, and its dependents: f from R^n to R^m.
struct Recording {
  View view;                           // with the inputs that f is differentiated by
  absl::Span<const uint32_t> passive;  // the tape's other inputs: parameters
  const double* primals;
  absl::Span<const Operand> dependents;  // a constant dependent is the pool's nobody
  size_t end;                            // nodes from here on don't matter to any dependent

  size_t n() const { return view.inputs.size(); }
  size_t m() const { return dependents.size(); }
};

// Looks the dependents up; UsageError for one that isn't alive on the tape. Their list is kept in
// the workspace, valid until the next call.
Recording Resolve(const Tape& tape, absl::Span<const Var> dependents, const char* where,
                  Workspace& workspace);

// UsageError unless `span`, called `name`, has `expected` numbers.
void CheckLength(size_t length, size_t expected, const char* name, const char* where);

PlannedFunction PlannedFor(const Recording& f);
// UsageError unless it is f. O(dependents).
void CheckPlan(const PlannedFunction& planned, const Recording& f, const char* where);

inline constexpr int kLanes = 8;
using WideLanes = Lanes<kLanes>;

// The sweeps of a batch; their code is in recording.cc, once.
template <class V>
void SweepTangents(const Recording& f, V* tangents);
template <class V>
void SweepAdjoints(const Recording& f, V* adjoints);
template <class V>
void SweepSecondAdjoints(const Recording& f, const V* tangents, Dual<double, V>* adjoints);

// f(V(), first, count) for batches that cover 0 .. total-1: wide ones, and a single one alone.
template <class F>
void InBatches(size_t total, F&& f) {
  size_t first = 0;
  for (; total - first > 1; first += std::min<size_t>(kLanes, total - first)) {
    f(WideLanes(), first, std::min<size_t>(kLanes, total - first));
    if (total - first <= kLanes) return;
  }
  if (total - first == 1) f(double(), first, size_t{1});
}

// Lane l is one where j = first + l: the unit vectors of a batch.
template <class V>
V Unit(size_t first, size_t count, size_t j) {
  V lanes(0.0);
  if (j >= first && j < first + count) LaneOf(lanes, static_cast<int>(j - first)) = 1.0;
  return lanes;
}

// The tangents of all nodes, where input j moves by direction(j).
template <class V, class Direction>
const V* TangentsAlong(const Recording& f, Direction direction, Workspace& workspace) {
  V* const tangents = workspace.Tangents<V>(f.end);
  for (size_t j = 0; j < f.n(); ++j) {
    if (f.view.inputs[j] < f.end) tangents[f.view.inputs[j]] = direction(j);
  }
  for (uint32_t parameter : f.passive) {
    if (parameter < f.end) tangents[parameter] = V(0.0);
  }
  SweepTangents(f, tangents);
  return tangents;
}

// The adjoints of all nodes, where dependent i is seeded by seed(i).
template <class V, class Seed>
const V* AdjointsOf(const Recording& f, Seed seed, Workspace& workspace) {
  V* const adjoints = workspace.Adjoints<V>(f.end);
  std::fill_n(adjoints, f.end, V(0.0));
  for (size_t i = 0; i < f.m(); ++i) {
    if (f.dependents[i].is_constant()) continue;
    V& adjoint = adjoints[f.dependents[i].index()];
    adjoint = adjoint + seed(i);
  }
  SweepAdjoints(f, adjoints);
  return adjoints;
}

// The adjoints of sum_i weights[i] f_i with their tangents along direction(j): forward over
// reverse. The tangent of input j's adjoint is row j of the Hessian times the direction.
template <class V, class Direction>
const Dual<double, V>* SecondAdjoints(const Recording& f, absl::Span<const double> weights,
                                      Direction direction, Workspace& workspace) {
  using D = Dual<double, V>;
  const V* const tangents = TangentsAlong<V>(f, direction, workspace);
  D* const adjoints = workspace.Adjoints<D>(f.end);
  std::fill_n(adjoints, f.end, D(0.0));
  for (size_t i = 0; i < f.m(); ++i) {
    if (!f.dependents[i].is_constant()) adjoints[f.dependents[i].index()].primal += weights[i];
  }
  SweepSecondAdjoints(f, tangents, adjoints);
  return adjoints;
}

}  // namespace wengert::derive_internal

#endif  // WENGERT_DERIVE_RECORDING_H_
