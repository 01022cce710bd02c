#include "wengert/embed/ceres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "test/embed/allocations.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;
using Vars = absl::Span<const Var>;

Function Rosenbrock() {
  return Function::Record(
      [](Vars x) { return 100.0 * square(x[1] - square(x[0])) + square(1.0 - x[0]); }, {-1.2, 1.0});
}

ceres::GradientProblemSolver::Summary Minimize(Function f, std::vector<double>& x) {
  ceres::GradientProblemSolver::Options options;
  options.logging_type = ceres::SILENT;
  options.function_tolerance = 1e-18;
  options.gradient_tolerance = 1e-9;
  ceres::GradientProblemSolver::Summary summary;
  CeresSolve(options, ceres::GradientProblem(new CeresObjective(std::move(f))), x.data(), &summary);
  return summary;
}

ceres::Solver::Summary Solve(ceres::Problem& problem, int threads = 1) {
  ceres::Solver::Options options;
  options.logging_type = ceres::SILENT;
  options.num_threads = threads;
  options.function_tolerance = 1e-20;
  options.parameter_tolerance = 1e-14;
  options.gradient_tolerance = 1e-14;
  ceres::Solver::Summary summary;
  CeresSolve(options, problem, &summary);
  return summary;
}

// y = exp(a t + b), a residual of one observation (t, y).
Function ExponentialResidual(FunctionOptions options = {}) {
  return Function::Record([](Vars x, Vars data) { return exp(x[0] * data[0] + x[1]) - data[1]; },
                          {0.0, 0.0}, {1.0, 1.0}, options);
}

TEST(CeresObjective, MinimizesRosenbrock) {
  std::vector<double> x = {-1.2, 1.0};
  const auto summary = Minimize(Rosenbrock(), x);
  EXPECT_EQ(summary.termination_type, ceres::CONVERGENCE) << summary.message;
  EXPECT_THAT(x, Pointwise(DoubleNear(1e-7), {1.0, 1.0}));
}

TEST(CeresObjective, GivesTheCostAloneToo) {
  const CeresObjective objective(Rosenbrock());
  EXPECT_EQ(objective.NumParameters(), 2);
  const std::vector<double> x = {2.0, 3.0};
  double cost = 0.0;
  std::vector<double> gradient(2);
  EXPECT_TRUE(objective.Evaluate(x.data(), &cost, nullptr));
  EXPECT_EQ(cost, 101.0);
  EXPECT_TRUE(objective.Evaluate(x.data(), &cost, gradient.data()));
  EXPECT_THAT(gradient, ElementsAre(802.0, -200.0));
}

TEST(CeresObjective, StepsBackFromWhereItIsNotFinite) {
  std::vector<double> x = {5.0};
  const auto summary =
      Minimize(Function::Record([](Vars v) { return 30.0 * v[0] - log(v[0]); }, x), x);
  EXPECT_EQ(summary.termination_type, ceres::CONVERGENCE) << summary.message;
  EXPECT_NEAR(x[0], 1.0 / 30.0, 1e-8);
}

TEST(CeresObjective, AnExceptionPassesCeresByAndArrivesAsItWas) {
  std::vector<double> x = {3.0};
  const auto throws_below_one = [](Vars v) {
    if (v[0] < 1.0) throw std::out_of_range("below one");
    return square(v[0]);
  };
  EXPECT_THROW(Minimize(Function::Record(throws_below_one, x), x), std::out_of_range);
}

TEST(CeresObjective, RejectsSeveralOutputs) {
  const auto two = [](Vars x) { return std::vector<Var>{x[0], x[0]}; };
  EXPECT_THROW(CeresObjective(Function::Record(two, {1.0})), UsageError);
}

TEST(CeresCost, OneRecordingFitsEveryObservation) {
  const Function residual = ExponentialResidual();
  for (int threads : {1, 2}) {
    std::vector<double> x = {0.0, 0.0};
    ceres::Problem problem;
    for (int k = 0; k < 40; ++k) {
      const double t = 0.1 * k;
      problem.AddResidualBlock(new CeresCost(residual, {2}, {t, std::exp(0.3 * t + 0.1)}), nullptr,
                               x.data());
    }
    EXPECT_EQ(Solve(problem, threads).termination_type, ceres::CONVERGENCE);
    EXPECT_THAT(x, Pointwise(DoubleNear(1e-9), {0.3, 0.1}));
  }
  EXPECT_EQ(residual.statistics().recordings, 1);
}

// Powell's singular function: four residual blocks over four parameter blocks of one.
TEST(CeresCost, SolvesPowellsFunctionOverBlocks) {
  double x[] = {3.0, -1.0, 0.0, 1.0};
  ceres::Problem problem;
  const auto add = [&](auto f, double& a, double& b) {
    problem.AddResidualBlock(new CeresCost(Function::Record(f, {1.0, 2.0}), {1, 1}), nullptr, &a,
                             &b);
  };
  add([](Vars v) { return v[0] + 10.0 * v[1]; }, x[0], x[1]);
  add([](Vars v) { return std::sqrt(5.0) * (v[0] - v[1]); }, x[2], x[3]);
  add([](Vars v) { return square(v[0] - 2.0 * v[1]); }, x[1], x[2]);
  add([](Vars v) { return std::sqrt(10.0) * square(v[0] - v[1]); }, x[0], x[3]);
  const auto summary = Solve(problem);
  EXPECT_LT(summary.final_cost, 1e-12);
}

TEST(CeresCost, FillsOnlyTheJacobianBlocksThatAreAskedFor) {
  // r0 = a0 b0, r1 = a1 + b0 c0^2
  const CeresCost cost(Function::Record(
                           [](Vars x) {
                             return std::vector<Var>{x[0] * x[2], x[1] + x[2] * square(x[3])};
                           },
                           {1.0, 1.0, 1.0, 1.0}),
                       {2, 1, 1});
  EXPECT_EQ(cost.num_residuals(), 2);
  const std::vector<double> a = {2.0, 3.0}, b = {5.0}, c = {7.0};
  const double* blocks[] = {a.data(), b.data(), c.data()};
  std::vector<double> r(2), of_a(4), of_c(2);
  EXPECT_TRUE(cost.Evaluate(blocks, r.data(), nullptr));
  EXPECT_THAT(r, ElementsAre(10.0, 248.0));
  double* jacobians[] = {of_a.data(), nullptr, of_c.data()};
  EXPECT_TRUE(cost.Evaluate(blocks, r.data(), jacobians));
  EXPECT_THAT(of_a, ElementsAre(5.0, 0.0, 0.0, 1.0));
  EXPECT_THAT(of_c, ElementsAre(0.0, 70.0));
}

TEST(CeresCost, ConcurrentCallsGiveTheSameBits) {
  const CeresCost cost(ExponentialResidual({.compile_after = 0}), {2}, {0.5, 2.0});
  const auto sum_of_many = [&cost] {
    std::vector<double> x = {0.1, 0.2}, r(1), j(2);
    const double* blocks[] = {x.data()};
    double* jacobians[] = {j.data()};
    double sum = 0.0;
    for (int k = 0; k < 500; ++k) {
      x[0] = 0.01 * k;
      EXPECT_TRUE(cost.Evaluate(blocks, r.data(), jacobians));
      sum += r[0] + j[0] * j[1];
    }
    return sum;
  };
  const double alone = sum_of_many();
  std::vector<double> sums(4);
  std::vector<std::thread> threads;
  for (double& sum : sums) threads.emplace_back([&] { sum = sum_of_many(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(sums, ::testing::Each(alone));
}

TEST(CeresCost, AnswersFalseWhereAValueOrDerivativeIsNotFinite) {
  const CeresCost cost(Function::Record([](Vars v) { return sqrt(v[0]); }, {1.0}), {1});
  double x = -1.0, r = 0.0, j = 0.0;
  const double* blocks[] = {&x};
  double* jacobians[] = {&j};
  EXPECT_FALSE(cost.Evaluate(blocks, &r, nullptr));
  x = 0.0;
  EXPECT_TRUE(cost.Evaluate(blocks, &r, nullptr));
  EXPECT_FALSE(cost.Evaluate(blocks, &r, jacobians));
}

TEST(CeresCost, AnExceptionPassesCeresByAndArrivesAsItWas) {
  double x = 3.0;
  bool armed = true;
  ceres::Problem problem;
  problem.AddResidualBlock(new CeresCost(Function::Record(
                                             [&armed](Vars v) {
                                               if (v[0] < 1.0 && armed) {
                                                 throw std::out_of_range("below one");
                                               }
                                               return square(v[0]) + v[0];
                                             },
                                             {3.0}),
                                         {1}),
                           nullptr, &x);
  EXPECT_THROW(Solve(problem, 2), std::out_of_range);
  armed = false;
  x = 3.0;
  EXPECT_LT(Solve(problem, 2).final_cost, 1e-12);
}

// As it can be with several threads, each of which stops at its own.
TEST(CeresCost, ExceptionsOfSeveralBlocksAreGoneTheNextTime) {
  double x = 0.5;
  bool armed = false;
  const Function f = Function::Record(
      [&armed](Vars v) {
        if (v[0] < 1.0 && armed) throw std::out_of_range("below one");
        return square(v[0]) + v[0];
      },
      {3.0});
  armed = true;
  ceres::Problem problem;
  const double* const at[] = {&x};
  double residual = 0.0;
  for (int k = 0; k < 2; ++k) {
    auto* const cost = new CeresCost(f, {1});
    problem.AddResidualBlock(cost, nullptr, &x);
    EXPECT_FALSE(cost->Evaluate(at, &residual, nullptr));
  }
  armed = false;
  x = 3.0;
  EXPECT_LT(Solve(problem).final_cost, 1e-12);
}

TEST(CeresCost, RejectsBlocksThatAreNotItsInputs) {
  EXPECT_THROW(CeresCost(Rosenbrock(), {1}), UsageError);
  EXPECT_THROW(CeresCost(Rosenbrock(), {3, -1}), UsageError);
  EXPECT_THROW(CeresCost(Rosenbrock(), {2, 0}), UsageError);
}

TEST(CeresCost, WarmCallsAllocateNothing) {
  const CeresObjective objective(Rosenbrock());
  const CeresCost cost(ExponentialResidual(), {1, 1}, {0.5, 2.0});
  double a = 0.0, b = 1.0, r = 0.0, ja = 0.0, jb = 0.0;
  const double* blocks[] = {&a, &b};
  double* jacobians[] = {&ja, &jb};
  std::vector<double> x = {1.0, 2.0}, g(2);
  const auto evaluate_all = [&] {
    a += 0.1;
    x[0] = a;
    cost.Evaluate(blocks, &r, nullptr);
    cost.Evaluate(blocks, &r, jacobians);
    objective.Evaluate(x.data(), &r, nullptr);
    objective.Evaluate(x.data(), &r, g.data());
  };
  for (int k = 0; k < 12; ++k) evaluate_all();
  EXPECT_EQ(testing::AllocationsOf(evaluate_all), 0u);
  EXPECT_NEAR(ja, 0.5 * std::exp(0.5 * a + 1.0), 1e-12) << "the work was done";
}

}  // namespace
}  // namespace wengert
