#include "wengert/embed/dlib.h"

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
Function Barrier() {
  return Function::Record(
      [](Vars x) {
        Var sum = 0.0;
        for (size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(i + 1) * x[i] - log(x[i]);
        return sum;
      },
      {5.0, 3.0});
}

// Calls test(search) for each search strategy.
template <class Test>
void WithEachSearch(Test test) {
  test(dlib::lbfgs_search_strategy(10));
  test(dlib::bfgs_search_strategy());
  test(dlib::cg_search_strategy());
}

dlib::gradient_norm_stop_strategy Stop() { return dlib::gradient_norm_stop_strategy(1e-8, 10000); }

TEST(DlibFindMin, FindsRosenbrocksMinimum) {
  WithEachSearch([](auto search) {
    DlibVector x = {-1.2, 1.0};
    EXPECT_NEAR(DlibFindMin(search, Stop(), Rosenbrock(), x), 0.0, 1e-14);
    EXPECT_NEAR(x(0), 1.0, 1e-6);
    EXPECT_NEAR(x(1), 1.0, 1e-6);
  });
}

TEST(DlibFindMin, StepsBackFromWhereTheObjectiveIsNotFinite) {
  WithEachSearch([](auto search) {
    DlibVector x = {5.0, 3.0};
    DlibFindMin(search, Stop(), Barrier(), x);
    EXPECT_NEAR(x(0), 1.0, 1e-7);
    EXPECT_NEAR(x(1), 0.5, 1e-7);
  });
}

TEST(DlibFindMin, AStartOutsideTheDomainIsDlibsError) {
  DlibVector x = {-5.0, 3.0};
  EXPECT_THROW(DlibFindMin(dlib::bfgs_search_strategy(), Stop(), Barrier(), x), dlib::error);
}

TEST(DlibFindMinBoxConstrained, StaysInTheBox) {
  const DlibVector lower = {-2.0, -2.0}, upper = {0.5, 2.0};
  DlibVector x = {-1.2, 1.0};
  DlibFindMinBoxConstrained(dlib::lbfgs_search_strategy(10),
                            dlib::objective_delta_stop_strategy(1e-14), Rosenbrock(), x, lower,
                            upper);
  EXPECT_NEAR(x(0), 0.5, 1e-6);
  EXPECT_NEAR(x(1), 0.25, 1e-6);
}

TEST(DlibFindMinTrustRegion, UsesHessians) {
  DlibVector x = {-1.2, 1.0};
  EXPECT_NEAR(DlibFindMinTrustRegion(Stop(), Rosenbrock(), x), 0.0, 1e-14);
  EXPECT_NEAR(x(0), 1.0, 1e-6);
  x = {5.0, 3.0};
  DlibFindMinTrustRegion(Stop(), Barrier(), x, 100.0);
  EXPECT_NEAR(x(0), 1.0, 1e-7);
  EXPECT_NEAR(x(1), 0.5, 1e-7);
}

TEST(DlibFindMin, AnExceptionArrivesAsItWas) {
  DlibVector x = {3.0};
  const Function f = Function::Record(
      [](Vars v) {
        if (v[0] < 1.0) throw std::out_of_range("below one");
        return square(v[0]);
      },
      {3.0});
  EXPECT_THROW(DlibFindMin(dlib::bfgs_search_strategy(), Stop(), f, x), std::out_of_range);
}

TEST(DlibFindMin, RejectsFunctionsOfAnotherShape) {
  DlibVector x = {3.0};
  EXPECT_THROW(DlibFindMin(dlib::bfgs_search_strategy(), Stop(), Rosenbrock(), x), UsageError);
  const Function constant = Function::Record([](Vars) { return Var(1.0); }, {});
  DlibVector none;
  EXPECT_THROW(DlibFindMin(dlib::bfgs_search_strategy(), Stop(), constant, none), UsageError);
}

// dlib's expressions are computed into the objective's own vector, and it hands out its gradient.
TEST(DlibObjective, WarmCallsAllocateNothing) {
  DlibObjective objective(Rosenbrock(), 2);
  DlibVector x = {-1.2, 1.0}, direction = {1.0, 0.5}, g(2);
  dlib::matrix<double> hessian;
  double value = 0.0;
  const auto evaluate_all = [&] {
    x(0) += 0.125;
    value = objective.Value(x + 0.5 * direction);
    g = objective.Gradient(x + 0.5 * direction);
    objective.Hessian(x, hessian);
    objective.SetIterate(x, value, g);
  };
  for (int k = 0; k < 12; ++k) evaluate_all();
  EXPECT_EQ(testing::AllocationsOf(evaluate_all), 0u);
  const double x0 = x(0) + 0.5, x1 = 1.25;
  EXPECT_NEAR(g(1), 200.0 * (x1 - x0 * x0), 1e-10);
  EXPECT_NEAR(hessian(0, 1), -400.0 * x(0), 1e-10);
}

}  // namespace
}  // namespace wengert
