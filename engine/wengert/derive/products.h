#ifndef WENGERT_DERIVE_PRODUCTS_H_
#define WENGERT_DERIVE_PRODUCTS_H_

// Derivatives times vectors, at the current point of a tape.
//
// The tape is a function f from its n inputs, in the order of Tape::Input, to the m dependents that
// the caller names. Buffers belong to the caller, and nothing is allocated once the workspace is
// warm. Rules for all drivers:
//   - a span of another length than stated, or a dependent that isn't alive on the tape, is a
//     UsageError, and the buffers are untouched;
//   - a dependent may be a constant, be named twice, or not depend on anything: its derivatives are
//     zeros; no dependents at all is a function to R^0;
//   - NaN and infinite directions, seeds and weights flow into what depends on them; an exact zero
//     contributes zero, whatever it meets. A NaN adjoint is NaN also behind a partial that happens
//     to be zero (that of x x at 0), but not behind floor or the side of a Where that isn't taken;
//     a NaN tangent is zero behind all of them.
//
// Several at once: a span may hold k vectors one after the other; then the result holds k results.
// Eight of them share a sweep, which costs about as much as two or three alone.
// Griewank and Walther, Evaluating Derivatives, chapters 3 and 5.

#include "absl/types/span.h"
#include "wengert/base/results.h"
#include "wengert/derive/workspace.h"
#include "wengert/tape/tape.h"

namespace wengert {

namespace derive_internal {
struct Recording;
}

// y_dot = J v: how the dependents move when the inputs move along v. One tangent sweep.
// v: k * n numbers; y_dot: k * m.
void Jvp(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> v,
         Results y_dot, Workspace& workspace);

// x_bar = J' w: the gradient of the dependents' sum weighted by w. One reverse sweep.
// w: k * m numbers; x_bar: k * n.
void Vjp(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> w,
         Results x_bar, Workspace& workspace);

// h = H v with H the Hessian of sum_i weights[i] f_i. One tangent and one reverse sweep, forward
// over reverse. weights: m numbers; v and h: k * n.
void Hvp(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> weights,
         absl::Span<const double> v, Results h, Workspace& workspace);

// The same for one dependent of weight 1.
void Hvp(const Tape& tape, const Var& root, absl::Span<const double> v, Results h,
         Workspace& workspace);

// The same for a recording and a point that the caller keeps: what Function calls.
void Jvp(const derive_internal::Recording& f, absl::Span<const double> v, Results y_dot,
         Workspace& workspace);
void Vjp(const derive_internal::Recording& f, absl::Span<const double> w, Results x_bar,
         Workspace& workspace);
void Hvp(const derive_internal::Recording& f, absl::Span<const double> weights,
         absl::Span<const double> v, Results h, Workspace& workspace);

}  // namespace wengert

#endif  // WENGERT_DERIVE_PRODUCTS_H_
