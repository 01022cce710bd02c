#ifndef WENGERT_TEST_SUPPORT_REFERENCE_H_
#define WENGERT_TEST_SUPPORT_REFERENCE_H_

// Reference values of an operation and its partials at a point, from the truth column of
// op_domains.inc alone: derivatives are differences with a tiny step, in enough bits.

#include <array>

#include "test/support/high.h"
#include "test/support/op_domains.h"
#include "wengert/ops/op.h"

namespace wengert::truth {

High Value(Op op, const Point& x);

// d op / d x_k, good to 2^-70: the central difference over a tiny step, at 256 bits, or at 1280 or
// 5120 where digits cancel. Zero where it is smaller than any double.
High Partial(Op op, const Point& x, int k);

// UlpError of `computed` against Partial, where `value` is Value(op, x). If the difference to one
// side, which costs a fraction, shows no more than `of_interest`, it is believed: the digits that
// it loses don't agree with a rule by accident.
double PartialError(Op op, const Point& x, int k, const High& value, double computed,
                    double of_interest);

// d^2 op / d x_k d x_m, in the same way.
High SecondPartial(Op op, const Point& x, int k, int m);

// The same at operands of 256 bits, whose partial is one difference, in as many bits as it loses
// and a hundred more. It loses 16384 bits at most, and is zero beyond.
using HighOperands = std::array<High, 3>;
High Value(Op op, const HighOperands& x);
High Partial(Op op, const HighOperands& x, int k);

// The difference quotient from x to the side, (op(x + h e_k) - op(x)) / h with h tiny and of the
// sign of `side`.
High Slope(Op op, const Point& x, int k, int side);

// |computed - truth| in units of the last place that a double near truth has. Infinite where only
// one of them is NaN. An overflow to the right infinity is no error.
double UlpError(double computed, const High& truth);

// Equal in every bit, where all NaNs are the same.
bool SameBits(double a, double b);

}  // namespace wengert::truth

#endif  // WENGERT_TEST_SUPPORT_REFERENCE_H_
