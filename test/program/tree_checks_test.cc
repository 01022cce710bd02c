// Where a tree could mean something else than the chain that was recorded, the nodes answer. Each
// point here is one that a tree without a certain check would answer otherwise.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using Inputs = absl::Span<const Var>;
using Vector = std::vector<double>;
using Program = std::function<Var(Inputs)>;

constexpr size_t kTerms = 100;
constexpr double kInf = std::numeric_limits<double>::infinity();

struct Answers {
  double value;
  Vector gradient, hvp;
};

Answers AnswersOf(const Function& f, const Vector& x) {
  Answers answers{0.0, Vector(x.size()), Vector(x.size())};
  Vector v;
  for (size_t k = 0; k < x.size(); ++k) v.push_back(1.0 + 0.125 * static_cast<double>(k % 5));
  answers.value = f.Gradient(x, absl::MakeSpan(answers.gradient));
  f.Hvp(x, v, absl::MakeSpan(answers.hvp));
  return answers;
}

// One program in both tiers, recorded where every check holds.
class Tiers {
 public:
  explicit Tiers(const Program& program, double at = 1.0)
      : compiled_(Function::Record(program, PointNear(at), {.compile_after = 0})),
        nodes_(
            Function::Record(program, PointNear(at), {.compile_after = FunctionOptions::kNever})) {
    EXPECT_NE(compiled_.Explain().find("as trees: "), std::string::npos) << compiled_.Explain();
  }

  static Vector PointNear(double at) {
    Vector x;
    for (size_t k = 0; k < kTerms; ++k) {
      x.push_back(at * (1.0 + 0.01 * std::sin(static_cast<double>(k))));
    }
    return x;
  }

  // Whether the program answered the gradient itself, if need be without trees.
  bool AgreeAt(const Vector& x) {
    const int64_t before = compiled_.statistics().compiled_evaluations;
    const Answers actual = AnswersOf(compiled_, x), expected = AnswersOf(nodes_, x);
    ExpectNear({actual.value}, {expected.value}, "value");
    ExpectNear(actual.gradient, expected.gradient, "gradient");
    ExpectNear(actual.hvp, expected.hvp, "H v");
    return compiled_.statistics().compiled_evaluations > before;
  }

 private:
  static void ExpectNear(const Vector& actual, const Vector& expected, const char* what) {
    double largest = 0.0;
    for (double each : expected) largest = std::max(largest, std::abs(each));
    for (size_t k = 0; k < actual.size(); ++k) {
      if (std::isfinite(expected[k])) {
        ASSERT_NEAR(actual[k], expected[k],
                    std::isfinite(largest) ? 1e-11 * largest : 1e-11 * std::abs(expected[k]))
            << what << " " << k;
      } else if (std::isnan(expected[k])) {
        ASSERT_TRUE(std::isnan(actual[k])) << what << " " << k << " is " << actual[k];
      } else {
        ASSERT_EQ(actual[k], expected[k]) << what << " " << k;
      }
    }
  }

  Function compiled_, nodes_;
};

Var Largest(Inputs x) {
  Var y = -kInf;
  for (const Var& each : x) y = max(y, each);
  return y * x[0];
}

Var Smallest(Inputs x) {
  Var y = 2.0;
  for (const Var& each : x) y = min(each, y);
  return y * x[0];
}

Var Product(Inputs x) {
  Var y = 1.0;
  for (const Var& each : x) y *= each;
  return y;
}

Var Norm(Inputs x) {
  Var y = 0.0;
  for (const Var& each : x) y = hypot(y, each);
  return y;
}

Var LogOfSum(Inputs x) {
  Var y = -kInf;
  for (const Var& each : x) y = logaddexp(y, each);
  return y;
}

TEST(TreeChecks, OrdinaryPointsAreTheTrees) {
  for (const auto& program : {Largest, Smallest, Product, Norm, LogOfSum}) {
    Tiers tiers(program);
    EXPECT_TRUE(tiers.AgreeAt(Tiers::PointNear(1.01)));
  }
}

TEST(TreeChecks, TwoLargestShareWhereverTheyAre) {
  Tiers largest(Largest), smallest(Smallest);
  for (const auto& [i, j] : {std::pair(0, 1), {0, 99}, {3, 15}, {96, 98}, {5, 50}, {12, 99}}) {
    Vector x = Tiers::PointNear(1.0);
    x[size_t(i)] = x[size_t(j)] = 1.5;
    EXPECT_TRUE(largest.AgreeAt(x)) << i << " " << j;
    x[size_t(i)] = x[size_t(j)] = 0.5;
    EXPECT_TRUE(smallest.AgreeAt(x)) << i << " " << j;
  }
}

TEST(TreeChecks, ThreeLargestAreWeighedInTheirOrder) {
  Tiers largest(Largest), smallest(Smallest);
  for (const auto& [i, j] : {std::pair(0, 1), {0, 99}, {3, 15}, {96, 98}, {5, 50}}) {
    Vector x = Tiers::PointNear(1.0);
    x[size_t(i)] = x[size_t(j)] = x[70] = 1.5;
    EXPECT_FALSE(largest.AgreeAt(x)) << i << " " << j;
    x[size_t(i)] = x[size_t(j)] = x[70] = -0.0;
    x[70] = 0.0;
    EXPECT_FALSE(smallest.AgreeAt(x)) << i << " " << j;
  }
}

TEST(TreeChecks, TheStartIsOneOfTheLargest) {
  Tiers smallest(Smallest);
  Vector x(kTerms, 3.0);
  EXPECT_TRUE(smallest.AgreeAt(x));
  x[10] = 2.0;
  EXPECT_TRUE(smallest.AgreeAt(x));
  x[40] = 2.0;
  EXPECT_FALSE(smallest.AgreeAt(x));
}

TEST(TreeChecks, WhatAMaximumIgnores) {
  Tiers largest([](Inputs x) { return Largest(x) + x[1]; });
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (size_t count : {1u, 2u, 50u, 98u}) {
    Vector x = Tiers::PointNear(1.0);
    std::fill(x.begin() + 2, x.begin() + 2 + long(count), nan);
    largest.AgreeAt(x);
    std::fill(x.begin() + 2, x.begin() + 2 + long(count), -kInf);
    largest.AgreeAt(x);
  }
  largest.AgreeAt(Vector(kTerms, -kInf));
}

// The chain leaves the range on the way, or ends where it began: 1e-20 is a factor of both halves
// of any tree.
TEST(TreeChecks, AProductThatOverflowsOnTheWay) {
  Tiers product(Product);
  for (double size : {1e10, 1e-10}) {
    Vector x(kTerms);
    for (size_t k = 0; k < kTerms; ++k) x[k] = k < kTerms / 2 ? size : 1.0 / size;
    EXPECT_FALSE(product.AgreeAt(x)) << size;
  }
}

TEST(TreeChecks, AProductThatUnderflowsTowardsItsEnd) {
  Tiers product(Product);
  Vector x = Tiers::PointNear(1.0);
  for (size_t k = 0; k < 40; ++k) x[k] = 1e-10;
  EXPECT_TRUE(product.AgreeAt(x));
  std::reverse(x.begin(), x.end());
  EXPECT_TRUE(product.AgreeAt(x));
}

TEST(TreeChecks, AProductWithFactorsOfZero) {
  Tiers product(Product);
  Vector x = Tiers::PointNear(1.0);
  x[20] = -0.0;
  EXPECT_TRUE(product.AgreeAt(x));
  x[80] = 0.0;
  EXPECT_TRUE(product.AgreeAt(x));
  x[50] = kInf;
  EXPECT_FALSE(product.AgreeAt(x));
}

// H v has a kink at the zeros that a norm begins with, and at no other.
TEST(TreeChecks, ANormThatBeginsWithZeros) {
  Tiers norm(Norm);
  for (size_t zeros : {1u, 2u, 30u, 100u}) {
    Vector x = Tiers::PointNear(1.0);
    std::fill(x.begin(), x.begin() + long(zeros), 0.0);
    EXPECT_FALSE(norm.AgreeAt(x)) << zeros;
    std::reverse(x.begin(), x.end());
    EXPECT_FALSE(norm.AgreeAt(x)) << zeros;
  }
}

// A chain may overflow by its roundings where a tree doesn't, and the other way round.
TEST(TreeChecks, ANormAtTheEndOfTheRange) {
  Tiers norm(Norm);
  double term = std::numeric_limits<double>::max() / std::sqrt(double{kTerms});
  for (int k = 0; k < 40; ++k) term = std::nextafter(term, 0.0);
  for (int k = 0; k < 80; ++k, term = std::nextafter(term, kInf)) {
    EXPECT_FALSE(norm.AgreeAt(Vector(kTerms, term))) << k;
  }
}

TEST(TreeChecks, ANormOfInfinities) {
  Tiers norm([](Inputs x) { return 1.0 / Norm(x); });
  Vector x = Tiers::PointNear(1.0);
  x[70] = -kInf;
  EXPECT_FALSE(norm.AgreeAt(x));
  x[30] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(norm.AgreeAt(x));
}

// Of numbers beside which log 2 is nothing a chain halves the share with each.
TEST(TreeChecks, ALogOfASumOfWhatAbsorbsItsLogs) {
  Tiers log_of_sum(LogOfSum);
  EXPECT_FALSE(log_of_sum.AgreeAt(Vector(kTerms, 1e300)));
  EXPECT_FALSE(log_of_sum.AgreeAt(Vector(kTerms, -1e18)));
}

TEST(TreeChecks, ALogOfASumOfSizesOfAllKinds) {
  Tiers log_of_sum(LogOfSum), hidden([](Inputs x) { return exp(LogOfSum(x)) + x[0]; });
  for (size_t count : {1u, 2u, 99u, 100u}) {
    for (double size : {-kInf, -1e300, -800.0, 600.0, 1e300, kInf}) {
      Vector x = Tiers::PointNear(1.0);
      std::fill(x.begin(), x.begin() + long(count), size);
      log_of_sum.AgreeAt(x);
      hidden.AgreeAt(x);
      std::reverse(x.begin(), x.end());
      log_of_sum.AgreeAt(x);
      hidden.AgreeAt(x);
    }
  }
}

// A guard that depends on a chain has its margins, which use every link; of a maximum, which is
// exact, they don't.
TEST(TreeChecks, GuardsThatDependOnAChain) {
  for (const auto& program : {Largest, Product, Norm, LogOfSum}) {
    const auto branch = [program](Inputs x) {
      const Var y = program(x);
      return y > 0.5 ? y * 2.0 : y + x[1];
    };
    const Vector x0 = Tiers::PointNear(1.0);
    const Function compiled = Function::Record(branch, x0, {.compile_after = 0});
    const Function nodes = Function::Record(branch, x0, {.compile_after = FunctionOptions::kNever});
    for (double at : {1.0, 0.99, 0.2, 0.995, -4.0, 1.1}) {
      const Vector x = Tiers::PointNear(at);
      const Answers actual = AnswersOf(compiled, x), expected = AnswersOf(nodes, x);
      EXPECT_NEAR(actual.value, expected.value, 1e-11 * std::abs(expected.value)) << at;
      for (size_t k = 0; k < kTerms; ++k) {
        EXPECT_NEAR(actual.gradient[k], expected.gradient[k], 1e-11 * std::abs(expected.value));
      }
    }
    EXPECT_EQ(compiled.statistics().recordings, nodes.statistics().recordings);
  }
}

}  // namespace
}  // namespace wengert
