// Linear recurrences taken four at a time, against themselves taken one by one, on every SIMD
// width.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "test/program/lane_runner.h"
#include "wengert/program/lane_kernels.h"

namespace wengert::program {
namespace {

using Vector = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kHalfUlp = 0x1p-53;

class LaneChain : public testing::TestWithParam<LaneKernels> {
 protected:
  bool fuses() const { return GetParam().isa != Isa::kBaseline; }

  double Next(double a, double x, double b) const {
    return fuses() ? std::fma(a, x, b) : a * x + b;
  }

  // x[0] ... of as many iterations as b has; a coefficient alone is that of all.
  Vector Run(const Vector& a, const Vector& b, double start) const {
    Vector x(b.size() + 1, start);
    const ptrdiff_t step = a.size() == 1 ? 0 : 1;
    GetParam().chain({a.data(), b.data(), x.data(), x.data() + 1, step, 1, 1}, b.size(), false);
    return {x.begin() + 1, x.end()};
  }

  Vector OneByOne(const Vector& a, const Vector& b, double x) const {
    Vector all;
    for (size_t k = 0; k < b.size(); ++k) {
      all.push_back(x = Next(a.size() == 1 ? a[0] : a[k], x, b[k]));
    }
    return all;
  }

  void ExpectOneByOne(const Vector& a, const Vector& b, double start) const {
    const Vector actual = Run(a, b, start), expected = OneByOne(a, b, start);
    for (size_t k = 0; k < b.size(); ++k) {
      EXPECT_EQ(Distance(actual[k], expected[k], true), 0.0)
          << "at " << k << ": " << actual[k] << " instead of " << expected[k];
    }
  }
};

TEST_P(LaneChain, ProductsOfCoefficientsMayUnderflow) {
  const Vector zeros(4);
  ExpectOneByOne(Vector(4, 1e-100), zeros, 1e300);
  ExpectOneByOne({1e-100}, zeros, 1e300);
  ExpectOneByOne({1e-200, 1e-110, 1e-5, 0.5}, zeros, 1e300);  // the second is subnormal
  ExpectOneByOne({1e-300, 1e-100, 0.5, 1e200}, zeros, 1e300);
}

TEST_P(LaneChain, ProductsOfCoefficientsMayOverflow) {
  ExpectOneByOne(Vector(4, 1e100), Vector(4), 1e-300);
  ExpectOneByOne({1e200, 1e200, 1e-200, 1e-200}, Vector(4), 1e-300);
  ExpectOneByOne({1e200, 1e200, 1e-200, 1e-201}, Vector(4), 0.0);
}

// What isn't multiplied by x[k-1] overflows, x doesn't.
TEST_P(LaneChain, RestsMayOverflow) {
  ExpectOneByOne({0.75, 0.875, 0.875, 0.75}, {1.2e308, 1e308, 1e307, 1.0}, -1.5e308);
}

// One of the four is infinite, and with it all that follow.
TEST_P(LaneChain, AnInfinityStays) {
  const Vector a = {0.75, 0.5, 0.25, 0.5};
  const Vector x = Run(a, {1.2e308, 1.2e308, 0.0, 0.0}, 1.2e308);
  for (double each : x) EXPECT_EQ(each, kInfinity);
  const Vector none = Run(a, {1.0, std::nan(""), 0.0, 0.0}, 1.0);
  EXPECT_EQ(none[0], 1.75);
  for (size_t k = 1; k < 4; ++k) EXPECT_TRUE(std::isnan(none[k])) << k;
}

TEST_P(LaneChain, AZeroForgets) {
  ExpectOneByOne({0.5, 0.0, 0.5, 0.25, 0.0, 0.5, 0.5, 0.5}, Vector(8, 1e-300), 1e300);
  ExpectOneByOne({0.0}, Vector(8, 3.0), 1e300);
}

// Sums, and what grows and cancels again, have no rounding that the recurrence hasn't.
TEST_P(LaneChain, WhatDoesNotShrinkIsTakenOneByOne) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  Vector b, grows, ones;
  for (int k = 0; k < 101; ++k) {
    b.push_back(k == 0 ? 1e16 : k == 100 ? -1e16 : unit(random));
    grows.push_back(k % 2 == 0 ? 3e5 : 1e-5 / 3);
    ones.push_back(k % 5 == 0 ? -1.0 : 1.0);
  }
  ExpectOneByOne({1.0}, b, 0.5);
  ExpectOneByOne({-1.0}, b, 0.5);
  ExpectOneByOne({1.1}, b, 0.5);
  ExpectOneByOne(ones, b, 0.5);
  ExpectOneByOne(Vector(101, 1.0), b, 0.5);
  ExpectOneByOne(grows, b, 0.5);
}

// Of any coefficients and rests the error of a group is that of its roundings one by one, one more
// of the result, and 6 of the x before.
TEST_P(LaneChain, AGroupIsOffByFewUlpsOfTheValueBefore) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(-1.0, 1.0);
  double worst = 0.0;
  for (int repeat = 0; repeat < 100'000; ++repeat) {
    const double spread = repeat % 4 == 0 ? 300.0 : 3.0;
    const auto any = [&] { return unit(random) * std::exp2(spread * unit(random)); };
    const double start = any();
    Vector a, b;
    for (int k = 0; k < 4; ++k) {
      a.push_back(repeat % 3 == 0 ? any() : unit(random));
      b.push_back(any());
    }
    if (repeat % 2 == 0) b[static_cast<size_t>(repeat / 2 % 4)] = -start * a[0];
    const Vector x = Run(a, b, start);
    long double exact = start, bound = 0.0, before = std::abs(start);
    for (size_t k = 0; k < 4; ++k) {
      const long double product = exact * a[k];
      exact = product + b[k];
      bound = bound * std::abs(a[k]) + (std::abs(exact) + std::abs(product) + 0x1p-1021) * kHalfUlp;
      if (!std::isfinite(static_cast<double>(exact))) break;
      ASSERT_TRUE(std::isfinite(x[k])) << "repeat " << repeat << " at " << k;
      const long double allowed = bound + (std::abs(exact) + 6 * before) * kHalfUlp;
      worst = std::max(worst, static_cast<double>(std::abs(x[k] - exact) / allowed));
    }
  }
  EXPECT_LE(worst, 1.01);
  EXPECT_GE(worst, 0.3);  // else the bound says nothing
}

TEST(LaneChains, HaveTheSameBitsWhereProductsAreFused) {
  const std::vector<LaneKernels> kernels = AllKernels();
  if (kernels.size() < 3) GTEST_SKIP() << "needs AVX-512";
  std::mt19937_64 random(9);
  std::uniform_real_distribution<double> unit(-1.2, 1.2);
  for (bool adds : {false, true}) {
    Vector a, b, x = {1.0};
    for (int k = 0; k < 1003; ++k) {
      a.push_back(k % 50 == 0 ? 1e-200 : unit(random));
      b.push_back(unit(random));
      x.push_back(unit(random));
    }
    Vector y = x;
    kernels[1].chain({a.data(), b.data(), x.data(), x.data() + 1, 1, 1, 1}, 1003, adds);
    kernels[2].chain({a.data(), b.data(), y.data(), y.data() + 1, 1, 1, 1}, 1003, adds);
    EXPECT_EQ(x, y);
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, LaneChain, testing::ValuesIn(AllKernels()), KernelsName());

}  // namespace
}  // namespace wengert::program
