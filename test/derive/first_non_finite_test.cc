#include "wengert/derive/first_non_finite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "wengert/base/check.h"
#include "wengert/tape/custom.h"
#include "wengert/tape/record.h"

namespace wengert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNan;

constexpr double kHuge = std::numeric_limits<double>::max();
using Vars = absl::Span<const Var>;

TEST(FirstNonFiniteTest, NothingIsFoundWhereEverythingIsFinite) {
  const NonFinite found = FirstNonFinite([](Vars x) { return log(x[0]) * x[1]; }, {2.0, 3.0});
  EXPECT_FALSE(found.found());
  EXPECT_EQ(found.report, "everything is finite\n");
}

TEST(FirstNonFiniteTest, TheFirstPrimalIsNamedNotWhatItSpreadsTo) {
  const NonFinite found = FirstNonFinite(
      [](Vars x) {
        const Var difference = x[0] - x[1];
        return exp(log(difference) * x[0]) + 1.0;
      },
      {2.0, 3.0});
  ASSERT_TRUE(found.primal.has_value());
  EXPECT_EQ(found.primal->node, 3u);
  EXPECT_EQ(found.primal->operation, "log");
  EXPECT_THAT(found.primal->operands, ElementsAre(Operand::Node(2)));
  EXPECT_THAT(found.primal->primals, ElementsAre(-1.0));
  EXPECT_THAT(found.primal->primal, IsNan());
  EXPECT_THAT(found.report, HasSubstr("primal that isn't finite: v3 = log(v2 = -1) = "));
}

TEST(FirstNonFiniteTest, ConstantsAreShownAsNumbers) {
  const NonFinite found = FirstNonFinite([](Vars x) { return x[0] / 0.0; }, {2.0});
  EXPECT_THAT(found.report, HasSubstr("v1 = div(v0 = 2, 0) = inf"));
}

TEST(FirstNonFiniteTest, ParametersAreConstants) {
  const std::vector<double> x = {2.0}, p = {0.0};
  const NonFinite found = FirstNonFinite([](Vars u, Vars q) { return u[0] / q[0]; }, x, p);
  EXPECT_THAT(found.report, HasSubstr("v1 = div(v0 = 2, 0) = inf"));
  EXPECT_FALSE(FirstNonFinite([](Vars u, Vars q) { return u[0] * q[0]; }, x, p).found());
}

TEST(FirstNonFiniteTest, AnOutputThatIsAConstantIsLookedAt) {
  const NonFinite nan = FirstNonFinite([](Vars) { return Var(kNaN); }, {1.0});
  EXPECT_TRUE(nan.found());
  EXPECT_FALSE(nan.primal.has_value() || nan.adjoint.has_value());
  ASSERT_TRUE(nan.constant.has_value());
  EXPECT_THAT(*nan.constant, IsNan());
  EXPECT_EQ(nan.report, "the output isn't finite: it is the constant nan\n");
  const std::vector<double> x = {1.0}, p = {0.0};
  EXPECT_EQ(FirstNonFinite([](Vars, Vars q) { return -1.0 / q[0]; }, x, p).report,
            "the output isn't finite: it is the constant -inf\n");
  EXPECT_FALSE(FirstNonFinite([](Vars) { return Var(2.0); }, {1.0}).found());
}

TEST(FirstNonFiniteTest, AnOutputThatIsAConstantIsNamedAfterTheFirstPrimal) {
  const NonFinite found = FirstNonFinite(
      [](Vars x) {
        (void)log(x[0]);
        return Var(kNaN);
      },
      {-1.0});
  EXPECT_TRUE(found.primal.has_value() && found.constant.has_value());
  EXPECT_EQ(found.report,
            "first primal that isn't finite: v1 = log(v0 = -1) = nan\n"
            "the output isn't finite: it is the constant nan\n");
}

TEST(FirstNonFiniteTest, OfSeveralOutputsEachIsLookedAt) {
  const auto f = [](Vars x) {
    return std::vector<Var>{x[0] * x[1], sqrt(x[1]), Var(1.0), Var(-kNaN), Var(kHuge) * 2.0};
  };
  const NonFinite found = FirstNonFinite(f, {1.0, 0.0});
  EXPECT_FALSE(found.primal.has_value());
  ASSERT_TRUE(found.adjoint.has_value() && found.constant.has_value());
  EXPECT_EQ(found.adjoint->from->operation, "sqrt");
  EXPECT_EQ(found.constant_output, 3u);
  EXPECT_THAT(found.report, HasSubstr("\noutput 3 isn't finite: it is the constant nan\n"));
  const std::vector<double> x = {1.0}, p = {-1.0};
  const NonFinite none = FirstNonFinite([](Vars, Vars) { return std::vector<Var>(); }, x, p);
  EXPECT_FALSE(none.found());
  EXPECT_THAT(FirstNonFinite(
                  [](Vars u, Vars q) {
                    return std::vector<Var>{u[0], log(u[0] * q[0])};
                  },
                  x, p)
                  .report,
              HasSubstr("v2 = log(v1 = -1) = nan"));
}

TEST(FirstNonFiniteTest, AnInputThatIsNotFiniteIsTheFirst) {
  const NonFinite found = FirstNonFinite([](Vars x) { return exp(x[0] * x[1]); }, {1.0, kNaN});
  ASSERT_TRUE(found.primal.has_value());
  EXPECT_EQ(found.primal->node, 1u);
  EXPECT_EQ(found.primal->operation, "input");
}

TEST(FirstNonFiniteTest, OfAnAdjointTheOperationIsNamedWhosePartialIsNotFinite) {
  const NonFinite found =
      FirstNonFinite([](Vars x) { return x[1] * sqrt(x[0] * x[0]); }, {0.0, 3.0});
  EXPECT_FALSE(found.primal.has_value());
  ASSERT_TRUE(found.adjoint.has_value());
  EXPECT_EQ(found.adjoint->node, 2u);
  ASSERT_TRUE(found.adjoint->from.has_value());
  EXPECT_EQ(found.adjoint->from->node, 3u);
  EXPECT_EQ(found.adjoint->from->operation, "sqrt");
  EXPECT_EQ(found.adjoint->operand, 0u);
  EXPECT_EQ(found.adjoint->from_adjoint, 3.0);
  EXPECT_THAT(found.report, HasSubstr("inf at v2, by the partial towards operand 0 of v3 = sqrt("));
}

TEST(FirstNonFiniteTest, TheOperandIsTheOneWhosePartialIsNotFinite) {
  const NonFinite found = FirstNonFinite([](Vars x) { return pow(x[0], x[1]); }, {0.0, 0.5});
  ASSERT_TRUE(found.adjoint.has_value());
  ASSERT_TRUE(found.adjoint->from.has_value());
  EXPECT_EQ(found.adjoint->from->operation, "pow");
  EXPECT_EQ(found.adjoint->from->operands[found.adjoint->operand],
            Operand::Node(found.adjoint->node));
}

TEST(FirstNonFiniteTest, ASumThatOverflowsHasNoSingleOperation) {
  const NonFinite found =
      FirstNonFinite([](Vars x) { return 1e-300 * x[0] * kHuge + 1e-300 * x[0] * kHuge; }, {1e-10});
  EXPECT_FALSE(found.found());
  const NonFinite overflow =
      FirstNonFinite([](Vars x) { return x[0] * kHuge + x[0] * kHuge; }, {1e-10});
  ASSERT_TRUE(overflow.adjoint.has_value());
  EXPECT_EQ(overflow.adjoint->node, 0u);
  EXPECT_FALSE(overflow.adjoint->from.has_value());
  EXPECT_THAT(overflow.report, HasSubstr("a sum of finite contributions overflows"));
}

TEST(FirstNonFiniteTest, AUsersOperationIsNamed) {
  const CustomOperation reciprocal({
      .name = "reciprocal",
      .value = [](auto x, auto y) { y[0] = 1 / x[0]; },
      .vjp = [](auto x, auto, auto y_bar, auto x_bar) { x_bar[0] = -y_bar[0] / (x[0] * x[0]); },
  });
  const auto f = [&](Vars x) { return reciprocal({x[0] + 0.0})[0]; };
  EXPECT_THAT(FirstNonFinite(f, {0.0}).report, HasSubstr("= reciprocal(v"));
  const NonFinite found = FirstNonFinite(f, {1e-200});
  EXPECT_FALSE(found.primal.has_value());
  EXPECT_THAT(found.report, HasSubstr("operand 0 of v2 = reciprocal(v1 = "));
}

TEST(FirstNonFiniteTest, AtANewPointTheReplayedPrimalsCount) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const Var y = log(x);
  EXPECT_FALSE(FirstNonFinite(tape, &tape.Backward(y)).found());
  ASSERT_TRUE(tape.Replay({-1.0}).ok());
  EXPECT_TRUE(FirstNonFinite(tape).primal.has_value());
  EXPECT_FALSE(FirstNonFinite(tape).adjoint.has_value());
}

TEST(FirstNonFiniteTest, AdjointsOfAnotherTapeAreMisuse) {
  Tape tape;
  const Var y = exp(tape.Input(1.0));
  const Adjoints& adjoints = tape.Backward(y);
  const Tape other;
  EXPECT_THROW(FirstNonFinite(other, &adjoints), UsageError);
}

TEST(FirstNonFiniteTest, ALongTapeTakesOneWalk) {
  Tape tape;
  Var y = tape.Input(2.0);
  for (int k = 0; k < 100000; ++k) y = y * 1.001;
  const Var root = sqrt(y - y);
  const NonFinite found = FirstNonFinite(tape, &tape.Backward(root));
  ASSERT_TRUE(found.adjoint.has_value());
  EXPECT_EQ(found.adjoint->from->operation, "sqrt");
}

}  // namespace
}  // namespace wengert
