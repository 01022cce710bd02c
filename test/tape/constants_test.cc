// A Var that turns out to be a constant is recorded in another form than compilers expected where
// they saw an operation on it. Whatever comes next must take the result for what it is.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wengert/ops/dual.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

constexpr int kOperations = 4;

// Results are unnamed where they are used, as they are in the middle of an expression.
template <class T, class F>
T Operate(int which, const T& a, const T& b, F then) {
  if (which == 0) return then(a + b);
  if (which == 1) return then(a - b);
  if (which == 2) return then(a * b);
  return then(a / b);
}

// ((a op b) op c) op d, its mirror image, and (a op b) op (c op d), with functions in between.
template <class T>
T Chain(const std::vector<T>& x, int p, int q, int r) {
  return Operate(p, x[0], x[1], [&](auto&& ab) {
    return Operate(q, static_cast<T&&>(ab), x[2], [&](auto&& abc) {
      return Operate(r, static_cast<T&&>(abc), x[3], [](auto&& y) { return static_cast<T&&>(y); });
    });
  });
}
// What is a number beside a Var stays one.
template <class T>
auto NumberFor(double number) {
  if constexpr (std::is_same_v<T, Dual<double>>) {
    return Dual<double>{number, 0.0};
  } else {
    return number;
  }
}

template <class T>
T Written(const std::vector<T>& x, int p) {
  const auto c = [](double number) { return NumberFor<T>(number); };
  switch (p) {
    case 0:
      return (x[0] + x[1]) * x[2] - x[3];
    case 1:
      return x[3] - (x[0] - x[1]) * (x[2] * x[3]);
    case 2:
      return sqrt(x[0] * x[1]) * x[2] + -(x[3] * x[0]);
    case 3:
      return sqrt(x[0]) * (x[1] + x[2]) - square(x[3] - x[1]);
    case 4:
      return c(0.5) * (x[0] + sqrt(x[1] * x[1] + x[2])) * c(3.0) - x[3];
    case 5:
      return exp(-(x[0] * x[1])) * (c(2.0) - (x[2] + x[3]) * c(0.25));
    case 6:
      return -(c(1.0) - (x[0] - x[1] * c(2.0))) / (x[2] * x[3] + c(1.0));
    case 7:
      return (x[0] * x[1] + x[2] * x[3]) * (x[0] * x[2] - x[1]);
    default:
      return log(sqrt(x[0]) + x[1]) * c(2.0) - sqrt(sqrt(x[2]) * x[3]);
  }
}
constexpr int kWritten = 9;

// f at four numbers, of which those in `active` are inputs, against forward differentiation.
template <class F>
void CheckAgainstDuals(const F& f, unsigned active, const std::string& what) {
  const std::vector<double> at = {0.7, 1.3, 2.1, 0.4};
  Tape tape;
  std::vector<Var> x, inputs;
  for (size_t k = 0; k < at.size(); ++k) {
    const bool is_input = (active >> k & 1u) != 0;
    x.push_back(is_input ? tape.Input(at[k]) : Var(at[k]));
    if (is_input) inputs.push_back(x.back());
  }
  const Var y = f(x);
  EXPECT_EQ(y.is_constant(), active == 0) << what;
  EXPECT_EQ(y.value(), f(at)) << what;
  if (active == 0) {
    EXPECT_EQ(tape.size(), 0u) << what;
    return;
  }
  const std::vector<double> gradient = tape.Backward(y).Gradient();
  size_t next = 0;
  for (size_t k = 0; k < at.size(); ++k) {
    if ((active >> k & 1u) == 0) continue;
    std::vector<Dual<double>> duals;
    for (size_t j = 0; j < at.size(); ++j) duals.push_back({at[j], j == k ? 1.0 : 0.0});
    const double expected = f(duals).tangent;
    EXPECT_NEAR(gradient[next++], expected, 1e-13 * (1.0 + std::fabs(expected))) << what;
  }
  EXPECT_EQ(tape.primals().back(), tape.Primal(y)) << what;
  std::vector<double> point;
  for (const Var& input : inputs) point.push_back(input.value());
  ASSERT_TRUE(tape.Replay(point).ok());
  EXPECT_EQ(tape.Primal(y), f(at)) << what;
}

TEST(ConstantsTest, ChainsOfOperatorsOnEveryMixOfConstantsAndInputs) {
  for (unsigned active = 0; active < 16; ++active) {
    for (int k = 0; k < kOperations * kOperations * kOperations; ++k) {
      const int p = k % kOperations, q = k / kOperations % kOperations, r = k / 16;
      CheckAgainstDuals([&](const auto& x) { return Chain(x, p, q, r); }, active,
                        absl::StrCat("chain ", p, q, r, ", active ", active));
    }
  }
}

TEST(ConstantsTest, ExpressionsOnEveryMixOfConstantsAndInputs) {
  for (unsigned active = 0; active < 16; ++active) {
    for (int p = 0; p < kWritten; ++p) {
      CheckAgainstDuals([&](const auto& x) { return Written(x, p); }, active,
                        absl::StrCat("expression ", p, ", active ", active));
    }
  }
}

// The sum begins as a constant, so its first step is recorded in another form.
TEST(ConstantsTest, SealBehindAnotherFormIsNoNode) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  Var sum = 0.0;
  for (const Var& each : x) sum += each;
  EXPECT_EQ(tape.size(), 4u);
  const std::vector<double> gradient = tape.Backward(sum).Gradient();
  EXPECT_EQ(gradient, std::vector<double>({1.0, 1.0}));
}

// What is recorded out of line is a call that compilers take for one without effects.
TEST(ConstantsTest, OneOperationWrittenTwiceIsDoneTwice) {
  Tape tape;
  const Var x = tape.Input(3.0), c = 2.0, d = 5.0;
  const Var greatest = max(c, d), product = c * d, greatest_again = max(c, d);
  EXPECT_TRUE(greatest.is_constant() && product.is_constant() && greatest_again.is_constant());
  EXPECT_EQ(greatest.value(), 5.0);
  EXPECT_EQ(product.value(), 10.0);
  EXPECT_EQ(greatest_again.value(), 5.0);

  const Var p = max(x, c), p_again = max(x, c), q = x * c, q_again = x * c;
  const auto node = [&](const Var& v) { return tape.NodeOf(v, "a test"); };
  EXPECT_EQ(node(p_again), node(p) + 1);
  EXPECT_EQ(node(q), node(p) + 2);
  EXPECT_EQ(node(q_again), node(p) + 3);
  EXPECT_EQ(tape.Backward(p + p_again + q * q_again)[x], 2.0 + 2.0 * 6.0 * 2.0);
}

}  // namespace
}  // namespace wengert
