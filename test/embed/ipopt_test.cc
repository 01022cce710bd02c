#include "wengert/embed/ipopt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "test/embed/allocations.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;
using Vars = absl::Span<const Var>;
using Problem = Ipopt::SmartPtr<IpoptProblem>;

Ipopt::SmartPtr<Ipopt::IpoptApplication> Application() {
  Ipopt::SmartPtr<Ipopt::IpoptApplication> app = IpoptApplicationFactory();
  app->Options()->SetIntegerValue("print_level", 0);
  app->Options()->SetStringValue("sb", "yes");
  app->Options()->SetNumericValue("tol", 1e-9);
  EXPECT_EQ(app->Initialize(), Ipopt::Solve_Succeeded);
  return app;
}

IpoptProblem::Definition Hs71() {
  const std::vector<double> start = {1, 5, 5, 1};
  return {.objective = Function::Record(
              [](Vars x) { return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]; }, start),
          .start = start,
          .lower = {1, 1, 1, 1},
          .upper = {5, 5, 5, 5},
          .constraints = Function::Record(
              [](Vars x) {
                return std::vector<Var>{x[0] * x[1] * x[2] * x[3],
                                        square(x[0]) + square(x[1]) + square(x[2]) + square(x[3])};
              },
              start),
          .constraints_lower = {25, 40},
          .constraints_upper = {1e20, 40}};
}

// (x0 - 2)^2 + x0 x1, ...: neighbors only, so the Hessian is tridiagonal.
Var Chain(Vars x) {
  Var sum = 0.0;
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    sum += 100.0 * square(x[i + 1] - square(x[i])) + square(1.0 - x[i]);
  }
  return sum;
}

TEST(IpoptProblem, SolvesHockSchittkowski71) {
  const Problem problem = new IpoptProblem(Hs71());
  EXPECT_EQ(problem->Optimize(*Application()), Ipopt::Solve_Succeeded);
  const IpoptProblem::Solution& solution = problem->solution();
  EXPECT_EQ(solution.status, Ipopt::SUCCESS);
  EXPECT_NEAR(solution.objective, 17.0140172892, 1e-6);
  EXPECT_THAT(solution.x, Pointwise(DoubleNear(1e-6), {1.0, 4.7429994, 3.8211503, 1.3794082}));
  EXPECT_THAT(solution.constraints, Pointwise(DoubleNear(1e-6), {25.0, 40.0}));
  EXPECT_GT(solution.lower_multipliers[0], 0.1) << "x0 is at its bound";
  EXPECT_LT(solution.multipliers[0], 0.0);
}

TEST(IpoptProblem, LimitedMemoryNeedsNoHessian) {
  IpoptProblem::Definition definition = Hs71();
  definition.hessian = false;
  const Problem problem = new IpoptProblem(std::move(definition));
  EXPECT_EQ(problem->Optimize(*Application()), Ipopt::Solve_Succeeded);
  EXPECT_NEAR(problem->solution().objective, 17.0140172892, 1e-6);
}

TEST(IpoptProblem, TellsTheLowerTriangleOfTheLagrangian) {
  const std::vector<double> start = {0.5, 0.25, 0.75};
  const Problem problem =
      new IpoptProblem({.objective = Function::Record(Chain, start),
                        .start = start,
                        .constraints = Function::Record(
                            [](Vars x) {
                              return std::vector<Var>{x[0] * x[2], square(x[1]) * x[1]};
                            },
                            start)});
  Ipopt::Index n, m, jacobian_size, hessian_size;
  Ipopt::TNLP::IndexStyleEnum style;
  ASSERT_TRUE(problem->get_nlp_info(n, m, jacobian_size, hessian_size, style));
  ASSERT_EQ(std::vector({n, m, jacobian_size, hessian_size}), std::vector({3, 2, 3, 6}));
  std::vector<Ipopt::Index> rows(6), columns(6);
  ASSERT_TRUE(problem->eval_h(n, nullptr, true, 0, m, nullptr, true, 6, rows.data(), columns.data(),
                              nullptr));
  EXPECT_THAT(rows, ElementsAre(0, 1, 1, 2, 2, 2));
  EXPECT_THAT(columns, ElementsAre(0, 0, 1, 0, 1, 2));
  const std::vector<double> lambda = {5.0, 7.0};
  std::vector<double> h(6);
  ASSERT_TRUE(problem->eval_h(n, start.data(), true, 2.0, m, lambda.data(), true, 6, nullptr,
                              nullptr, h.data()));
  const auto chain_diagonal = [](double x, double next) { return 1200 * x * x - 400 * next + 2; };
  EXPECT_THAT(
      h, Pointwise(DoubleNear(1e-10), {2 * chain_diagonal(0.5, 0.25), 2 * -400 * 0.5,
                                       2 * (200 + chain_diagonal(0.25, 0.75)) + 7 * 6 * 0.25, 5.0,
                                       2 * -400 * 0.25, 2 * 200.0}));
  std::vector<double> j(3);
  ASSERT_TRUE(problem->eval_jac_g(n, start.data(), false, m, 3, nullptr, nullptr, j.data()));
  EXPECT_THAT(j, ElementsAre(0.75, 0.5, 3 * 0.25 * 0.25));
}

TEST(IpoptProblem, CallsAtOnePointShareItsSweeps) {
  const IpoptProblem::Definition definition = Hs71();
  const Function f = definition.objective, g = *definition.constraints;
  const Problem problem = new IpoptProblem(definition);
  Ipopt::Index n, m, jacobian_size, hessian_size;
  Ipopt::TNLP::IndexStyleEnum style;
  ASSERT_TRUE(problem->get_nlp_info(n, m, jacobian_size, hessian_size, style));
  const std::vector<double> x = {1.5, 4.5, 4.0, 1.25}, lambda = {1.0, 2.0};
  std::vector<double> gradient(4), values(2), j(8), h(10);
  double value = 0.0;
  const int64_t f_before = f.statistics().evaluations, g_before = g.statistics().evaluations;
  ASSERT_TRUE(problem->eval_f(n, x.data(), true, value));
  ASSERT_TRUE(problem->eval_grad_f(n, x.data(), false, gradient.data()));
  EXPECT_EQ(f.statistics().evaluations - f_before, 1) << "records: value and gradient";
  ASSERT_TRUE(problem->eval_g(n, x.data(), false, m, values.data()));
  ASSERT_TRUE(problem->eval_jac_g(n, x.data(), false, m, 8, nullptr, nullptr, j.data()));
  ASSERT_TRUE(problem->eval_h(n, x.data(), false, 1.0, m, lambda.data(), true, 10, nullptr, nullptr,
                              h.data()));
  EXPECT_EQ(f.statistics().evaluations - f_before, 2) << "and nodes";
  EXPECT_EQ(g.statistics().evaluations - g_before, 2) << "Jacobian and Hessian by one";
}

TEST(IpoptProblem, SolvesAThousandVariablesSparsely) {
  const std::vector<double> start(1000, 0.9);
  const Problem problem =
      new IpoptProblem({.objective = Function::Record(Chain, start), .start = start});
  Ipopt::Index n, m, jacobian_size, hessian_size;
  Ipopt::TNLP::IndexStyleEnum style;
  ASSERT_TRUE(problem->get_nlp_info(n, m, jacobian_size, hessian_size, style));
  EXPECT_EQ(hessian_size, 1999);
  EXPECT_EQ(problem->Optimize(*Application()), Ipopt::Solve_Succeeded);
  EXPECT_NEAR(problem->solution().x[999], 1.0, 1e-6);
}

TEST(IpoptProblem, ShortensStepsWhereAFunctionIsNotFinite) {
  const std::vector<double> start = {5.0};
  const Problem problem = new IpoptProblem(
      {.objective = Function::Record([](Vars x) { return 3.0 * x[0] - log(x[0]); }, start),
       .start = start});
  double value = 0.0;
  const double outside = -1.0;
  EXPECT_FALSE(problem->eval_f(1, &outside, true, value));
  EXPECT_EQ(problem->Optimize(*Application()), Ipopt::Solve_Succeeded);
  EXPECT_NEAR(problem->solution().x[0], 1.0 / 3.0, 1e-8);
}

// Below 2 the variables are coupled, which the structure at the start doesn't have.
TEST(IpoptProblem, ABranchWithNewEntriesStartsAgainWithThem) {
  const std::vector<double> start = {5.0, 4.0};
  const auto objective = [](Vars x) {
    const Var apart = square(x[0] - 1.0) + square(x[1] - 1.0);
    return x[0] < 2.0 ? apart + x[0] * x[1] - 2.0 * x[1] : apart;
  };
  const auto constraint = [](Vars x) { return x[0] < 3.0 ? x[0] + x[1] : Var(x[0]); };
  const Problem problem = new IpoptProblem({.objective = Function::Record(objective, start),
                                            .start = start,
                                            .constraints = Function::Record(constraint, start),
                                            .constraints_lower = {0.0}});
  EXPECT_EQ(problem->Optimize(*Application()), Ipopt::Solve_Succeeded);
  EXPECT_THAT(problem->solution().x, Pointwise(DoubleNear(1e-6), {0.0, 2.0}));
}

TEST(IpoptProblem, AnExceptionPassesIpoptByAndArrivesAsItWas) {
  const std::vector<double> start = {5.0};
  bool armed = true;
  const Problem problem = new IpoptProblem({.objective = Function::Record(
                                                [&armed](Vars x) {
                                                  if (x[0] < 1.0 && armed) {
                                                    throw std::out_of_range("below one");
                                                  }
                                                  return square(x[0]);
                                                },
                                                start),
                                            .start = start});
  EXPECT_THROW(problem->Optimize(*Application()), std::out_of_range);
  armed = false;
  EXPECT_EQ(problem->Optimize(*Application()), Ipopt::Solve_Succeeded);
}

TEST(IpoptProblem, RejectsOtherLengths) {
  const Function f = Function::Record(Chain, {1.0, 2.0});
  EXPECT_THROW(IpoptProblem({.objective = f, .start = {1.0}}), UsageError);
  EXPECT_THROW(IpoptProblem({.objective = f, .start = {1.0, 2.0}, .lower = {0.0}}), UsageError);
  EXPECT_THROW(IpoptProblem({.objective = f, .start = {1.0, 2.0}, .constraints_lower = {0.0}}),
               UsageError);
}

TEST(IpoptProblem, WarmCallbacksAllocateNothing) {
  const Problem problem = new IpoptProblem(Hs71());
  Ipopt::Index n, m, jacobian_size, hessian_size;
  Ipopt::TNLP::IndexStyleEnum style;
  ASSERT_TRUE(problem->get_nlp_info(n, m, jacobian_size, hessian_size, style));
  std::vector<double> x = {1.5, 4.5, 4.0, 1.25}, lambda = {1.0, 2.0};
  std::vector<double> gradient(4), values(2), j(8), h(10);
  double value = 0.0;
  const auto evaluate_all = [&] {
    x[0] += 0.01;
    problem->eval_f(n, x.data(), true, value);
    problem->eval_grad_f(n, x.data(), false, gradient.data());
    problem->eval_g(n, x.data(), false, m, values.data());
    problem->eval_jac_g(n, x.data(), false, m, 8, nullptr, nullptr, j.data());
    problem->eval_h(n, x.data(), false, 1.0, m, lambda.data(), true, 10, nullptr, nullptr,
                    h.data());
  };
  for (int k = 0; k < 10; ++k) evaluate_all();
  EXPECT_EQ(testing::AllocationsOf(evaluate_all), 0u);
  EXPECT_NEAR(values[0], x[0] * 4.5 * 4.0 * 1.25, 1e-9) << "the work was done";
}

}  // namespace
}  // namespace wengert
