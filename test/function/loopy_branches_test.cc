// Branches on sums of loops that a program adds in another order, with thresholds that rounding
// alone could cross: a compiled Function takes the interpreter's branch.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

constexpr size_t kTerms = 96;

Var Term(int kind, const Var& x) {
  switch (kind) {
    case 0:
      return x;
    case 1:
      return x * x * x;
    case 2:
      return sin(3.0 * x);
    case 3:
      return tanh(x);
    default:
      return x * exp(-x * x);
  }
}

Var Outer(int kind, const Var& sum) {
  switch (kind) {
    case 0:
      return sum;
    case 1:
      return sum * sum;
    case 2:
      return tanh(1e3 * sum);
    case 3:
      return abs(sum * sum * sum);
    default:
      return exp(0.1 * sum);
  }
}

// y = (the sum behind the guard, which side of p it was on).
struct Model {
  int term, outer;

  std::vector<Var> operator()(Vars x, Vars p) const {
    Var sum = 0.0;
    for (const Var& each : x) sum += Term(term, each);
    const Var guarded = Outer(outer, sum);
    return {guarded, guarded < p[0] ? Var(-1.0) : Var(1.0)};
  }
};

// Every term has its opposite, so in half of the points the sum is nothing but rounding.
Vector PointOf(std::mt19937_64& random, bool cancels) {
  std::normal_distribution<double> normal;
  Vector x(kTerms);
  for (size_t k = 0; k < kTerms; k += 2) {
    x[k] = normal(random);
    x[k + 1] = cancels ? -x[k] : normal(random);
  }
  for (size_t k = kTerms - 1; k > 0; --k) std::swap(x[k], x[random() % (k + 1)]);
  return x;
}

class LoopyBranches : public ::testing::TestWithParam<int> {};

TEST_P(LoopyBranches, AreTheInterpreters) {
  const int points = std::getenv("WENGERT_LONG_TESTS") != nullptr ? 20000 : 200;
  for (int outer = 0; outer < 5; ++outer) {
    const Model model = {GetParam(), outer};
    std::mt19937_64 random(static_cast<uint64_t>(GetParam() * 5 + outer));
    const Vector x0 = PointOf(random, false), p0 = {0.25};
    const Function f = Function::Record(model, x0, p0, {.compile_after = 0});
    const Function g = Function::Record(model, x0, p0, {.compiler = {}});
    Vector found(2), expected(2);
    for (int k = 0; k < points; ++k) {
      const Vector x = PointOf(random, k % 2 == 0);
      g.Values({x, p0}, absl::MakeSpan(expected));
      const double value = expected[0];
      const double step = std::abs(value) * 1e-16 + 1e-300;
      for (double threshold : {value, value + step, value - step, 0.5 * value, 0.25}) {
        const Vector p = {threshold};
        g.Values({x, p}, absl::MakeSpan(expected));
        f.Values({x, p}, absl::MakeSpan(found));
        ASSERT_EQ(found[1], expected[1]) << "outer " << outer << ", point " << k;
      }
    }
    EXPECT_GT(f.statistics().compiled_evaluations, points / 2) << outer;
    EXPECT_EQ(f.statistics().recordings, 2) << outer;
  }
}

INSTANTIATE_TEST_SUITE_P(Terms, LoopyBranches, ::testing::Range(0, 5));

}  // namespace
}  // namespace wengert
