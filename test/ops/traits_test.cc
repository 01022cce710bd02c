// The traits of the op table are true, and second partials by Dual agree with truth.

#include <algorithm>
#include <cmath>

#include "gtest/gtest.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/ops/dual.h"

namespace wengert::truth {
namespace {

using D = Dual<double>;

// d/dx_m of the partial towards x_k.
double SecondByDual(Op op, const Point& x, int k, int m) {
  std::array<D, 3> at = {x[0], x[1], x[2]};
  at[static_cast<size_t>(m)].tangent = 1;
  return RulePartial(op, at, k, RuleValue(op, at)).tangent;
}

bool SaysCurved(Op op, int k, int m) {
  constexpr OpTraits kTraits[3][3] = {{kCurvedA, kCurvedAB, kCurvedAC},
                                      {kCurvedAB, kCurvedB, kCurvedBC},
                                      {kCurvedAC, kCurvedBC, kCurvedC}};
  return HasTrait(op, kTraits[k][m]);
}

// The order of a polygamma function isn't a variable.
bool IsUndefined(Op op, int k, int m) { return op == Op::kPolygamma && (k == 0 || m == 0); }

class Traits : public testing::TestWithParam<Op> {};

TEST_P(Traits, SecondPartialsAreZeroWhereNoCurvatureIsClaimedAndSomewhereNotWhereItIs) {
  const Op op = GetParam();
  const auto points = SamplePoints(op, 300, 4);
  for (int k = 0; k < ArityOf(op); ++k) {
    for (int m = 0; m < ArityOf(op); ++m) {
      if (IsUndefined(op, k, m)) continue;
      int curved = 0;
      for (const Point& x : points) curved += SecondByDual(op, x, k, m) == 0 ? 0 : 1;
      EXPECT_EQ(curved > 0, SaysCurved(op, k, m)) << k << m << ": " << curved << " points";
    }
  }
}

TEST_P(Traits, FlatMeansThatEveryPartialIsZero) {
  const Op op = GetParam();
  bool all_zero = true;
  for (const Point& x : SamplePoints(op, 300, 5)) {
    const double y = RuleValue(op, x);
    for (int k = 0; k < ArityOf(op); ++k) all_zero &= RulePartial(op, x, k, y) == 0;
  }
  EXPECT_EQ(all_zero, HasTrait(op, kFlat));
}

Point Exchanged(const Point& x) { return {x[1], x[0], x[2]}; }

TEST_P(Traits, CommutingMeansThatOperandsCanBeExchangedInEveryBit) {
  const Op op = GetParam();
  if (ArityOf(op) < 2) {
    EXPECT_FALSE(HasTrait(op, kCommutes));
    return;
  }
  std::vector<Point> points = SamplePoints(op, 300, 6);
  for (double a : {0.0, -0.0, 1.0, kInfinity, kNaN}) {
    for (double b : {0.0, -0.0, 1.0, kInfinity, kNaN}) {
      for (double c : {0.0, 2.0}) points.push_back({a, b, c});
    }
  }
  bool same = true;
  for (const Point& x : points) {
    const double y = RuleValue(op, x);
    same &= SameBits(y, RuleValue(op, Exchanged(x)));
    if (!HasTrait(op, kCommutes)) continue;
    EXPECT_PRED2(SameBits, RulePartial(op, x, 0, y), RulePartial(op, Exchanged(x), 1, y));
    EXPECT_TRUE(same) << x[0] << " " << x[1] << " " << x[2];
  }
  const bool claims = HasTrait(op, kCommutes) || op == Op::kFma;  // fma does in a and b only
  EXPECT_EQ(same, claims);
}

// Somewhere on a grid of simple numbers the two sides' slopes differ, or the value jumps.
bool HasKinkOnGrid(Op op) {
  const double grid[] = {-2, -1, -0.5, 0, 0.5, 1, 2};
  for (double a : grid) {
    for (double b : grid) {
      for (int k = 0; k < ArityOf(op); ++k) {
        const Point x = {a, b, 0};
        const High up = Slope(op, x, k, 1), down = Slope(op, x, k, -1);
        if (!up.is_finite() || !down.is_finite()) continue;
        const bool jumps = abs(up).Rounded() > 0x1p80;  // the step was 2^-100
        if (jumps || abs(up - down).Rounded() > 1e-6 * (1 + abs(up).Rounded())) return true;
      }
    }
  }
  return false;
}

TEST_P(Traits, KinkMeansThatTheSlopesOfTwoSidesDifferSomewhere) {
  const Op op = GetParam();
  if (op == Op::kPolygamma) return;  // its order only takes whole numbers
  EXPECT_EQ(HasKinkOnGrid(op), HasTrait(op, kKink));
}

// Somewhere on the grid the value jumps as operand k goes through it.
bool JumpsOnGrid(Op op, int k) {
  const double grid[] = {-2, -1, -0.5, 0, 0.5, 1, 2};
  for (double a : grid) {
    for (double b : grid) {
      const High up = Slope(op, {a, b, 0}, k, 1), down = Slope(op, {a, b, 0}, k, -1);
      if (!up.is_finite() || !down.is_finite()) continue;
      if (std::max(abs(up).Rounded(), abs(down).Rounded()) > 0x1p80) return true;
    }
  }
  return false;
}

TEST_P(Traits, JumpsAreWhereASmallStepChangesTheValueMuch) {
  const Op op = GetParam();
  if (op == Op::kPolygamma) return;  // its order only takes whole numbers
  EXPECT_EQ(JumpsOnGrid(op, 0), HasTrait(op, kJumpsA));
  EXPECT_EQ(ArityOf(op) > 1 && JumpsOnGrid(op, 1), HasTrait(op, kJumpsB));
  EXPECT_FALSE(ArityOf(op) > 2 && JumpsOnGrid(op, 2));
}

// Where truth's bits suffice for second differences.
bool IsModerate(const Point& x) {
  return std::all_of(x.begin(), x.end(), [](double each) {
    return each == 0 || (std::abs(each) > 1e-100 && std::abs(each) < 1e100);
  });
}

// The worst error of second partials at points, measured against the curve's own size: |f''|, and
// the first partial over its operand, since a second partial can be a small difference of such
// terms.
struct WorstError {
  double ulps = 0;
  Point where = {};

  void Add(Op op, const Point& x, int k, int m) {
    if (IsUndefined(op, k, m) || !SaysCurved(op, k, m)) return;
    const double magnitude = std::abs(x[static_cast<size_t>(m)]);
    const double truth = SecondPartial(op, x, k, m).Rounded();
    const double slope = RulePartial(op, x, k, RuleValue(op, x));
    const double size = std::abs(truth) + (magnitude == 0 ? 0 : std::abs(slope) / magnitude);
    if (!(size > 1e-280 && size < 1e280)) return;
    const double error = std::abs(SecondByDual(op, x, k, m) - truth) / size * 0x1p53;
    if (!(error <= ulps)) where = x;
    ulps = std::isnan(error) ? kInfinity : std::max(ulps, error);
  }
  void AddAll(Op op, const Point& x) {
    for (int k = 0; k < ArityOf(op); ++k) {
      for (int m = 0; m < ArityOf(op); ++m) Add(op, x, k, m);
    }
  }
};

TEST_P(Traits, SecondPartialsByDualAgreeWithTruth) {
  const Op op = GetParam();
  WorstError worst;
  int moderate = 0;
  for (const Point& x : SamplePoints(op, 1000, 7)) {
    if (!IsModerate(x)) continue;
    if (++moderate == 25) break;
    worst.AddAll(op, x);
  }
  EXPECT_GE(moderate, 5);
  EXPECT_LE(worst.ulps, 64) << worst.where[0] << " " << worst.where[1] << " " << worst.where[2];
}

// Zeros, ones and equal operands are where a rule takes a short cut: the value of the partial there
// isn't all that a second derivative needs.
TEST_P(Traits, SecondPartialsByDualAgreeWithTruthAtRoundNumbers) {
  const Op op = GetParam();
  WorstError worst;
  for (const Point& x : RoundPoints(op)) worst.AddAll(op, x);
  EXPECT_LE(worst.ulps, 64) << worst.where[0] << " " << worst.where[1] << " " << worst.where[2];
}

INSTANTIATE_TEST_SUITE_P(Ops, Traits, testing::ValuesIn(AllOps()), OpName());

// x^2 at 0 and the like: a partial that is zero has a tangent that isn't.
TEST(NestedDual, KeepsTheCurvatureWhereTheSlopeIsZero) {
  using DD = Dual<D>;
  const DD x(D(0.0, 1.0), D(1.0));
  EXPECT_EQ(square(x).tangent.tangent, 2);
  EXPECT_EQ((x * x).tangent.tangent, 2);
  EXPECT_EQ(cos(x).tangent.tangent, -1);
  EXPECT_EQ(pow(x, DD(2.0)).tangent.tangent, 2);
}

}  // namespace
}  // namespace wengert::truth
