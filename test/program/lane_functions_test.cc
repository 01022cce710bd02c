// The value and the partials of every operation in lanes: within the bounds of lane_functions.inc
// of the scalar rules, at random points of the operation's domain and where numbers are special;
// the same bits with AVX2 and AVX-512, and in every lane. WENGERT_LONG_TESTS=1 takes a million
// points of each instead of a thousand, and prints how far each operation is from its rule.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "test/program/lane_runner.h"
#include "test/support/loses_digits.h"
#include "test/support/reference.h"
#include "test/support/rules.h"

namespace wengert::program {
namespace {

using truth::Point;

bool IsLong() { return std::getenv("WENGERT_LONG_TESTS") != nullptr; }

// Of each operation.
int Count() {
  const bool is_given = std::getenv("WENGERT_TEST_POINTS") != nullptr;
  return IsLong() && !is_given ? 1'000'000 : truth::PointCount();
}

struct Bounds {
  double value_ulps = 0;
  double partial_ulps = 0;
};

Bounds BoundsOf(Op op) {
  switch (op) {
#define LANES(Name, formula, value_ulps, partial_ulps) \
  case Op::k##Name:                                    \
    return {value_ulps, partial_ulps};
#define SLEEF(Name, function, version, usable, value_ulps, partial_ulps) \
  LANES(Name, , value_ulps, partial_ulps)
#define SLEEF2(Name, function, version, usable, value_ulps, partial_ulps) \
  LANES(Name, , value_ulps, partial_ulps)
#define MVEC(Name, function, version, value_ulps, partial_ulps) \
  LANES(Name, , value_ulps, partial_ulps)
#include "wengert/ops/lane_functions.inc"
    default:
      return {};
  }
}

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kTiny = std::numeric_limits<double>::min();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();

// Of both signs: zero, infinity, NaN, subnormals, ends of ranges, ties, where functions change.
std::vector<double> SpecialNumbers(int arity) {
  std::vector<double> sizes = {0, HUGE_VAL, std::nan(""), kLeast, 1e-310, 0.5, 1, 2, 3, 36, kMax};
  if (arity < 3) {
    for (double x : {kTiny, 1e-300, 1e-20, 0.25,  1.5,   2.5,   22.0,  30.0, 172.0,
                     345.0, 500.0,  708.9, 709.7, 709.9, 745.0, 746.0, 1e5,  4503599627370495.5,
                     1e15,  1e16,   1e22,  1e50,  1e100, 1e160, 1e200, 1e300}) {
      sizes.push_back(x);
    }
  }
  std::vector<double> numbers;
  for (double x : sizes) {
    numbers.push_back(x);
    numbers.push_back(-x);
  }
  return numbers;
}

std::vector<Point> SpecialPoints(Op op) {
  const int arity = ArityOf(op);
  const std::vector<double> numbers = SpecialNumbers(arity);
  const std::vector<double> none = {0};
  std::vector<Point> points;
  for (double a : numbers) {
    for (double b : arity > 1 ? numbers : none) {
      for (double c : arity > 2 ? numbers : none) points.push_back({a, b, c});
    }
  }
  return points;
}

// An instruction of every kind there is of `op`: the value and each partial.
struct Case {
  std::string name;
  uint32_t code;
  std::vector<std::vector<double>> operands;
  std::vector<double> expected;
  double ulps;
};

std::vector<Case> CasesOf(Op op, const std::vector<Point>& points) {
  const auto number = static_cast<uint32_t>(op);
  const size_t arity = static_cast<size_t>(ArityOf(op));
  const std::string name = InfoOf(op).name;
  Case value = {name, kValue + number, {}, {}, BoundsOf(op).value_ulps};
  value.operands.resize(arity);
  for (const Point& x : points) {
    for (size_t k = 0; k < arity; ++k) value.operands[k].push_back(x[k]);
    value.expected.push_back(truth::RuleValue<double>(op, x));
  }
  std::vector<Case> cases = {value};
  for (size_t k = 0; k < arity; ++k) {
    Case partial = {name + "'s partial " + std::to_string(k),
                    kPartial + 3 * number + static_cast<uint32_t>(k),
                    value.operands,
                    {},
                    BoundsOf(op).partial_ulps};
    partial.operands.push_back(value.expected);
    for (size_t i = 0; i < points.size(); ++i) {
      partial.expected.push_back(
          truth::RulePartial<double>(op, points[i], static_cast<int>(k), value.expected[i]));
    }
    cases.push_back(partial);
  }
  return cases;
}

std::string At(const Case& each, size_t i) {
  std::string at;
  for (const auto& operand : each.operands) absl::StrAppendFormat(&at, " %.17g", operand[i]);
  return at;
}

// How far the kernels of all widths are from the scalar rule.
struct Tally {
  size_t compared = 0, failed = 0;
  double farthest = 0;
  std::string where = " nowhere";

  void Add(const Case& each, const LaneKernels& kernels, bool singular_is_exact) {
    const std::vector<double> computed = RunOverArrays(kernels, each.code, each.operands);
    for (size_t i = 0; i < computed.size(); ++i) {
      const double distance = Distance(computed[i], each.expected[i], singular_is_exact);
      if (distance > farthest) {
        farthest = distance;
        where = absl::StrFormat("%s (%s): %.17g, not %.17g", At(each, i), kernels.name, computed[i],
                                each.expected[i]);
      }
      failed += !(distance <= each.ulps);
    }
    compared += computed.size();
  }
};

void ExpectWithin(const Case& each, bool singular_is_exact) {
  Tally tally;
  for (const LaneKernels& kernels : AllKernels()) tally.Add(each, kernels, singular_is_exact);
  if (IsLong() && !singular_is_exact) {
    std::printf("%-22s %7zu compared, %zu failed, at most %.0f of %.0f doubles away:%s\n",
                each.name.c_str(), tally.compared, tally.failed, tally.farthest, each.ulps,
                tally.where.c_str());
  }
  EXPECT_EQ(tally.failed, 0u) << each.name << ": " << tally.farthest << " doubles away at"
                              << tally.where;
}

class EveryOperation : public testing::TestWithParam<Op> {};

TEST_P(EveryOperation, IsItsScalarRuleWithinTheBound) {
  std::vector<Point> points = truth::SamplePoints(GetParam(), Count() + Count() / 20);
  const auto left_out =
      std::erase_if(points, [](const Point& x) { return truth::LosesDigits(GetParam(), x); });
  if (IsLong() && left_out > 0) {
    std::printf("%zu points left out, where %s is what cancellation left\n", left_out,
                InfoOf(GetParam()).name);
  }
  for (const Case& each : CasesOf(GetParam(), points)) ExpectWithin(each, false);
}

TEST_P(EveryOperation, HasTheScalarRulesSpecialValues) {
  for (const Case& each : CasesOf(GetParam(), SpecialPoints(GetParam()))) ExpectWithin(each, true);
}

TEST_P(EveryOperation, HasTheSameBitsWithAvx2AndAvx512) {
  const std::vector<LaneKernels> kernels = AllKernels();
  if (kernels.size() < 3) GTEST_SKIP() << "this machine has no AVX-512";
  auto points = truth::SamplePoints(GetParam(), Count(), 2);
  for (const Point& x : SpecialPoints(GetParam())) points.push_back(x);
  for (const Case& each : CasesOf(GetParam(), points)) {
    const auto avx2 = RunOverArrays(kernels[1], each.code, each.operands);
    const auto avx512 = RunOverArrays(kernels[2], each.code, each.operands);
    for (size_t i = 0; i < points.size(); ++i) {
      ASSERT_TRUE(truth::SameBits(avx2[i], avx512[i]))
          << each.name << ": " << avx2[i] << " and " << avx512[i];
    }
  }
}

// Among special numbers, where packs take different branches, an operand moves to another lane and
// has other neighbours there: the result mustn't change.
TEST_P(EveryOperation, DoesNotDependOnTheLaneOrItsNeighbours) {
  auto points = SpecialPoints(GetParam());
  for (const Case& each : CasesOf(GetParam(), points)) {
    Case shifted = each;
    for (auto& operand : shifted.operands) operand.insert(operand.begin(), 3, 0.75);
    for (const LaneKernels& kernels : AllKernels()) {
      const auto there = RunOverArrays(kernels, each.code, each.operands);
      const auto elsewhere = RunOverArrays(kernels, each.code, shifted.operands);
      for (size_t i = 0; i < points.size(); ++i) {
        ASSERT_TRUE(truth::SameBits(there[i], elsewhere[i + 3]))
            << each.name << " with " << kernels.name;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, EveryOperation, testing::ValuesIn(truth::AllOps()),
                         truth::OpName());

}  // namespace
}  // namespace wengert::program
