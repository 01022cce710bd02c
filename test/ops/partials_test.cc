// Values and partials against truth: every operation, at seeded random points of its domain.
// WENGERT_LONG_TESTS=1 takes a million points of each instead of ten thousand, and prints the worst
// case of each operation.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "test/support/loses_digits.h"
#include "test/support/op_domains.h"
#include "test/support/reference.h"
#include "test/support/rules.h"

namespace wengert::truth {
namespace {

// What the reference itself can be off by; a bound of 0 means exact.
constexpr double kTruthUlps = 1e-4;

bool IsLong() { return std::getenv("WENGERT_LONG_TESTS") != nullptr; }

// Of each operation.
int Count() {
  if (std::getenv("WENGERT_TEST_POINTS") != nullptr) return PointCount();
  return IsLong() ? 1'000'000 : 10'000;
}

// How many errors are larger than the bound; the largest, and where it was.
struct Worst {
  double bound = 0, ulps = 0;
  int points = 0, failed = 0;
  std::string where = "nowhere";

  void AddValue(Op op, const Point& x, const High& value, double computed) {
    Add(UlpError(computed, value), op, x, computed, [&] { return value; });
  }
  void AddPartial(Op op, const Point& x, int k, const High& value, double computed) {
    const double error = PartialError(op, x, k, value, computed, std::max(ulps, kTruthUlps));
    Add(error, op, x, computed, [&] { return Partial(op, x, k); });
  }
  void Expect(const std::string& what) const {
    if (IsLong()) {
      std::printf("%-16s %8d points, %d failed, at most %.4f of %g ulp: %s\n", what.c_str(), points,
                  failed, ulps, bound, where.c_str());
    }
    EXPECT_EQ(failed, 0) << what << ": " << ulps << " ulp: " << where;
  }

 private:
  template <class Truth>
  void Add(double error, Op op, const Point& x, double computed, Truth truth) {
    ++points;
    failed += !(error <= bound + kTruthUlps);
    if (error <= ulps) return;
    ulps = error;
    where = absl::StrFormat("%s(%.17g, %.17g, %.17g) is %.17g, not %.17g", InfoOf(op).text, x[0],
                            x[1], x[2], computed, truth().Rounded());
  }
};

class AgainstTruth : public testing::TestWithParam<Op> {};

// The order of a polygamma function isn't a variable: no partial.
bool IsUndefined(Op op, int k) { return op == Op::kPolygamma && k == 0; }

TEST_P(AgainstTruth, ValueAndPartialsAreWithinTheirBounds) {
  const Op op = GetParam();
  const double bound = DomainOf(op).partial_ulps;
  Worst of_value = {DomainOf(op).value_ulps};
  std::array<Worst, 3> of_partial = {Worst{bound}, Worst{bound}, Worst{bound}};
  for (const Point& x : SamplePoints(op, Count(), 1, 0.125)) {
    const double y = RuleValue(op, x);
    const High truth = Value(op, x);
    if (!LosesDigits(op, x)) of_value.AddValue(op, x, truth, y);
    for (int k = 0; k < ArityOf(op); ++k) {
      const double partial = RulePartial(op, x, k, y);
      if (IsUndefined(op, k)) {
        EXPECT_TRUE(std::isnan(partial));
      } else {
        of_partial[static_cast<size_t>(k)].AddPartial(op, x, k, truth, partial);
      }
    }
  }
  const std::string name = InfoOf(op).name;
  of_value.Expect(name);
  for (int k = 0; k < ArityOf(op); ++k) {
    if (IsUndefined(op, k)) continue;
    of_partial[static_cast<size_t>(k)].Expect(absl::StrFormat("%s d/d%c", name, 'a' + k));
  }
}

// The ends of the range of powers, and beyond, which random exponents seldom hit.
TEST(Partial, OfPowersThatUnderflowOrOverflow) {
  Worst worst = {DomainOf(Op::kPow).partial_ulps};
  double magnitude = -1085;
  for (Point x : SamplePoints(Op::kPow, IsLong() ? Count() : 4 * PointCount(), 3)) {
    magnitude = magnitude == -1015 ? 1015 : magnitude == 1030 ? -1085 : magnitude + 1;
    x[1] = magnitude / std::log2(x[0]);
    if (!DomainOf(Op::kPow).Contains(2, x)) continue;
    const double y = RuleValue(Op::kPow, x);
    for (int k = 0; k < 2; ++k) {
      worst.AddPartial(Op::kPow, x, k, Value(Op::kPow, x), RulePartial(Op::kPow, x, k, y));
    }
  }
  worst.Expect("Pow at the ends");
}

// A zeroth power is the constant 1. Sweeps drop the sign of a zero partial, forward mode doesn't.
TEST(Partial, OfZerothPowersIsPositiveZero) {
  for (const double base : {2.0, -2.0, 0.0, -0.0, 1e-310, kInfinity, -kInfinity}) {
    for (const double exponent : {0.0, -0.0}) {
      const double partial = RulePartial(Op::kPow, {base, exponent, 0}, 0, 1.0);
      EXPECT_PRED2(SameBits, partial, 0.0) << base << " " << exponent;
    }
  }
}

// Where 1 / a overflows though the partials, of the size of 1 / (2 a), don't.
TEST(Partial, OfAngleAmongSubnormals) {
  Worst worst = {DomainOf(Op::kAtan2).partial_ulps};
  for (double size = 2.8e-309; size < 1e-307; size *= 1.01) {
    for (const double share : {0.2, 0.7, 1.0, -1.3, 4.0}) {
      const Point x = {size, size * share, 0};
      const double y = RuleValue(Op::kAtan2, x);
      for (int k = 0; k < 2; ++k) {
        worst.AddPartial(Op::kAtan2, x, k, Value(Op::kAtan2, x), RulePartial(Op::kAtan2, x, k, y));
      }
    }
  }
  worst.Expect("Atan2 among subnormals");
}

// Between two poles digamma rises from -inf to +inf, and at its root all digits cancel.
TEST(Partial, OfGammaAtTheRootsOfDigamma) {
  for (const Op op : {Op::kLgamma, Op::kTgamma}) {
    Worst worst = {DomainOf(op).partial_ulps};
    const auto add = [&](double a) {
      const Point x = {a, 0, 0};
      worst.AddPartial(op, x, 0, Value(op, x), RulePartial(op, x, 0, RuleValue(op, x)));
    };
    for (int pole = -30; pole < 0; ++pole) {
      double below = pole + 1e-9, above = pole + 1 - 1e-9;
      while (std::nextafter(below, above) < above) {
        const double between = std::midpoint(below, above);
        (digamma(High(between)) < High(0) ? below : above) = between;
      }
      for (double distance = 0x1p-52; distance < 0x1p-4; distance *= 2) {
        add(below * (1 + distance));
        add(above * (1 - distance));
      }
    }
    worst.Expect(absl::StrFormat("%s at the roots", InfoOf(op).name));
  }
}

// So erf needs no truth of its own in its tails, where no reasonable number of bits gives it.
TEST(Partial, OfErfIsThatOfErfcNegated) {
  for (const Point& x : SamplePoints(Op::kErfc, PointCount(), 8)) {
    EXPECT_EQ(RulePartial(Op::kErf, x, 0, 0.0), -RulePartial(Op::kErfc, x, 0, 0.0));
    const Point mirrored = {-x[0], 0, 0};
    EXPECT_EQ(RulePartial(Op::kErf, x, 0, 0.0), RulePartial(Op::kErf, mirrored, 0, 0.0));
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, AgainstTruth, testing::ValuesIn(AllOps()), OpName());

}  // namespace
}  // namespace wengert::truth
