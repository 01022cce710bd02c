#include "wengert/derive/dense.h"

#include "wengert/derive/recording.h"

namespace wengert {
namespace {

using derive_internal::CheckLength;
using derive_internal::InBatches;
using derive_internal::Recording;
using derive_internal::Resolve;
using derive_internal::Unit;

void ByColumns(const Recording& f, absl::Span<double> jacobian, Workspace& workspace) {
  InBatches(f.n(), [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const V* const tangents = derive_internal::TangentsAlong<V>(
        f, [&](size_t j) { return Unit<V>(first, count, j); }, workspace);
    for (size_t i = 0; i < f.m(); ++i) {
      const Operand y = f.dependents[i];
      for (size_t l = 0; l < count; ++l) {
        jacobian[i * f.n() + first + l] =
            y.is_constant() ? 0.0 : LaneOf(tangents[y.index()], static_cast<int>(l));
      }
    }
  });
}

void ByRows(const Recording& f, absl::Span<double> jacobian, Workspace& workspace) {
  InBatches(f.m(), [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const V* const adjoints = derive_internal::AdjointsOf<V>(
        f, [&](size_t i) { return Unit<V>(first, count, i); }, workspace);
    for (size_t j = 0; j < f.n(); ++j) {
      const uint32_t x = f.view.inputs[j];
      for (size_t l = 0; l < count; ++l) {
        jacobian[(first + l) * f.n() + j] =
            x < f.end ? LaneOf(adjoints[x], static_cast<int>(l)) : 0.0;
      }
    }
  });
}

}  // namespace

void Jacobian(const Recording& f, Results jacobian, Workspace& workspace) {
  CheckLength(jacobian.size(), f.m() * f.n(), "the result", "Jacobian");
  if (f.n() <= f.m()) {
    ByColumns(f, jacobian, workspace);
  } else {
    ByRows(f, jacobian, workspace);
  }
}

void Jacobian(const Tape& tape, absl::Span<const Var> dependents, Results jacobian,
              Workspace& workspace) {
  Jacobian(Resolve(tape, dependents, "Jacobian", workspace), jacobian, workspace);
}

void Hessian(const Recording& f, absl::Span<const double> weights, Results hessian,
             Workspace& workspace) {
  const size_t n = f.n();
  CheckLength(weights.size(), f.m(), "the weights", "Hessian");
  CheckLength(hessian.size(), n * n, "the result", "Hessian");
  InBatches(n, [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const Dual<double, V>* const adjoints = derive_internal::SecondAdjoints<V>(
        f, weights, [&](size_t j) { return Unit<V>(first, count, j); }, workspace);
    for (size_t j = 0; j < n; ++j) {
      const uint32_t x = f.view.inputs[j];
      for (size_t l = 0; l < count && first + l <= j; ++l) {
        const double entry = x < f.end ? LaneOf(adjoints[x].tangent, static_cast<int>(l)) : 0.0;
        hessian[j * n + first + l] = entry;
        hessian[(first + l) * n + j] = entry;
      }
    }
  });
}

void Hessian(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> weights,
             Results hessian, Workspace& workspace) {
  Hessian(Resolve(tape, dependents, "Hessian", workspace), weights, hessian, workspace);
}

void Hessian(const Tape& tape, const Var& root, Results hessian, Workspace& workspace) {
  const double weight = 1.0;
  Hessian(tape, {&root, 1}, {&weight, 1}, hessian, workspace);
}

}  // namespace wengert
