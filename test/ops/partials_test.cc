// Values and partials against truth: every operation, at seeded random points of its domain.
// WENGERT_TEST_POINTS=1000000 takes a million points of each instead of a thousand.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "test/support/op_domains.h"
#include "test/support/reference.h"
#include "test/support/rules.h"

namespace wengert::truth {
namespace {

// What the reference itself can be off by; a bound of 0 means exact.
constexpr double kTruthUlps = 1e-4;

// The largest of many errors, and where it was.
struct Worst {
  double ulps = 0;
  std::string where = "nowhere";

  void Add(double error, Op op, const Point& x, double computed, const High& truth) {
    if (error <= ulps) return;
    ulps = error;
    where = absl::StrFormat("%s(%.17g, %.17g, %.17g) is %.17g, not %.17g", InfoOf(op).text, x[0],
                            x[1], x[2], computed, truth.Rounded());
  }
};

class AgainstTruth : public testing::TestWithParam<Op> {};

TEST_P(AgainstTruth, ValueIsWithinItsBound) {
  const Op op = GetParam();
  Worst worst;
  for (const Point& x : SamplePoints(op, PointCount())) {
    const double y = RuleValue(op, x);
    const High truth = Value(op, x);
    worst.Add(UlpError(y, truth), op, x, y, truth);
  }
  RecordProperty("worst_ulps", absl::StrFormat("%.2f", worst.ulps));
  EXPECT_LE(worst.ulps, DomainOf(op).value_ulps + kTruthUlps) << worst.where;
}

// The order of a polygamma function isn't a variable: no partial.
bool IsUndefined(Op op, int k) { return op == Op::kPolygamma && k == 0; }

TEST_P(AgainstTruth, PartialsAreWithinTheirBound) {
  const Op op = GetParam();
  for (int k = 0; k < ArityOf(op); ++k) {
    Worst worst;
    for (const Point& x : SamplePoints(op, PointCount(), 2)) {
      const double computed = RulePartial(op, x, k, RuleValue(op, x));
      if (IsUndefined(op, k)) {
        EXPECT_TRUE(std::isnan(computed));
        continue;
      }
      const High truth = Partial(op, x, k);
      worst.Add(UlpError(computed, truth), op, x, computed, truth);
    }
    RecordProperty(absl::StrFormat("worst_ulps_%c", 'a' + k), absl::StrFormat("%.2f", worst.ulps));
    if (std::getenv("WENGERT_TEST_PRINT") != nullptr) {
      std::printf("%-12s d/d%c %10.2f ulp  %s\n", InfoOf(op).name, 'a' + k, worst.ulps,
                  worst.where.c_str());
    }
    EXPECT_LE(worst.ulps, DomainOf(op).partial_ulps + kTruthUlps)
        << "d/d" << char('a' + k) << " " << worst.where;
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
