// The seam between Function and its tiers, tried with a tier that sweeps the nodes and counts.

#include "wengert/function/tier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "test/function/counted_tier.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::AllOf;
using testing::Counted;
using testing::Counts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kAllDrivers;
using testing::kMatrixDrivers;
using Vars = absl::Span<const Var>;

Var Branching(Vars x) { return x[0] < x[1] ? x[1] * x[1] * x[1] : x[0] * x[0]; }

std::vector<double> GradientOf(const Function& f, const Arguments& at) {
  std::vector<double> gradient(f.inputs());
  f.Gradient(at, absl::MakeSpan(gradient));
  return gradient;
}

TEST(TierTest, FirstCallsInterpretLaterOnesUseTheTier) {
  Counts counts;
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 3, .compiler = Counted(counts)});
  for (int k = 0; k < 3; ++k) (void)f.Value({2.0 + k, 1.0});
  EXPECT_EQ(counts.made, 0);
  EXPECT_EQ(f.statistics().compiled_evaluations, 0);
  EXPECT_THAT(f.Explain(), HasSubstr("interpreted"));
  for (int k = 0; k < 4; ++k) EXPECT_EQ(f.Value({3.0 + k, 1.0}), (3.0 + k) * (3.0 + k));
  EXPECT_EQ(counts.made, 1);
  EXPECT_EQ(counts.forward, 4);
  EXPECT_EQ(f.statistics().compilations, 1);
  EXPECT_EQ(f.statistics().evaluations, 7);
  EXPECT_EQ(f.statistics().compiled_evaluations, 4);
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr("compiled in "), HasSubstr("1234 bytes"),
                                 HasSubstr("4 evaluations")));
}

TEST(TierTest, IsMadeAtOnceOrNever) {
  Counts at_once, never;
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 0, .compiler = Counted(at_once)});
  const Function g =
      Function::Record(Branching, {2.0, 1.0},
                       {.compile_after = FunctionOptions::kNever, .compiler = Counted(never)});
  for (int k = 0; k < 50; ++k) {
    (void)f.Value({2.0 + k, 1.0});
    (void)g.Value({2.0 + k, 1.0});
  }
  EXPECT_EQ(at_once.forward, 50);
  EXPECT_EQ(never.made, 0);
}

TEST(TierTest, EachTraceIsCompiledAndBranchesAreFollowed) {
  Counts counts;
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 2, .compiler = Counted(counts)});
  for (int k = 0; k < 10; ++k) {
    EXPECT_THAT(GradientOf(f, {3.0, 2.0 - k}), ElementsAre(6.0, 0.0));
    EXPECT_THAT(GradientOf(f, {1.0 - k, 2.0}), ElementsAre(0.0, 12.0));
  }
  EXPECT_EQ(counts.made, 2);
  EXPECT_EQ(f.statistics().recordings, 2);
}

TEST(TierTest, ValueThenGradientShareTheForwardSweep) {
  Counts counts;
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 0, .compiler = Counted(counts)});
  EXPECT_EQ(f.Value({5.0, 1.0}), 25.0);
  EXPECT_THAT(GradientOf(f, {5.0, 1.0}), ElementsAre(10.0, 0.0));
  EXPECT_EQ(counts.forward, 1);
  EXPECT_EQ(counts.reverse, 1);
  EXPECT_EQ(counts.fused, 0);
  EXPECT_THAT(GradientOf(f, {6.0, 1.0}), ElementsAre(12.0, 0.0));
  EXPECT_EQ(f.Value({6.0, 1.0}), 36.0);
  EXPECT_EQ(counts.forward, 1);
  EXPECT_EQ(counts.fused, 1);
}

std::vector<double> EveryDriver(const Function& f, absl::Span<const double> points) {
  std::vector<double> all;
  const size_t n = f.inputs();
  for (size_t k = 0; k < points.size() / n; ++k) {
    const absl::Span<const double> x = points.subspan(k * n, n);
    std::vector<double> vector(n, 0.5), product(n), y(1);
    const auto keep = [&](const std::vector<double>& result) {
      all.insert(all.end(), result.begin(), result.end());
    };
    f.Jvp(x, vector, absl::MakeSpan(y));
    keep(y);
    f.Hvp(x, vector, absl::MakeSpan(product));
    keep(product);
    f.Vjp(x, {2.0}, absl::MakeSpan(product));
    keep(product);
    keep(f.Jacobian(x));
    keep(f.Hessian(x));
    keep(f.SparseJacobian(x).values);
    keep(f.SparseHessian(x).values);
    keep(GradientOf(f, x));
  }
  const size_t k = points.size() / n;
  std::vector<double> values(k), gradients(k * n);
  f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  all.insert(all.end(), values.begin(), values.end());
  all.insert(all.end(), gradients.begin(), gradients.end());
  return all;
}

TEST(TierTest, WhatATierHasNotIsDoneByTheNodes) {
  const std::vector<double> points = {2.0, 1.0, 1.0, 2.0, 3.0, 0.5, 0.25, 4.0};
  Counts none, all;
  const auto f = [](FunctionOptions options) {
    return Function::Record(Branching, {2.0, 1.0}, options);
  };
  const std::vector<double> expected = EveryDriver(f({}), points);
  EXPECT_EQ(EveryDriver(f({.compile_after = 0, .compiler = Counted(none)}), points), expected);
  EXPECT_EQ(none.jvp + none.hvp + none.batches, 0);
  EXPECT_EQ(EveryDriver(f({.compile_after = 0, .compiler = Counted(all, {kAllDrivers})}), points),
            expected);
  EXPECT_EQ(all.jvp, 4);
  EXPECT_EQ(all.hvp, 4);
  EXPECT_EQ(all.batches, 2) << "one a branch";
}

TEST(TierTest, MatricesAreMadeOfProductsWhereTheTierIsWorthIt) {
  const std::vector<double> points = {2.0, 1.0, 1.0, 2.0, 3.0, 0.5, 0.25, 4.0};
  Counts counts;
  const Function f = Function::Record(Branching, {2.0, 1.0});
  const Function g = Function::Record(
      Branching, {2.0, 1.0}, {.compile_after = 0, .compiler = Counted(counts, {kMatrixDrivers})});
  EXPECT_EQ(EveryDriver(g, points), EveryDriver(f, points));
  EXPECT_EQ(counts.jvp, 4 + 4) << "Jvp and the sparse Jacobian, which has one entry";
  EXPECT_EQ(counts.hvp, 4 + 4 * 2 + 4 * 2) << "Hvp, a dense and a small sparse Hessian";
  EXPECT_GE(counts.reverse, 4) << "the dense Jacobian";
}

struct Batched {
  std::vector<double> values, gradients;
  bool operator==(const Batched&) const = default;
};

Batched BatchOf(const Function& f, const std::vector<double>& points) {
  Batched batched = {std::vector<double>(points.size() / f.inputs()),
                     std::vector<double>(points.size())};
  f.GradientBatch(points, absl::MakeSpan(batched.values), absl::MakeSpan(batched.gradients));
  return batched;
}

Batched OneByOne(const Function& f, const std::vector<double>& points) {
  Batched batched;
  const size_t n = f.inputs();
  for (size_t k = 0; k < points.size() / n; ++k) {
    const auto x = absl::MakeConstSpan(points).subspan(k * n, n);
    batched.values.push_back(f.Value(x));
    const std::vector<double> gradient = GradientOf(f, x);
    batched.gradients.insert(batched.gradients.end(), gradient.begin(), gradient.end());
  }
  return batched;
}

// Its reverse sweep may have rounded the values otherwise.
TEST(TierTest, AnInexactTierIsNowhereAfterRowsOfAMatrix) {
  for (bool is_exact : {true, false}) {
    Counts counts;
    const Function f = Function::Record(
        Branching, {2.0, 1.0},
        {.compile_after = 0, .compiler = Counted(counts, {kMatrixDrivers, is_exact})});
    (void)f.Jacobian({3.0, 1.0});
    EXPECT_EQ(counts.reverse, 1);
    EXPECT_EQ(counts.forward, 1);
    EXPECT_EQ(f.Value({3.0, 1.0}), 9.0);
    EXPECT_EQ(counts.forward, is_exact ? 1 : 2);
  }
}

TEST(TierTest, BatchWalksOnceToEachBranchAndSweepsItsPointsTogether) {
  const auto quadrant = [](Vars x) {
    const Var y = x[0] < 0.0 ? x[0] * x[0] : 3.0 * x[0];
    return x[1] < 0.0 ? y * x[1] : y + exp(x[1]);
  };
  std::vector<double> points;
  for (int k = 0; k < 64; ++k) {
    points.push_back((k % 2 == 0 ? 1.0 : -1.0) + 0.01 * k);
    points.push_back((k % 3 == 0 ? 1.0 : -1.0) - 0.01 * k);
  }
  Counts counts;
  const Function f = Function::Record(
      quadrant, {1.0, 1.0}, {.compile_after = 0, .compiler = Counted(counts, {kAllDrivers})});
  const Function plain = Function::Record(quadrant, {1.0, 1.0});
  EXPECT_EQ(BatchOf(f, points), OneByOne(plain, points));
  EXPECT_EQ(f.statistics().recordings, 4);
  EXPECT_EQ(counts.batches, 4);
  EXPECT_EQ(counts.held_in_batches, 64);
  EXPECT_EQ(f.statistics().evaluations, 67) << "three walked to the other branches";
}

TEST(TierTest, BatchOfPointsThatAllBranchDifferentlyTriesAFewTracesOnly) {
  const auto staircase = [](Vars x) {
    Var y = x[0];
    for (int k = 0; k < 40 && x[0] > k; ++k) y += x[0] * k;
    return y;
  };
  std::vector<double> points;
  for (int k = 0; k < 40; ++k) points.push_back((k * 7) % 40 + 0.5);
  Counts counts;
  const Function f = Function::Record(
      staircase, {0.5}, {.compile_after = 0, .compiler = Counted(counts, {kAllDrivers})});
  EXPECT_EQ(BatchOf(f, points), OneByOne(Function::Record(staircase, {0.5}), points));
  EXPECT_EQ(counts.batches, 8);
  EXPECT_EQ(f.statistics().recordings, 40);
}

TEST(TierTest, TraceThatIsCompiledDuringABatchDoesTheRestTogether) {
  Counts counts;
  const Function f = Function::Record(
      Branching, {2.0, 1.0}, {.compile_after = 3, .compiler = Counted(counts, {kAllDrivers})});
  std::vector<double> points;
  for (int k = 0; k < 10; ++k) points.insert(points.end(), {2.0 + k, 1.0});
  EXPECT_EQ(BatchOf(f, points), OneByOne(Function::Record(Branching, {2.0, 1.0}), points));
  EXPECT_EQ(counts.batches, 1);
  EXPECT_EQ(counts.held_in_batches, 8) << "the one that it was made for, too";
}

TEST(TierTest, NoTierIsFineToo) {
  int asked = 0;
  const auto none = [&asked](const TierSource&) {
    ++asked;
    return std::unique_ptr<const Tier>();
  };
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 1, .compiler = none});
  for (int k = 0; k < 5; ++k) EXPECT_EQ(f.Value({2.0 + k, 1.0}), (2.0 + k) * (2.0 + k));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(f.statistics().compilations, 1);
}

TEST(TierTest, MakerThatThrowsLeavesTheFunctionAsItWas) {
  const auto picky = [](const TierSource&) -> std::unique_ptr<const Tier> {
    throw std::runtime_error("no");
  };
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 1, .compiler = picky});
  EXPECT_EQ(f.Value({3.0, 1.0}), 9.0);
  EXPECT_THROW((void)f.Value({4.0, 1.0}), std::runtime_error);
  EXPECT_EQ(f.Value({4.0, 1.0}), 16.0);
}

TEST(TierTest, ParametersReachTheTierInTheTapesOrder) {
  Counts counts;
  Function f = Function::Record(
      [](Vars x, Vars p) {
        const Var b = Parameter(3.0, "b");
        return x[0] > 0.0 ? x[0] * p[0] + b : Parameter(7.0, "a") * x[0] - b * p[0];
      },
      {1.0}, {2.0}, {.compile_after = 0, .compiler = Counted(counts, {kAllDrivers})});
  EXPECT_EQ(f.Value({5.0}), 13.0);
  EXPECT_EQ(f.Value({-5.0}), -41.0);
  f.Set("b", 4.0);
  f.Set("a", 1.0);
  const std::vector<double> x = {-5.0}, p = {0.5};
  EXPECT_EQ(f.Value({x, p}), -7.0);
  EXPECT_EQ(f.Value({5.0}), 14.0);
  std::vector<double> values(2), gradients(2);
  f.GradientBatch({1.0, -1.0}, absl::MakeSpan(values), absl::MakeSpan(gradients));
  EXPECT_THAT(values, ElementsAre(6.0, -9.0));
  EXPECT_THAT(gradients, ElementsAre(2.0, 1.0));
}

TEST(TierTest, FlipOfAnInexactTierIsCheckedByTheNodes) {
  Counts counts;
  const Function f =
      Function::Record(Branching, {1.0, 2.0},
                       {.compile_after = 0,
                        .compiler = Counted(counts, {.is_exact = false, .threshold_error = 0.5})});
  EXPECT_EQ(f.Value({1.75, 2.0}), 8.0) << "the tier saw 2.25 < 2";
  EXPECT_THAT(GradientOf(f, {1.75, 2.0}), ElementsAre(0.0, 12.0));
  EXPECT_EQ(f.Value({2.5, 2.0}), 6.25);
  EXPECT_EQ(f.statistics().recordings, 2);
}

TEST(TierTest, TapeWithoutACallableNamesTheComparison) {
  auto tape = std::make_unique<Tape>();
  const std::vector<Var> x = tape->Inputs({2.0, 1.0});
  const Var y = Branching(x);
  Counts counts;
  const Function f =
      Function::FromTape(std::move(tape), {y}, {.compile_after = 0, .compiler = Counted(counts)});
  EXPECT_EQ(f.Value({3.0, 1.0}), 9.0);
  try {
    (void)f.Value({1.0, 2.0});
    FAIL() << "answered on another branch";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("less(node 0, node 1)"), HasSubstr("(1, 2)")));
  }
  EXPECT_EQ(counts.forward, 2);
}

TEST(TierTest, ThreadsMakeATierOnceAndAnswerAlike) {
  Counts counts;
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 100, .compiler = Counted(counts)});
  std::vector<std::thread> threads;
  std::array<int, 16> wrong = {};
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int k = 0; k < 100; ++k) {
        const double x = 0.125 * ((k + static_cast<int>(t)) % 17);
        const double expected = x < 1.0 ? 1.0 : x * x;
        if (f.Value({x, 1.0}) != expected) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
  EXPECT_EQ(counts.made, 2);
  EXPECT_GT(counts.forward, 0);
}

TEST(TierTest, ThreadsNeverInterpretWhatIsCompiledWithItsRecording) {
  Counts counts;
  const Function f =
      Function::Record(Branching, {2.0, 1.0}, {.compile_after = 0, .compiler = Counted(counts)});
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {  // each point is new, so none is there already
      for (int k = 0; k < 50; ++k) (void)f.Value({k % 2 + 0.5 + 1e-3 * t + 1e-5 * k, 1.0});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counts.made, 2);
  EXPECT_EQ(f.statistics().compiled_evaluations, 800);
  EXPECT_EQ(f.statistics().evaluations, 800);
}

}  // namespace
}  // namespace wengert
