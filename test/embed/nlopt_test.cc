#include "wengert/embed/nlopt.h"

#include <gtest/gtest.h>

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

TEST(NloptProblem, MinimizesRosenbrock) {
  for (nlopt::algorithm algorithm : {nlopt::LD_LBFGS, nlopt::LD_SLSQP, nlopt::LD_VAR2}) {
    nlopt::opt opt(algorithm, 2);
    opt.set_xtol_rel(1e-12);
    NloptProblem problem(opt);
    problem.Minimize(Rosenbrock());
    std::vector<double> x = {-1.2, 1.0};
    double minimum = 1.0;
    EXPECT_GT(problem.Optimize(x, minimum), 0);
    EXPECT_NEAR(x[0], 1.0, 1e-6) << opt.get_algorithm_name();
    EXPECT_NEAR(x[1], 1.0, 1e-6);
    EXPECT_NEAR(minimum, 0.0, 1e-12);
  }
}

TEST(NloptProblem, WorksWithoutGradients) {
  nlopt::opt opt(nlopt::LN_NELDERMEAD, 2);
  opt.set_xtol_rel(1e-10);
  NloptProblem problem(opt);
  problem.Minimize(Rosenbrock());
  std::vector<double> x = {-1.2, 1.0};
  double minimum = 1.0;
  problem.Optimize(x, minimum);
  EXPECT_NEAR(x[0], 1.0, 1e-6);
}

TEST(NloptProblem, Maximizes) {
  nlopt::opt opt(nlopt::LD_LBFGS, 1);
  opt.set_xtol_rel(1e-12);
  NloptProblem problem(opt);
  problem.Maximize(Function::Record([](Vars x) { return log(x[0]) - 2.0 * x[0]; }, {3.0}));
  std::vector<double> x = {3.0};
  double maximum = 0.0;
  problem.Optimize(x, maximum);
  EXPECT_NEAR(x[0], 0.5, 1e-7);
  EXPECT_NEAR(maximum, -std::log(2.0) - 1.0, 1e-12);
}

// Hock-Schittkowski 71: an equality, an inequality, bounds.
TEST(NloptProblem, KeepsVectorConstraints) {
  const std::vector<double> start = {1, 5, 5, 1};
  nlopt::opt opt(nlopt::LD_SLSQP, 4);
  opt.set_xtol_rel(1e-12);
  opt.set_lower_bounds(1.0);
  opt.set_upper_bounds(5.0);
  NloptProblem problem(opt);
  problem.Minimize(
      Function::Record([](Vars x) { return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]; }, start));
  problem.AddInequality(
      Function::Record([](Vars x) { return 25.0 - x[0] * x[1] * x[2] * x[3]; }, start), 1e-10);
  problem.AddEquality(
      Function::Record(
          [](Vars x) { return square(x[0]) + square(x[1]) + square(x[2]) + square(x[3]) - 40.0; },
          start),
      1e-10);
  std::vector<double> x = start;
  double minimum = 0.0;
  problem.Optimize(x, minimum);
  EXPECT_NEAR(minimum, 17.0140172892, 1e-6);
}

TEST(NloptProblem, ConstraintsOfSeveralOutputsHaveTheirJacobiansRowByRow) {
  const std::vector<double> start = {3.0, 0.5};
  nlopt::opt opt(nlopt::LD_MMA, 2);
  opt.set_xtol_rel(1e-10);
  NloptProblem problem(opt);
  problem.Minimize(Function::Record([](Vars x) { return square(x[0]) + square(x[1]); }, start));
  problem.AddInequality(Function::Record(
                            [](Vars x) {
                              return std::vector<Var>{2.0 - x[0], 1.0 - x[0] * x[1], x[1] - 10.0};
                            },
                            start),
                        1e-10);
  std::vector<double> x = start;
  double minimum = 0.0;
  problem.Optimize(x, minimum);
  EXPECT_NEAR(x[0], 2.0, 1e-6);
  EXPECT_NEAR(x[1], 0.5, 1e-6);
}

TEST(NloptProblem, StepsBackFromWhereAFunctionIsNotFinite) {
  for (nlopt::algorithm algorithm : {nlopt::LD_LBFGS, nlopt::LD_VAR2, nlopt::LD_SLSQP,
                                     nlopt::LD_MMA, nlopt::LD_CCSAQ, nlopt::LD_TNEWTON}) {
    nlopt::opt opt(algorithm, 2);
    opt.set_xtol_rel(1e-10);
    opt.set_maxeval(300);
    NloptProblem problem(opt);
    problem.Minimize(Function::Record(Barrier, {5.0, 3.0}));
    std::vector<double> x = {5.0, 3.0};
    double minimum = 0.0;
    problem.Optimize(x, minimum);
    EXPECT_NEAR(x[0], 1.0, 1e-5) << opt.get_algorithm_name();
    EXPECT_NEAR(x[1], 0.5, 1e-5) << opt.get_algorithm_name();
  }
}

TEST(NloptProblem, WithAnObjectiveThatIsFiniteNowhereThereIsNoSuccess) {
  for (nlopt::algorithm algorithm : {nlopt::LD_LBFGS, nlopt::LD_MMA, nlopt::LD_SLSQP}) {
    nlopt::opt opt(algorithm, 1);
    opt.set_xtol_rel(1e-6);
    opt.set_maxeval(50);
    NloptProblem problem(opt);
    problem.Minimize(Function::Record([](Vars x) { return log(-1.0 - x[0] * x[0]); }, {2.0}));
    std::vector<double> x = {2.0};
    double minimum = 0.0;
    EXPECT_THROW(problem.Optimize(x, minimum), UsageError) << opt.get_algorithm_name();
  }
}

TEST(NloptProblem, AnExceptionPassesNloptByAndArrivesAsItWas) {
  for (bool constraint_throws : {false, true}) {
    nlopt::opt opt(nlopt::LD_SLSQP, 1);
    opt.set_xtol_abs(1e-6);
    bool armed = true;
    const auto throws_below_one = [&armed](Vars x) {
      if (x[0] < 1.0 && armed) throw std::out_of_range("below one");
      return square(x[0]);
    };
    NloptProblem problem(opt);
    if (constraint_throws) {
      problem.Minimize(Function::Record([](Vars x) { return square(x[0]); }, {3.0}));
      problem.AddInequality(Function::Record(throws_below_one, {3.0}), 1e-8);
    } else {
      problem.Minimize(Function::Record(throws_below_one, {3.0}));
    }
    std::vector<double> x = {3.0};
    double minimum = 0.0;
    EXPECT_THROW(problem.Optimize(x, minimum), std::out_of_range);
    armed = false;  // the next optimisation begins clean
    x = {3.0};
    EXPECT_NO_THROW(problem.Optimize(x, minimum));
  }
}

TEST(NloptProblem, NloptsOwnErrorsArriveToo) {
  nlopt::opt opt(nlopt::LD_LBFGS, 2);
  NloptProblem problem(opt);
  EXPECT_THROW(problem.AddEquality(Rosenbrock(), 1e-8), std::invalid_argument);
  problem.Minimize(Rosenbrock());
  std::vector<double> x = {1.0};
  double minimum = 0.0;
  EXPECT_THROW(problem.Optimize(x, minimum), std::invalid_argument);
}

TEST(NloptProblem, RejectsFunctionsOfAnotherShape) {
  nlopt::opt opt(nlopt::LD_LBFGS, 3);
  NloptProblem problem(opt);
  EXPECT_THROW(problem.Minimize(Rosenbrock()), UsageError);
  EXPECT_THROW(problem.AddInequality(Rosenbrock(), 0.0), UsageError);
  EXPECT_THROW(problem.Maximize(Function::Record(
                   [](Vars x) {
                     return std::vector<Var>{x[0], x[1] * x[2]};
                   },
                   {1.0, 2.0, 3.0})),
               UsageError);
}

// NLopt's own working memory comes from malloc, which isn't counted.
TEST(NloptProblem, WarmCallbacksAllocateNothing) {
  nlopt::opt opt(nlopt::LD_SLSQP, 2);
  opt.set_xtol_rel(1e-8);
  NloptProblem problem(opt);
  problem.Minimize(Rosenbrock());
  problem.AddInequality(Function::Record(
                            [](Vars x) {
                              return std::vector<Var>{x[0] - 2.0, x[1] * x[0] - 3.0};
                            },
                            {-1.2, 1.0}),
                        1e-8);
  std::vector<double> x;
  double minimum = 0.0;
  const auto optimize = [&] {
    x = {-1.2, 1.0};
    problem.Optimize(x, minimum);
  };
  EXPECT_GT(testing::AllocationsOf(optimize), 0u);
  optimize();
  EXPECT_EQ(testing::AllocationsOf(optimize), 0u);
  EXPECT_LT(minimum, 1e-6) << "the work was done";
}

}  // namespace
}  // namespace wengert
