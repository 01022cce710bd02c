// FirstNonFinite of a Function looks through the trace that a point belongs to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::HasSubstr;

constexpr double kInf = std::numeric_limits<double>::infinity();
using Vars = absl::Span<const Var>;

Var LogsSum(Vars x) {
  Var sum = 0.0;
  for (const Var& each : x) sum += log(each);
  return sum;
}

TEST(NonFiniteOfFunctionTest, ThePointCountsNotTheRecording) {
  const Function f = Function::Record([](Vars x) { return log(x[0]) * x[1]; }, {2.0, 3.0});
  const NonFinite fine = FirstNonFinite(f, {2.0, 3.0});
  EXPECT_FALSE(fine.found());
  EXPECT_EQ(fine.report, "everything is finite\n");
  const NonFinite found = FirstNonFinite(f, {-1.0, 3.0});
  ASSERT_TRUE(found.primal.has_value());
  EXPECT_EQ(found.primal->operation, "log");
  EXPECT_THAT(found.report, HasSubstr("v2 = log(v0 = -1) = nan"));
}

TEST(NonFiniteOfFunctionTest, OneThatIsCompiledIsLookedThroughByNodes) {
  std::vector<double> x(200, 2.0), g(200);
  const Function f = Function::Record(LogsSum, x, {.compile_after = 0});
  (void)f.Gradient(x, g);
  ASSERT_EQ(f.statistics().compiled_evaluations, 1);
  x[77] = 0.0;
  EXPECT_EQ(f.Gradient(x, g), -kInf);
  EXPECT_EQ(g[77], kInf);
  const NonFinite found = FirstNonFinite(f, x);
  EXPECT_THAT(found.report, HasSubstr("log(v77 = 0) = -inf"));
  EXPECT_THAT(found.report, HasSubstr("first adjoint that isn't finite: inf at v77"));
  x[77] = 1.0;
  EXPECT_FALSE(FirstNonFinite(f, x).found());
}

TEST(NonFiniteOfFunctionTest, TheBranchIsThatOfThePoint) {
  const Function f =
      Function::Record([](Vars x) { return x[0] > 0.0 ? sqrt(x[0]) : 1.0 / (x[0] * 0.0); }, {4.0});
  EXPECT_FALSE(FirstNonFinite(f, {1.0}).found());
  EXPECT_THAT(FirstNonFinite(f, {-1.0}).report, HasSubstr("= div(1, v"));
  EXPECT_EQ(f.statistics().recordings, 2);
}

TEST(NonFiniteOfFunctionTest, ParametersAreOfTheCall) {
  const std::vector<double> x = {2.0}, zero = {0.0};
  const Function f = Function::Record([](Vars u, Vars p) { return u[0] / p[0]; }, {1.0}, {3.0});
  EXPECT_FALSE(FirstNonFinite(f, x).found());
  EXPECT_THAT(FirstNonFinite(f, {x, zero}).report, HasSubstr("= div(v0 = 2, v1 = 0) = inf"));
}

TEST(NonFiniteOfFunctionTest, EveryOutputIsLookedAt) {
  const Function f = Function::Record(
      [](Vars x) {
        return std::vector<Var>{x[0] * x[1], Var(1.0), square(x[0]), hypot(x[0], x[1]) / x[1],
                                Var(-kInf),  Var(kInf)};
      },
      {1.0, 2.0});
  const NonFinite constant = FirstNonFinite(f, {1.0, 2.0});
  ASSERT_TRUE(constant.constant.has_value());
  EXPECT_EQ(constant.constant_output, 4u);
  EXPECT_EQ(constant.report, "output 4 isn't finite: it is the constant -inf\n");
  EXPECT_THAT(FirstNonFinite(f, {1.0, 0.0}).report, HasSubstr("first primal that isn't finite: v"));
}

TEST(NonFiniteOfFunctionTest, OutputsThatCancelAreLookedAtOneByOne) {
  const Function f = Function::Record(
      [](Vars x) {
        const Var s = sqrt(x[0]);
        return std::vector<Var>{x[1], s, -s};
      },
      {1.0, 2.0});
  EXPECT_FALSE(FirstNonFinite(f, {1.0, 2.0}).found());
  const NonFinite found = FirstNonFinite(f, {0.0, 2.0});
  ASSERT_TRUE(found.adjoint.has_value());
  EXPECT_EQ(found.adjoint->output, 1u);
  EXPECT_THAT(
      found.report,
      HasSubstr("first adjoint that isn't finite from output 1: inf at v0, by the partial "));
}

TEST(NonFiniteOfFunctionTest, OutputsThatAreLargeArentAddedUp) {
  const Function f =
      Function::Record([](Vars x) { return std::vector<Var>(20, 1.5e308 * x[0]); }, {0.5});
  EXPECT_EQ(FirstNonFinite(f, {0.5}).report, "everything is finite\n");
}

TEST(NonFiniteOfFunctionTest, TheLastOfManyOutputsIsFound) {
  const Function f = Function::Record(
      [](Vars x) {
        std::vector<Var> y(20, x[0]);
        y.push_back(sqrt(x[1]));
        return y;
      },
      {1.0, 1.0});
  EXPECT_EQ(FirstNonFinite(f, {1.0, 0.0}).adjoint->output, 20u);
}

TEST(NonFiniteOfFunctionTest, NobodyDifferentiatesByAParameter) {
  const std::vector<double> x = {2.0}, zero = {0.0};
  const auto f = [](Vars u, Vars p) { return u[0] * sqrt(2.0 * p[0]); };
  EXPECT_FALSE(FirstNonFinite(Function::Record(f, x, x), {x, zero}).found());
  EXPECT_FALSE(FirstNonFinite(f, x, zero).found());
}

TEST(NonFiniteOfFunctionTest, AnOperationWithoutReverseHasPrimals) {
  const CustomOperation root({.name = "root", .value = [](auto x, auto y) { y[0] = x[0] - kInf; }});
  const auto f = [&](Vars x) { return root({x[0] + 0.0})[0]; };
  EXPECT_THAT(FirstNonFinite(Function::Record(f, {1.0}), {2.0}).report,
              HasSubstr("= root(v1 = 2) = -inf"));
  EXPECT_THAT(FirstNonFinite(f, {2.0}).report, HasSubstr("= root(v1 = 2) = -inf"));
}

TEST(NonFiniteOfFunctionTest, ALoadedOneIsLookedThrough) {
  const Function f = Function::Record([](Vars x) { return sqrt(x[0] - 1.0); }, {2.0});
  absl::StatusOr<Function> loaded = Function::FromBytes(*f.ToBytes());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(FirstNonFinite(*loaded, {1.0}).report,
              HasSubstr("by the partial towards operand 0 of v2 = sqrt(v1 = 0) = 0, of adjoint 1"));
}

TEST(NonFiniteOfFunctionTest, APointOfAnotherLengthIsMisuse) {
  const Function f = Function::Record([](Vars x) { return x[0]; }, {2.0});
  EXPECT_THROW((void)FirstNonFinite(f, {1.0, 2.0}), UsageError);
}

}  // namespace
}  // namespace wengert
