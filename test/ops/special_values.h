#ifndef TEST_OPS_SPECIAL_VALUES_H_
#define TEST_OPS_SPECIAL_VALUES_H_

// The rows of special_values.inc, for the tests of every engine and for the page made of them.

#include <limits>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/ops/functions.h"

namespace wengert::truth {

struct Special {
  Op op;
  Point x;
  double y;
  Point partials;
};

namespace special_values {

inline constexpr double kInf = kInfinity;
inline constexpr double kNan = kNaN;
inline constexpr double kMax = std::numeric_limits<double>::max();

#define POINT(...) \
  { __VA_ARGS__ }
#define SPECIAL(Name, operands, value, partials) \
  {Op::k##Name, Point POINT operands, value, Point POINT partials},
inline const Special kRows[] = {
#include "test/ops/special_values.inc"
};

}  // namespace special_values

// Not a parameter of tests: a list of rows that a test walks; each row names itself when it fails.
inline constexpr const auto& kSpecials = special_values::kRows;

inline std::string Text(const Special& row) {
  std::string text = InfoOf(row.op).name;
  for (int k = 0; k < ArityOf(row.op); ++k) {
    absl::StrAppendFormat(&text, " %g", row.x[static_cast<size_t>(k)]);
  }
  return text;
}

inline void ExpectSame(double computed, double expected, int k) {
  const std::string what = k < 0 ? "value" : absl::StrFormat("d/d%c", 'a' + k);
  EXPECT_TRUE(SameBits(computed, expected))
      << absl::StrFormat("%s is %.17g, not %.17g", what, computed, expected);
}

}  // namespace wengert::truth

#endif  // TEST_OPS_SPECIAL_VALUES_H_
