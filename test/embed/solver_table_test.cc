// The solver table: each published problem is solved to its optimum by at least three solvers.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bench/solver_table/table.h"

namespace wengert::solver_table {
namespace {

constexpr size_t kEverySolver = 9;

void ExpectSolvedByThree(std::vector<Problem> problems, size_t most_differences) {
  const std::vector<Solver> solvers = AllSolvers();
  if (solvers.size() < kEverySolver) GTEST_SKIP() << "not every optimizer is installed";
  for (const Row& row : Solve(std::move(problems), solvers, most_differences)) {
    EXPECT_GE(row.SolvedBy(solvers), 3) << Markdown({row}, solvers);
    for (const Cell& cell : row.cells) {
      if (!cell.recorded.has_value()) continue;
      EXPECT_GT(cell.recorded->iterations, 0) << row.problem.name;
    }
  }
}

TEST(SolverTable, BoundedProblemsOfHockAndSchittkowski) {
  ExpectSolvedByThree(HockSchittkowskiWithoutConstraints(), 1000);
}
TEST(SolverTable, ConstrainedProblemsOfHockAndSchittkowski) {
  ExpectSolvedByThree(HockSchittkowskiWithConstraints(), 1000);
}
TEST(SolverTable, UnconstrainedProblemsOfAnySize) {
  ExpectSolvedByThree(UnconstrainedOfAnySize(), 0);
}
TEST(SolverTable, OptimalControl) { ExpectSolvedByThree(OptimalControl(), 0); }

TEST(SolverTable, HasWhatItPromises) {
  const std::vector<Problem> all = AllProblems();
  const auto named = [&all](const std::string& part) {
    return std::count_if(all.begin(), all.end(), [&part](const Problem& problem) {
      return problem.name.find(part) != std::string::npos;
    });
  };
  EXPECT_GE(named("HS"), 20);
  EXPECT_EQ(named("Rosenbrock 10000"), 1);
  EXPECT_GE(named("Powell singular"), 1);
  EXPECT_GE(named("Extended Wood"), 1);
  EXPECT_EQ(named("Brachistochrone"), 1);
  EXPECT_EQ(named("Particle steering"), 1);
}

// What the judge calls solved isn't what it is given to begin with.
TEST(SolverTable, NoProblemIsSolvedAtItsStart) {
  for (const Problem& problem : AllProblems()) {
    EXPECT_FALSE(Judge(problem, {.x = problem.start}).solved()) << problem.name;
    EXPECT_FALSE(Judge(problem, {}).solved());
    const std::vector<double> nowhere(problem.variables(), std::nan(""));
    EXPECT_FALSE(Judge(problem, {.x = nowhere}).solved()) << problem.name;
  }
}

// Recorded and differenced Functions are the same functions, with gradients that agree.
TEST(SolverTable, DifferencesApproximateWhatIsRecorded) {
  for (const Problem& problem : AllProblems()) {
    const size_t n = problem.variables();
    if (n > 100) continue;
    std::vector<double> exact(n), near(n), x = problem.start;
    for (size_t i = 0; i < n; ++i) x[i] += 0.01 * std::sin(static_cast<double>(i + 1));
    const Function f =
        Function::Record(CallablesOf(problem, Derivatives::kRecorded).f, problem.start);
    const Function differenced =
        Function::Record(CallablesOf(problem, Derivatives::kForwardDifferences).f, problem.start);
    EXPECT_EQ(f.Gradient(x, absl::MakeSpan(exact)), problem.f(x)) << problem.name;
    EXPECT_EQ(differenced.Gradient(x, absl::MakeSpan(near)), problem.f(x)) << problem.name;
    const double size =
        1.0 + std::abs(*std::max_element(exact.begin(), exact.end(), [](double a, double b) {
          return std::abs(a) < std::abs(b);
        }));
    for (size_t i = 0; i < n; ++i) EXPECT_NEAR(near[i], exact[i], 1e-5 * size) << problem.name;
  }
}

}  // namespace
}  // namespace wengert::solver_table
