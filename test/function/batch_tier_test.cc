// A Function that evaluates batches in lanes and single points by its tape.

#include "wengert/function/batch_tier.h"

#include <cmath>
#include <limits>
#include <vector>

#include "bench/workloads/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/functions.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::HasSubstr;
using Vars = absl::Span<const Var>;

const FunctionOptions kAtOnce = {.compile_after = 0};

Var ThreeBranches(Vars x) {
  if (x[0] < 0.0) return exp(x[0]) * x[1];
  if (x[0] < x[1]) return x[0] * x[0] * x[1];
  return x[0] / (1.0 + x[1] * x[1]);
}

struct Batch {
  Batch(const Function& f, const std::vector<double>& points)
      : values(points.size() / f.inputs()), gradients(points.size()) {
    f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  }
  std::vector<double> values, gradients;
};

void ExpectThePoints(const Function& f, const std::vector<double>& points, const Batch& batch) {
  const size_t n = f.inputs();
  std::vector<double> gradient(n);
  for (size_t k = 0; k < batch.values.size(); ++k) {
    const double value =
        f.Gradient(absl::MakeConstSpan(points).subspan(k * n, n), absl::MakeSpan(gradient));
    EXPECT_NEAR(batch.values[k], value, 1e-13 * std::abs(value)) << "point " << k;
    for (size_t j = 0; j < n; ++j) {
      EXPECT_NEAR(batch.gradients[k * n + j], gradient[j], 1e-12 * (1.0 + std::abs(gradient[j])))
          << "point " << k << ", input " << j;
    }
  }
}

// Three traces, and a point by itself, too, to find each but the first.
TEST(BatchTierTest, PointsAreGroupedByTheirTraces) {
  const Function f = Function::Record(ThreeBranches, {2.0, 1.0}, kAtOnce);
  const std::vector<double> points = bench::Uniform(2 * 200, 5, -1.0, 1.0);
  const Batch batch(f, points);
  EXPECT_EQ(f.statistics().traces, 3u);
  EXPECT_EQ(f.statistics().evaluations, 202);
  EXPECT_GE(f.statistics().compiled_evaluations, 196);
  ExpectThePoints(f, points, batch);
}

TEST(BatchTierTest, EveryFunctionOfTheZoo) {
  for (const testing::ZooFunction& zoo : testing::Zoo()) {
    const Function f = Function::Record([&](Vars x) { return zoo.f(x)[0] * 1.0; }, zoo.x, kAtOnce);
    std::vector<double> points;
    for (int k = 0; k < 21; ++k) {
      for (double x : zoo.x) points.push_back(x * (1.0 + 0.0001 * k));
    }
    SCOPED_TRACE(zoo.name);
    ExpectThePoints(f, points, Batch(f, points));
  }
}

// Loops that fill the lanes go point by point; shorter ones leave lanes to the points.
TEST(BatchTierTest, LongLoopsNeedNoBatch) {
  const auto sum = [](Vars x) {
    Var y = 0.0;
    for (const Var& each : x) y += sin(each) * each;
    return y;
  };
  for (size_t n : {40u, 400u}) {
    const std::vector<double> x0(n, 1.0);
    const Function f = Function::Record(sum, x0, kAtOnce);
    const std::vector<double> points = bench::Uniform(20 * n, 9, 0.5, 1.5);
    ExpectThePoints(f, points, Batch(f, points));
    EXPECT_GE(f.statistics().compiled_evaluations, 20);
  }
}

// What a point gets doesn't depend on whether there are batches, too.
TEST(BatchTierTest, SinglePointsKeepTheirBits) {
  const Function with = Function::Record(ThreeBranches, {2.0, 1.0}, kAtOnce);
  const Function without = Function::Record(ThreeBranches, {2.0, 1.0});
  for (double x : bench::Uniform(50, 6, -1.0, 1.0)) {
    EXPECT_EQ(with.Value({x, 0.3}), without.Value({x, 0.3}));
  }
  EXPECT_EQ(with.statistics().compiled_evaluations, 0);
  EXPECT_THAT(with.Explain(), HasSubstr("batches in lanes"));
}

TEST(BatchTierTest, WhatIsNotFiniteIsTheTapes) {
  const Function f =
      Function::Record([](Vars x) { return sqrt(x[0]) * x[1]; }, {1.0, 1.0}, kAtOnce);
  const Batch batch(f, {4.0, 1.0, 0.0, 0.0, -1.0, 1.0, 0.0, 2.0});
  EXPECT_EQ(batch.values[0], 2.0);
  EXPECT_EQ(batch.values[1], 0.0);
  EXPECT_EQ(batch.gradients[2], 0.0);  // an adjoint of zero against an infinite partial
  EXPECT_TRUE(std::isnan(batch.values[2]));
  EXPECT_EQ(batch.gradients[6], std::numeric_limits<double>::infinity());
}

TEST(BatchTierTest, ParametersBelongToTheCall) {
  Function f =
      Function::Record([](Vars x, Vars p) { return x[0] * x[0] * p[0]; }, {1.0}, {3.0}, kAtOnce);
  EXPECT_EQ(Batch(f, {2.0, 3.0}).gradients, (std::vector<double>{12.0, 18.0}));
  f.SetParameters({5.0});
  EXPECT_EQ(Batch(f, {2.0, 3.0}).gradients, (std::vector<double>{20.0, 30.0}));
}

}  // namespace
}  // namespace wengert
