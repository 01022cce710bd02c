// A warm Function allocates nothing, not even where its branches flip: counted, not timed.

#include <gtest/gtest.h>

#include <vector>

#include "test/function/counted_tier.h"
#include "test/support/counting_new.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(FunctionAllocationTest, WarmEvaluationsAllocateNothing) {
  const Function f = Function::Record(
      [](absl::Span<const Var> x, absl::Span<const Var> p) {
        return x[0] > x[1] ? x[0] * x[0] * p[0] : sin(x[1]) * x[2];
      },
      {2.0, 1.0, 0.5}, {3.0});
  const std::vector<double> p = {2.0}, v = {1.0, 0.5, 0.25}, w = {1.0};
  std::vector<double> points = {2.0, 1.0, 0.5, 1.0, 2.0, 0.5, 3.0, 1.0, 0.25};
  std::vector<double> g(3), y(1), matrix(9), values(3), gradients(9);
  CsrMatrix jacobian[2], hessian[2];
  const auto evaluate_all = [&] {
    for (size_t k = 0; k < 3; ++k) {
      const auto x = absl::MakeConstSpan(points).subspan(3 * k, 3);
      points[3 * k + 2] += 0.125;
      EXPECT_EQ(f.Gradient({x, p}, absl::MakeSpan(g)), f.Value({x, p}));
      f.Values(x, absl::MakeSpan(y));
      f.Jvp(x, v, absl::MakeSpan(y));
      f.Vjp(x, w, absl::MakeSpan(g));
      f.Hvp(x, v, absl::MakeSpan(g));
      f.Jacobian(x, absl::MakeSpan(g));
      f.Hessian(x, absl::MakeSpan(matrix));
      f.SparseJacobian(x, jacobian[k % 2]);
      f.SparseHessian(x, w, hessian[k % 2]);
    }
    f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  };
  const size_t cold = testing::allocations;
  for (int k = 0; k < 6; ++k) evaluate_all();  // until every trace is compiled
  const size_t warm = testing::allocations;
  EXPECT_GT(warm, cold) << "the counter counts";
  for (int k = 0; k < 5; ++k) evaluate_all();
  EXPECT_EQ(testing::allocations, warm);
  EXPECT_EQ(f.statistics().recordings, 2);
}

TEST(FunctionAllocationTest, WarmTiersAllocateNothingWhereBranchesAlternate) {
  testing::Counts counts;
  const Function f = Function::Record(
      [](absl::Span<const Var> x) { return x[0] < x[1] ? x[1] * sin(x[0]) : x[0] * x[0]; },
      {2.0, 1.0},
      {.compile_after = 1, .compiler = testing::Counted(counts, {testing::kAllDrivers})});
  std::vector<double> points = {2.0, 1.0, 1.0, 2.0, 3.0, 2.0, 2.0, 3.0};
  std::vector<double> g(2), y(1), values(4), gradients(8);
  const std::vector<double> v = {1.0, 0.5}, w = {1.0};
  const auto evaluate_all = [&] {
    for (size_t k = 0; k < 4; ++k) {
      const auto x = absl::MakeConstSpan(points).subspan(2 * k, 2);
      points[2 * k] += k % 2 == 0 ? 0.25 : -0.25;
      (void)f.Value(x);
      f.Gradient(x, absl::MakeSpan(g));
      f.Jvp(x, v, absl::MakeSpan(y));
      f.Vjp(x, w, absl::MakeSpan(g));
      f.Hvp(x, v, absl::MakeSpan(g));
    }
    f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  };
  for (int k = 0; k < 3; ++k) evaluate_all();
  const size_t warm = testing::allocations;
  for (int k = 0; k < 5; ++k) evaluate_all();
  EXPECT_EQ(testing::allocations, warm);
  EXPECT_EQ(counts.made, 2);
}

TEST(FunctionAllocationTest, WarmProgramsAllocateNothing) {
  const auto sum_of_branches = [](absl::Span<const Var> x) {
    Var sum = 0.0;
    for (const Var& each : x) sum += each < 1.0 ? each * each : 2.0 * each;
    return sum;
  };
  const std::vector<double> points[] = {std::vector<double>(40, 0.5), std::vector<double>(40, 1.5)};
  const Function f = Function::Record(sum_of_branches, points[0], {.compile_after = 0});
  std::vector<double> gradient(40), y(1);
  const std::vector<double> w = {2.0};
  const auto evaluate_all = [&] {
    for (const std::vector<double>& x : points) {
      (void)f.Value(x);
      f.Gradient(x, absl::MakeSpan(gradient));
      f.Values(x, absl::MakeSpan(y));
      f.Vjp(x, w, absl::MakeSpan(gradient));
      f.Jvp(x, points[0], absl::MakeSpan(y));
      f.Hvp(x, points[0], absl::MakeSpan(gradient));
    }
  };
  for (int k = 0; k < 3; ++k) evaluate_all();
  const int64_t compiled = f.statistics().compiled_evaluations;
  const size_t warm = testing::allocations;
  for (int k = 0; k < 5; ++k) evaluate_all();
  EXPECT_EQ(testing::allocations, warm);
  EXPECT_GT(f.statistics().compiled_evaluations, compiled);
}

}  // namespace
}  // namespace wengert
