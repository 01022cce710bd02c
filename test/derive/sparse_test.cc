#include "wengert/derive/sparse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "test/support/functions.h"
#include "test/support/patterns.h"
#include "wengert/derive/dense.h"

namespace wengert {
namespace {

using Vector = std::vector<double>;

Vector Points(size_t n) {
  Vector x(n);
  for (size_t i = 0; i < n; ++i) x[i] = std::sin(static_cast<double>(i) + 0.5);
  return x;
}

void ExpectSame(const CsrMatrix& sparse, const Vector& dense, size_t columns, double tolerance) {
  for (size_t i = 0; i < sparse.pattern.rows(); ++i) {
    for (size_t j = 0; j < columns; ++j) {
      const double expected = dense[i * columns + j];
      EXPECT_NEAR(sparse.At(i, j), expected, tolerance * std::max(1.0, std::abs(expected)))
          << i << " " << j;
    }
  }
}

TEST(SparseTest, SparseMatricesAreTheDenseOnes) {
  for (const auto& [name, f, x0] : testing::Zoo()) {
    SCOPED_TRACE(name);
    Tape tape;
    Workspace workspace;
    const std::vector<Var> y = f(tape.Inputs(x0));
    const size_t n = x0.size();
    Vector jacobian(y.size() * n), hessian(n * n);
    Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
    ExpectSame(SparseJacobian(tape, y), jacobian, n, 1e-14);
    Hessian(tape, y[0], absl::MakeSpan(hessian), workspace);
    ExpectSame(SparseHessian(tape, y[0]), hessian, n, 1e-14);
    ExpectSame(SparseHessian(tape, y[0], {.coloring = HessianColoring::kAcyclic}), hessian, n,
               1e-12);
  }
}

TEST(SparseTest, MeshHessiansAreTheDenseOnesByBothColorings) {
  for (size_t edges : {10u, 40u, 120u}) {
    Tape tape;
    Workspace workspace;
    const size_t n = 40;
    const Var y = testing::MeshEnergy(tape.Inputs(Points(n)), edges);
    Vector hessian(n * n);
    Hessian(tape, y, absl::MakeSpan(hessian), workspace);
    ExpectSame(SparseHessian(tape, y), hessian, n, 1e-14);
    ExpectSame(SparseHessian(tape, y, {.coloring = HessianColoring::kAcyclic}), hessian, n, 1e-12);
  }
}

TEST(SparseTest, TheLowerTriangleIsTheLowerTriangle) {
  for (HessianColoring coloring : {HessianColoring::kStar, HessianColoring::kAcyclic}) {
    Tape tape;
    const Var y = testing::MeshEnergy(tape.Inputs(Points(30)), 50);
    const CsrMatrix full = SparseHessian(tape, y, {.coloring = coloring});
    const CsrMatrix lower = SparseHessian(tape, y, {.coloring = coloring, .lower_triangle = true});
    size_t entries = 0;
    for (size_t i = 0; i < 30; ++i) {
      for (uint32_t j : full.pattern.Row(i)) {
        EXPECT_EQ(full.At(i, j), full.At(j, i));
        EXPECT_EQ(lower.At(i, j), j <= i ? full.At(i, j) : 0.0);
        entries += j <= i ? 1 : 0;
      }
    }
    EXPECT_EQ(lower.pattern.size(), entries);
    EXPECT_LT(entries, full.pattern.size());
  }
}

TEST(SparseTest, APlanServesEveryPointAndEveryWeight) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs(Points(25));
  std::vector<Var> y = testing::Stencil(x);
  y.push_back(testing::MeshEnergy(x, 20));
  const JacobianPlan jacobian_plan = PlanJacobian(tape, y);
  const HessianPlan hessian_plan = PlanHessian(tape, y);
  for (double scale : {1.0, -0.5, 3.0}) {
    Vector point = Points(25), weights(y.size());
    for (double& each : point) each *= scale;
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = scale - static_cast<double>(i % 3);
    ASSERT_TRUE(tape.Replay(point).ok());
    Vector dense(y.size() * 25), hessian(25 * 25);
    CsrMatrix sparse{jacobian_plan.pattern, Vector(jacobian_plan.pattern.size())};
    SparseJacobian(tape, y, jacobian_plan, absl::MakeSpan(sparse.values), workspace);
    Jacobian(tape, y, absl::MakeSpan(dense), workspace);
    ExpectSame(sparse, dense, 25, 1e-14);
    CsrMatrix lagrangian{hessian_plan.pattern, Vector(hessian_plan.pattern.size())};
    SparseHessian(tape, y, weights, hessian_plan, absl::MakeSpan(lagrangian.values), workspace);
    Hessian(tape, y, weights, absl::MakeSpan(hessian), workspace);
    ExpectSame(lagrangian, hessian, 25, 1e-14);
  }
}

TEST(SparseTest, ColorsDependOnTheBandAndNotOnTheSize) {
  for (size_t n : {100u, 1000u, 10000u}) {
    Tape tape;
    const std::vector<Var> x = tape.Inputs(Points(n));
    const Var y = testing::ChainedRosenbrock(x);
    EXPECT_EQ(PlanHessian(tape, {&y, 1}).colors, 3u);
    EXPECT_EQ(PlanHessian(tape, {&y, 1}, {.coloring = HessianColoring::kAcyclic}).colors, 2u);
    EXPECT_EQ(PlanJacobian(tape, testing::Stencil(x)).colors, 3u);
    Var arrow = 0.0;
    for (size_t i = 1; i < n; ++i) arrow += square(x[i] * x[0]);
    EXPECT_EQ(PlanHessian(tape, {&arrow, 1}).colors, 2u);
  }
}

// f sums squares of b + 1 neighbors each: a band of b on both sides, whose columns can share a
// product only if they are more than 2 b apart.
TEST(SparseTest, ABandedHessianTakesProductsInTheOrderOfTheBandwidth) {
  for (size_t bandwidth : {1u, 2u, 5u, 9u}) {
    for (size_t n : {200u, 2000u}) {
      Tape tape;
      const std::vector<Var> x = tape.Inputs(Points(n));
      Var y = 0.0;
      for (size_t i = 0; i + bandwidth < n; ++i) {
        Var sum = 0.0;
        for (size_t k = 0; k <= bandwidth; ++k) sum += x[i + k];
        y += square(sum);
      }
      EXPECT_LE(PlanHessian(tape, {&y, 1}).colors, 2 * bandwidth + 1) << n;
      EXPECT_LE(PlanHessian(tape, {&y, 1}, {.coloring = HessianColoring::kAcyclic}).colors,
                2 * bandwidth + 1)
          << n;
    }
  }
}

// The products themselves, counted by a rule that is asked for one each time: a term is asked along
// the colors of its own two variables, once each.
TEST(SparseTest, ASparseHessianAsksATermOnlyForItsColors) {
  size_t asked = 0;
  CustomRules rules;
  rules.value = [](absl::Span<const double> x, absl::Span<double> y) { y[0] = x[0] * x[1]; };
  rules.vjp = [](absl::Span<const double> x, absl::Span<const double>,
                 absl::Span<const double> y_bar, absl::Span<double> x_bar) {
    x_bar[0] = y_bar[0] * x[1];
    x_bar[1] = y_bar[0] * x[0];
  };
  rules.hvp = [&asked](absl::Span<const double>, absl::Span<const double> w,
                       absl::Span<const double> v, absl::Span<double> h) {
    ++asked;
    h[0] = w[0] * v[1];
    h[1] = w[0] * v[0];
  };
  const CustomOperation product(rules);
  Tape tape;
  const size_t n = 300;
  const std::vector<Var> x = tape.Inputs(Points(n));
  Var y = 0.0;
  for (size_t i = 0; i + 1 < n; ++i) y += product({x[i], x[i + 1]})[0];
  const CsrMatrix hessian = SparseHessian(tape, y);
  EXPECT_EQ(hessian.At(7, 8), 1.0);
  EXPECT_EQ(asked, 2 * (n - 1));
}

TEST(SparseTest, ANanWeightReachesTheInputsOfItsDependentOnly) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0, 5.0});
  const std::vector<Var> y = {x[0] * x[0], x[1] * x[1] * x[2]};
  const HessianPlan plan = PlanHessian(tape, y);
  CsrMatrix h{plan.pattern, Vector(plan.pattern.size())};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  SparseHessian(tape, y, {nan, 1}, plan, absl::MakeSpan(h.values), workspace);
  EXPECT_TRUE(std::isnan(h.At(0, 0)));
  EXPECT_EQ(h.At(1, 1), 10.0);
  EXPECT_EQ(h.At(1, 2), 6.0);
  Vector dense(9);
  Hessian(tape, y, {nan, 1}, absl::MakeSpan(dense), workspace);
  EXPECT_TRUE(std::isnan(dense[0]));
  EXPECT_EQ(dense[4], 10.0);
}

// A NaN adjoint passes through a partial of zero, but what isn't in the pattern is asked for
// nothing.
TEST(SparseTest, WhatIsNotInThePatternIsZeroForEverySeed) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({2.5, 3.0});
  const std::vector<Var> y = {floor(x[0]) * x[1], x[1] * x[1]};
  const HessianPlan plan = PlanHessian(tape, y);
  CsrMatrix h{plan.pattern, Vector(plan.pattern.size())};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  SparseHessian(tape, y, {nan, 1}, plan, absl::MakeSpan(h.values), workspace);
  EXPECT_EQ(h.At(0, 0), 0.0);
  EXPECT_EQ(h.At(0, 1), 0.0);
}

TEST(SparseTest, OneDenseRowIsColoredByRows) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(Points(100));
  std::vector<Var> y(x.begin(), x.end());
  Var sum = 0.0;
  for (const Var& each : x) sum += each * each;
  y.push_back(sum);
  const JacobianPlan plan = PlanJacobian(tape, y);
  EXPECT_FALSE(plan.by_columns);
  EXPECT_EQ(plan.colors, 2u);
}

TEST(SparseTest, InfiniteEntriesDoNotSpread) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({0.0, 4.0, 1.0});
  const CsrMatrix jacobian = SparseJacobian(tape, {sqrt(x[0]), sqrt(x[1]), x[2] * x[2]});
  EXPECT_EQ(jacobian.values, (Vector{std::numeric_limits<double>::infinity(), 0.25, 2}));
}

TEST(SparseTest, NothingToDifferentiateIsAnEmptyMatrix) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 4.0});
  EXPECT_EQ(SparseJacobian(tape, {}).pattern.rows(), 0u);
  EXPECT_EQ(SparseJacobian(tape, {Var(2.0)}).values, Vector{});
  EXPECT_EQ(SparseHessian(tape, 3.0 * x[0] - x[1]).values, Vector{});
  EXPECT_EQ(SparseHessian(tape, Var(1.0)).pattern.rows(), 2u);
}

TEST(SparseTest, APlanIsForItsDependentsOnly) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[0], x[1] * 5.0}, others = {y[1], y[0]};
  const JacobianPlan jacobian = PlanJacobian(tape, y);
  const HessianPlan hessian = PlanHessian(tape, y);
  Vector two(2), one(1);
  EXPECT_THROW(SparseJacobian(tape, others, jacobian, absl::MakeSpan(two), workspace), UsageError);
  EXPECT_THROW(SparseHessian(tape, others, {1, 1}, hessian, absl::MakeSpan(one), workspace),
               UsageError);
  EXPECT_THROW(SparseJacobian(tape, y, JacobianPlan(), absl::MakeSpan(two), workspace), UsageError);
  // The same recorded again, at another point.
  tape.Clear();
  const std::vector<Var> again = tape.Inputs({4.0, 1.0});
  const std::vector<Var> z = {again[0] * again[0], again[1] * 5.0};
  SparseJacobian(tape, z, jacobian, absl::MakeSpan(two), workspace);
  EXPECT_EQ(two, (Vector{8, 5}));
}

TEST(SparseTest, MisuseIsAnError) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({1.0, 4.0});
  const std::vector<Var> y = {x[0] * x[1]};
  const JacobianPlan jacobian = PlanJacobian(tape, y);
  const HessianPlan hessian = PlanHessian(tape, y);
  Vector two(2), three(3), one = {1};
  EXPECT_THROW(SparseJacobian(tape, y, jacobian, absl::MakeSpan(three), workspace), UsageError);
  EXPECT_THROW(SparseJacobian(tape, x, jacobian, absl::MakeSpan(two), workspace), UsageError);
  EXPECT_THROW(SparseHessian(tape, y, {}, hessian, absl::MakeSpan(two), workspace), UsageError);
  SparseHessian(tape, y, one, hessian, absl::MakeSpan(two), workspace);
  EXPECT_EQ(two, (Vector{1, 1}));
  const Var more = x[0] * y[0];  // the tape grew after the plan was made
  EXPECT_THROW(SparseHessian(tape, y, one, hessian, absl::MakeSpan(two), workspace), UsageError);
  EXPECT_THROW(SparseJacobian(tape, y, jacobian, absl::MakeSpan(two), workspace), UsageError);
  EXPECT_EQ(more.value(), 4.0);
}

}  // namespace
}  // namespace wengert
