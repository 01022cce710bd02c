#ifndef WENGERT_TEST_FUNCTION_WAVES_H_
#define WENGERT_TEST_FUNCTION_WAVES_H_

// A function with a loop, points of it, and how far a Function in lanes may be from one that
// interprets.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "wengert/wengert.h"

namespace wengert::testing {

using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

inline constexpr size_t kSize = 50;
inline const FunctionOptions kInterpreted = {.compiler = {}};

inline Vector Point(double shift = 0.0) {
  Vector x(kSize);
  for (size_t k = 0; k < kSize; ++k) x[k] = 0.5 + 0.01 * static_cast<double>(k) + shift;
  return x;
}

inline Var SumOfWaves(Vars x) {
  Var sum = 0.0;
  for (size_t k = 0; k + 1 < x.size(); ++k) sum += sin(x[k]) * x[k + 1] + log(x[k]);
  return sum * x[0];
}

struct Answer {
  double value;
  Vector gradient;
};

inline Answer At(const Function& f, const Vector& x) {
  Vector gradient(x.size());
  const double value = f.Gradient(x, absl::MakeSpan(gradient));
  return {value, gradient};
}

inline void ExpectRounded(const Vector& found, const Vector& expected) {
  double largest = 0.0;
  for (double each : expected) largest = std::max(largest, std::abs(each));
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 64 * std::numeric_limits<double>::epsilon() * largest);
  }
}

inline void ExpectRounded(const Answer& found, const Answer& expected) {
  ExpectRounded(Vector{found.value}, Vector{expected.value});
  ExpectRounded(found.gradient, expected.gradient);
}

}  // namespace wengert::testing

#endif  // WENGERT_TEST_FUNCTION_WAVES_H_
