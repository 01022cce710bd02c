#ifndef WENGERT_TEST_SUPPORT_LOSES_DIGITS_H_
#define WENGERT_TEST_SUPPORT_LOSES_DIGITS_H_

#include <algorithm>
#include <cmath>

#include "test/support/op_domains.h"

namespace wengert::truth {

// Where a value is what cancellation left of rounded terms, so that no bound in its own ulps holds:
// log(e^a + e^b) = larger + tail, where the rounded exponent of the tail counts for more than 3 ulp
// of the sum.
inline bool LosesDigits(Op op, const Point& x) {
  if (op != Op::kLogAddExp) return false;
  const double d = std::abs(x[0] - x[1]), tail = std::log1p(std::exp(-d));
  return std::abs(std::max(x[0], x[1]) + tail) < tail * (2 + d / 2) / 3;
}

}  // namespace wengert::truth

#endif  // WENGERT_TEST_SUPPORT_LOSES_DIGITS_H_
