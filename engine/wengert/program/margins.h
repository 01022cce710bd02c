#ifndef WENGERT_PROGRAM_MARGINS_H_
#define WENGERT_PROGRAM_MARGINS_H_

// Guards that rounding could decide. A program rounds differently from the recording it was made
// of, so where the two sides of a comparison are as near as that, its outcome isn't the
// recording's. Beside every node y = op(x...) that a guard is computed from goes a bound of its
// rounding,
//
//   Y = |y| + sum over k of  |d op / d x_k| X_k ,       |fl(y) - y| <= depth  ulps  2^-53  Y
//
// to first order (and to second where an operand may be off by more than it is: a product has it
// in its bound, other curves are refused there), whatever the order of its sums, as depth is the
// longest way of roundings to y and an input is taken for rounded, too. (Higham, Accuracy and
// Stability of Numerical Algorithms, chapters 3 and 4.) A guard holds only if its sides are farther
// apart than both bounds; what is nearer is left to the nodes. So is what jumps on the way to a
// guard.
//
//   before                      after
//   v2  mul  v0 v1              v2  mul  v0 v1
//                               V2  2^-1022 + |v1| |v0| + |v0| |v1|
//   v3  less v2 1    guard      v3  less v2 1                  guard
//                               v4  less scale V2 |v2 - 1|     guard
//
// It costs a few operations for each that a guard depends on, and nothing where a guard compares
// inputs and constants as they are.

#include "wengert/program/recorded.h"

namespace wengert::program {

Recorded WithMargins(Recorded recording);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_MARGINS_H_
