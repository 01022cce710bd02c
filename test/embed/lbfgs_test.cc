#include "wengert/embed/lbfgs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "test/embed/allocations.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;

Function Rosenbrock() {
  return Function::Record(
      [](Vars x) { return 100.0 * square(x[1] - square(x[0])) + square(1.0 - x[0]); }, {-1.2, 1.0});
}

// sum_i (i + 1) x_i - log x_i: its domain ends at 0, its minimum is at 1 / (i + 1).
Var Barrier(Vars x) {
  Var sum = 0.0;
  for (size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(i + 1) * x[i] - log(x[i]);
  return sum;
}

lbfgs_parameter_t Parameters() {
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.epsilon = 1e-9;
  return parameters;
}

TEST(LbfgsMinimize, FindsRosenbrocksMinimum) {
  std::vector<double> x = {-1.2, 1.0};
  const LbfgsResult result = LbfgsMinimize(Rosenbrock(), absl::MakeSpan(x), Parameters());
  EXPECT_EQ(result.status, LBFGS_SUCCESS);
  EXPECT_NEAR(x[0], 1.0, 1e-7);
  EXPECT_NEAR(x[1], 1.0, 1e-7);
  EXPECT_NEAR(result.minimum, 0.0, 1e-14);
  EXPECT_GT(result.iterations, 10);
  EXPECT_GE(result.evaluations, result.iterations);
}

TEST(LbfgsMinimize, TakesAnyNumberOfVariables) {
  for (size_t n = 1; n < 40; ++n) {
    std::vector<double> x(n, 0.75);
    const auto bowl = [](Vars v) {
      Var sum = 0.0;
      for (size_t i = 0; i < v.size(); ++i) sum += cosh(v[i] - 1.0 / static_cast<double>(i + 1));
      return sum;
    };
    const Function f = Function::Record(bowl, x);
    EXPECT_EQ(LbfgsMinimize(f, absl::MakeSpan(x), Parameters()).status, LBFGS_SUCCESS) << n;
    EXPECT_NEAR(x[n - 1], 1.0 / static_cast<double>(n), 1e-7) << n;
  }
}

TEST(LbfgsMinimize, StepsBackFromWhereTheObjectiveIsNotFinite) {
  for (int search :
       {LBFGS_LINESEARCH_MORETHUENTE, LBFGS_LINESEARCH_BACKTRACKING_ARMIJO,
        LBFGS_LINESEARCH_BACKTRACKING_WOLFE, LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE}) {
    lbfgs_parameter_t parameters = Parameters();
    parameters.linesearch = search;
    std::vector<double> x = {5.0, 3.0};
    const LbfgsResult result =
        LbfgsMinimize(Function::Record(Barrier, x), absl::MakeSpan(x), parameters);
    EXPECT_EQ(result.status, LBFGS_SUCCESS) << search;
    EXPECT_NEAR(x[0], 1.0, 1e-8) << search;
    EXPECT_NEAR(x[1], 0.5, 1e-8) << search;
  }
}

TEST(LbfgsMinimize, RejectsAStartOutsideTheDomain) {
  const Function f = Function::Record(Barrier, {5.0, 3.0});
  std::vector<double> x = {-5.0, 3.0};
  EXPECT_THROW(LbfgsMinimize(f, absl::MakeSpan(x), Parameters()), UsageError);
}

TEST(LbfgsMinimize, RejectsFunctionsOfAnotherShape) {
  std::vector<double> x = {1.0};
  EXPECT_THROW(LbfgsMinimize(Rosenbrock(), absl::MakeSpan(x), Parameters()), UsageError);
  const auto two = [](Vars v) { return std::vector<Var>{v[0], v[0]}; };
  EXPECT_THROW(LbfgsMinimize(Function::Record(two, x), absl::MakeSpan(x), Parameters()),
               UsageError);
}

TEST(LbfgsMinimize, ProgressSeesEachIterationAndMayEndIt) {
  std::vector<double> x = {-1.2, 1.0}, values;
  const LbfgsResult result =
      LbfgsMinimize(Rosenbrock(), absl::MakeSpan(x), Parameters(),
                    [&](int iteration, absl::Span<const double> at, double value) {
                      EXPECT_EQ(at.size(), 2u);
                      values.push_back(value);
                      return iteration < 5;
                    });
  EXPECT_EQ(result.status, LBFGSERR_CANCELED);
  EXPECT_EQ(result.iterations, 5);
  ASSERT_EQ(values.size(), 5u);
  EXPECT_LT(values[4], values[0]);
}

TEST(LbfgsMinimize, AnExceptionPassesTheCCodeByAndArrivesAsItWas) {
  std::vector<double> x = {3.0};
  const Function f = Function::Record(
      [](Vars v) {
        if (v[0] < 1.0) throw std::out_of_range("below one");
        return square(v[0]);
      },
      x);
  EXPECT_THROW(LbfgsMinimize(f, absl::MakeSpan(x), Parameters()), std::out_of_range);
  EXPECT_EQ(x[0], 3.0);
  const LbfgsProgress throws = [](int, absl::Span<const double>, double) -> bool {
    throw std::length_error("enough");
  };
  x = {-1.2, 1.0};
  EXPECT_THROW(LbfgsMinimize(Rosenbrock(), absl::MakeSpan(x), Parameters(), throws),
               std::length_error);
}

TEST(LbfgsMinimize, WarmCallbacksAllocateNothing) {
  LbfgsObjective objective(Rosenbrock(), {});
  std::vector<double> x = {-1.2, 1.0}, g(2);
  double value = 0.0;
  const auto evaluate_and_accept = [&] {
    x[0] += 0.125;
    value = LbfgsObjective::Evaluate(&objective, x.data(), g.data(), 2, 1.0);
    LbfgsObjective::Progress(&objective, x.data(), g.data(), value, 1, 1, 1, 2, 1, 1);
  };
  for (int k = 0; k < 12; ++k) evaluate_and_accept();
  EXPECT_EQ(testing::AllocationsOf(evaluate_and_accept), 0u);
  EXPECT_EQ(value, 100.0 * std::pow(1.0 - x[0] * x[0], 2) + std::pow(1.0 - x[0], 2));
}

}  // namespace
}  // namespace wengert
