#ifndef WENGERT_DERIVE_DENSE_H_
#define WENGERT_DERIVE_DENSE_H_

// Whole matrices of derivatives at the current point of a tape, dense and row-major. The rules of
// products.h hold.

#include "absl/types/span.h"
#include "wengert/base/results.h"
#include "wengert/derive/workspace.h"
#include "wengert/tape/tape.h"

namespace wengert {

namespace derive_internal {
struct Recording;
}

// jacobian[i * n + j] = d f_i / d x_j, m * n numbers. ceil(min(m, n) / 8) sweeps: tangents where
// there are at least as many dependents as inputs, adjoints else.
void Jacobian(const Tape& tape, absl::Span<const Var> dependents, Results jacobian,
              Workspace& workspace);

// hessian[i * n + j] = sum_k weights[k] d2 f_k / d x_i d x_j, n * n numbers, symmetric to the last
// bit. ceil(n / 8) Hessian-vector sweeps.
void Hessian(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> weights,
             Results hessian, Workspace& workspace);

// The same for one dependent of weight 1.
void Hessian(const Tape& tape, const Var& root, Results hessian, Workspace& workspace);

// The same for a recording and a point that the caller keeps: what Function calls.
void Jacobian(const derive_internal::Recording& f, Results jacobian, Workspace& workspace);
void Hessian(const derive_internal::Recording& f, absl::Span<const double> weights, Results hessian,
             Workspace& workspace);

}  // namespace wengert

#endif  // WENGERT_DERIVE_DENSE_H_
