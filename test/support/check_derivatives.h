#ifndef WENGERT_TEST_SUPPORT_CHECK_DERIVATIVES_H_
#define WENGERT_TEST_SUPPORT_CHECK_DERIVATIVES_H_

// The one checker: every way that Wengert has to differentiate a function, each against each. A new
// driver or engine is added here, once, and is thereby tested on the whole zoo and by everybody who
// calls this.

#include <vector>

#include "test/support/functions.h"

namespace wengert::testing {

// Records f at x, where it must be smooth, and fails the running test for every pair of ways that
// disagree:
//   Backward, Jvp, Vjp, dense and sparse Jacobian; Hvp, dense and sparse Hessian by both colorings;
//   lanes and single vectors; <w, J v> and <J' w, v>; the retaped gradient and its Jacobian;
//   compiled programs of value, gradient, J v and H v and batches of points, in lanes of every
//   width that this machine has; every driver of Function, interpreted and compiled; extrapolated
//   differences of values and of gradients, within their own error estimates; and all of that but
//   the programs for f as a single user-defined operation, whose rules are f's drivers.
void CheckDerivatives(const VectorFunction& f, const std::vector<double>& x);

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_CHECK_DERIVATIVES_H_
