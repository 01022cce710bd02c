// Function: record once, replay safely.

#include "wengert/function/function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Vars = absl::Span<const Var>;

Var Branching(Vars x) { return x[0] > x[1] ? x[0] * x[0] : x[1] * x[1] * x[1]; }

std::vector<double> GradientOf(const Function& f, const Arguments& at) {
  std::vector<double> gradient(f.inputs());
  f.Gradient(at, absl::MakeSpan(gradient));
  return gradient;
}

TEST(FunctionTest, NeverAnswersWithTheWrongBranch) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  EXPECT_EQ(f.Value({2.0, 1.0}), 4.0);
  EXPECT_EQ(f.Value({1.0, 2.0}), 8.0);
  EXPECT_THAT(GradientOf(f, {1.0, 2.0}), ElementsAre(0.0, 12.0));
  EXPECT_THAT(GradientOf(f, {3.0, 2.0}), ElementsAre(6.0, 0.0));
}

TEST(FunctionTest, AlternatingBranchesAreRecordedOnceEach) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  for (int k = 0; k < 100; ++k) {
    EXPECT_EQ(f.Value({2.0, 1.0}), 4.0);
    EXPECT_EQ(f.Value({1.0, 2.0}), 8.0);
  }
  EXPECT_EQ(f.statistics().recordings, 2);
}

TEST(FunctionTest, ValueThenGradientShareTheForwardSweep) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  const int64_t before = f.statistics().evaluations;
  EXPECT_EQ(f.Value({5.0, 1.0}), 25.0);
  EXPECT_THAT(GradientOf(f, {5.0, 1.0}), ElementsAre(10.0, 0.0));
  EXPECT_EQ(f.statistics().evaluations, before + 1);
}

TEST(FunctionTest, CacheIsBoundedAndForgetsTheLeastRecentlyUsed) {
  const auto staircase = [](Vars x) {
    Var y = 0.0;
    for (int k = 0; k < 10 && x[0] > k; ++k) y += x[0] * k;
    return y;
  };
  const Function f = Function::Record(staircase, {0.5}, {.max_traces = 3});
  for (double x : {1.5, 2.5, 3.5}) (void)f.Value({x});
  EXPECT_EQ(f.statistics().recordings, 4);
  EXPECT_EQ(f.statistics().traces, 3u);
  EXPECT_EQ(f.Value({1.5}), 1.5);
  EXPECT_EQ(f.statistics().recordings, 4) << "still kept";
  EXPECT_EQ(f.Value({0.5}), 0.0);
  EXPECT_EQ(f.statistics().recordings, 5) << "had left";
}

TEST(FunctionTest, ManyOutputsHaveProductsAndAJacobian) {
  const Function f = Function::Record(
      [](Vars x) {
        return std::vector<Var>{x[0] * x[1], sin(x[0]), Var(7.0)};
      },
      {1.0, 2.0});
  ASSERT_EQ(f.outputs(), 3u);
  std::vector<double> y(3), jv(3), jw(2);
  f.Values({0.5, 3.0}, absl::MakeSpan(y));
  EXPECT_THAT(y, ElementsAre(1.5, std::sin(0.5), 7.0));
  EXPECT_THAT(f.Jacobian({0.5, 3.0}), ElementsAre(3.0, 0.5, std::cos(0.5), 0.0, 0.0, 0.0));
  f.Jvp({0.5, 3.0}, {1.0, 2.0}, absl::MakeSpan(jv));
  EXPECT_THAT(jv, ElementsAre(4.0, std::cos(0.5), 0.0));
  f.Vjp({0.5, 3.0}, {2.0, 1.0, 5.0}, absl::MakeSpan(jw));
  EXPECT_THAT(jw, ElementsAre(6.0 + std::cos(0.5), 1.0));
}

TEST(FunctionTest, HessianIsThatOfTheBranch) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  EXPECT_THAT(f.Hessian({2.0, 1.0}), ElementsAre(2.0, 0.0, 0.0, 0.0));
  EXPECT_THAT(f.Hessian({1.0, 2.0}), ElementsAre(0.0, 0.0, 0.0, 12.0));
  std::vector<double> hv(2);
  f.Hvp({1.0, 2.0}, {5.0, 0.5}, absl::MakeSpan(hv));
  EXPECT_THAT(hv, ElementsAre(0.0, 6.0));
}

TEST(FunctionTest, ParametersChangeWithoutRecordingAgain) {
  Function f =
      Function::Record([](Vars x, Vars p) { return p[0] * x[0] * x[0] + p[1]; }, {2.0}, {3.0, 1.0});
  EXPECT_EQ(f.Value({2.0}), 13.0);
  const std::vector<double> x = {2.0}, p = {5.0, 0.0};
  EXPECT_EQ(f.Value({x, p}), 20.0);
  EXPECT_THAT(GradientOf(f, {x, p}), ElementsAre(20.0));
  EXPECT_EQ(f.Value({2.0}), 13.0) << "for that call only";
  f.SetParameters(p);
  EXPECT_EQ(f.Value({2.0}), 20.0);
  EXPECT_EQ(f.statistics().recordings, 1);
}

TEST(FunctionTest, ComparisonWithAParameterIsGuarded) {
  const Function f = Function::Record(
      [](Vars x, Vars p) { return p[0] > 0.0 ? x[0] * 2.0 : x[0] * 3.0; }, {1.0}, {1.0});
  const std::vector<double> x = {1.0}, minus = {-1.0};
  EXPECT_EQ(f.Value({x, minus}), 3.0);
}

TEST(FunctionTest, LiteralsAreSetByTheirName) {
  Function f = Function::Record(
      [](Vars x) {
        const Var rate = Parameter(0.05, "rate");
        return x[0] > 0.0 ? x[0] * rate + Parameter(9.0, "rate") : x[0] * Parameter(2.0, "loss");
      },
      {1.0});
  EXPECT_EQ(f.Value({1.0}), 0.1);
  f.Set("rate", 0.5);
  EXPECT_EQ(f.Value({1.0}), 1.0);
  EXPECT_THAT(GradientOf(f, {4.0}), ElementsAre(0.5));
  EXPECT_THROW(f.Set("loss", 1.0), UsageError) << "not met yet";
  EXPECT_EQ(f.Value({-1.0}), -2.0);
  f.Set("loss", 3.0);
  EXPECT_EQ(f.Value({-1.0}), -3.0);
  EXPECT_EQ(f.Value({2.0}), 1.5) << "recordings keep what was set";
  EXPECT_EQ(f.statistics().recordings, 2);
  EXPECT_EQ(Parameter(4.0, "rate").value(), 4.0) << "a constant outside of recordings";
}

TEST(FunctionTest, TableLookupByIndexIsGuarded) {
  static constexpr double kTable[] = {1.0, 10.0, 100.0, 1000.0};
  const Function f =
      Function::Record([](Vars x) { return x[0] * kTable[static_cast<size_t>(Index(x[0]))]; },
                       {0.5}, {.refuse_reads = true});
  EXPECT_EQ(f.Value({1.5}), 15.0);
  EXPECT_EQ(f.Value({3.25}), 3250.0);
  EXPECT_EQ(f.Value({0.25}), 0.25);
  EXPECT_EQ(f.statistics().recordings, 3);
  EXPECT_THAT(GradientOf(f, {3.5}), ElementsAre(1000.0));
  EXPECT_EQ(f.statistics().recordings, 3);
}

TEST(FunctionTest, PlainReadsAreCountedOrRefused) {
  const auto reads = [](Vars x) { return x[0] * x[0].value(); };
  EXPECT_THAT(Function::Record(reads, {2.0}).Explain(), HasSubstr("1 plain reads"));
  try {
    (void)Function::Record(reads, {2.0}, {.refuse_reads = true});
    FAIL() << "a read was let through";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("node 0 (input)"));
  }
}

TEST(FunctionTest, TapeWithoutACallableRefusesAnotherBranch) {
  auto tape = std::make_unique<Tape>();
  const std::vector<Var> x = tape->Inputs({2.0, 1.0});
  const Var y = Branching(x);
  const Function f = Function::FromTape(std::move(tape), {y});
  EXPECT_EQ(f.Value({3.0, 1.0}), 9.0);
  try {
    (void)f.Value({1.0, 2.0});
    FAIL() << "answered on another branch";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("less(node 1, node 0) before node 2"), HasSubstr("(2, 1)")));
  }
  EXPECT_EQ(f.Value({4.0, 1.0}), 16.0);
}

TEST(FunctionTest, CallableThatThrowsLeavesTheFunctionAsItWas) {
  const auto picky = [](Vars x) {
    if (x[0] < 0.0) throw std::domain_error("negative");
    return x[0] * x[0];
  };
  EXPECT_THROW(Function::Record(picky, {-1.0}), std::domain_error);
  const Function f = Function::Record(picky, {1.0});
  EXPECT_THROW((void)f.Value({-1.0}), std::domain_error);
  EXPECT_EQ(f.Value({3.0}), 9.0);
  EXPECT_EQ(f.statistics().recordings, 1);
  Tape tape;
  EXPECT_EQ(tape.Backward(tape.Input(1.0) * 2.0).Gradient(), std::vector<double>{2.0});
}

TEST(FunctionTest, CallableThatIsNoFunctionIsAnError) {
  const Function f = Function::Record(
      [calls = 0](Vars x) mutable { return x[0] < (calls++ == 0 ? 3.0 : 5.0) ? x[0] : -x[0]; },
      {0.0});
  EXPECT_EQ(f.Value({2.0}), 2.0);
  EXPECT_THROW((void)f.Value({4.0}), UsageError) << "4 < 3 was asked, 4 < 5 recorded";
}

TEST(FunctionTest, ResultsAreWrittenToWhatTheCallerHas) {
  const Function f = Function::Record([](Vars x) { return x[0] * x[1]; }, {2.0, 3.0});
  const std::vector<double> expected = {3.0, 2.0};
  std::vector<double> vector(2);
  f.Gradient({2.0, 3.0}, vector);
  EXPECT_EQ(vector, expected);
  std::array<double, 2> array = {};
  f.Gradient({2.0, 3.0}, array);
  EXPECT_EQ(std::vector<double>(array.begin(), array.end()), expected);
  double plain[3] = {};
  f.Gradient({2.0, 3.0}, {plain + 1, 2});
  EXPECT_EQ(std::vector<double>(plain + 1, plain + 3), expected);
  EXPECT_EQ(plain[0], 0.0);
  static_assert(!std::is_convertible_v<const std::vector<double>&, Results>);
  static_assert(!std::is_convertible_v<std::vector<double>, Results>);
  static_assert(!std::is_convertible_v<std::vector<float>&, Results>);
}

TEST(FunctionTest, WrongLengthsAreErrors) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  std::vector<double> two(2), three(3);
  EXPECT_THROW((void)f.Value({1.0}), UsageError);
  EXPECT_THROW((void)f.Value({two, three}), UsageError);
  EXPECT_THROW(f.Gradient(two, absl::MakeSpan(three)), UsageError);
  EXPECT_THROW(f.Jvp(two, three, absl::MakeSpan(two)), UsageError);
  EXPECT_THROW(f.Vjp(two, three, absl::MakeSpan(two)), UsageError);
  EXPECT_THROW(f.Hvp(two, two, absl::MakeSpan(three)), UsageError);
  EXPECT_THROW(f.GradientBatch(three, absl::MakeSpan(two), absl::MakeSpan(three)), UsageError);
  const Function pair = Function::Record(
      [](Vars x) {
        return std::vector<Var>{x[0], x[0]};
      },
      {1.0});
  EXPECT_THROW((void)pair.Value({1.0}), UsageError);
}

TEST(FunctionTest, BatchIsOneGradientAPoint) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  const std::vector<double> points = {2.0, 1.0, 1.0, 2.0, 3.0, 0.0};
  std::vector<double> values(3), gradients(6);
  f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  EXPECT_THAT(values, ElementsAre(4.0, 8.0, 9.0));
  EXPECT_THAT(gradients, ElementsAre(4.0, 0.0, 0.0, 12.0, 6.0, 0.0));
}

TEST(FunctionTest, DeadBranchWithAnInfinitePartialContributesZero) {
  const auto f = [](Vars x, Vars p) {
    return std::vector<Var>{0.0 * sqrt(x[0]) + x[1] * p[0], x[0] * 3.0};
  };
  const Function function = Function::Record(f, {4.0, 1.0}, {2.0});
  std::vector<double> product(2);
  function.Vjp({0.0, 1.0}, {1.0, 0.0}, absl::MakeSpan(product));
  EXPECT_THAT(product, ElementsAre(0.0, 2.0));
  function.Vjp({0.0, 1.0}, {1.0, 1.0}, absl::MakeSpan(product));
  EXPECT_THAT(product, ElementsAre(3.0, 2.0));
  function.Vjp({4.0, 1.0}, {1.0, 1.0}, absl::MakeSpan(product));
  EXPECT_THAT(product, ElementsAre(3.0, 2.0));
}

// An infinite entry of a gradient hides no NaN of the sweep over records, which multiplies 0 by the
// infinite partial: found by test/fuzz/differential.cc.
TEST(FunctionTest, AZeroContributesZeroBesideAnEntryThatIsInfinite) {
  const auto f = [](Vars x) { return log(x[0]) + 0.0 * sqrt(x[1]) + x[2]; };
  const Function function = Function::Record(f, {1.0, 1.0, 1.0});
  std::vector<double> gradient(3);
  function.Gradient({0.0, 0.0, 5.0}, absl::MakeSpan(gradient));
  EXPECT_THAT(gradient, ElementsAre(std::numeric_limits<double>::infinity(), 0.0, 1.0));
}

TEST(FunctionTest, ConstantFunctionHasAGradientOfZeros) {
  const Function f = Function::Record([](Vars) { return Var(7.0); }, {1.0, 2.0});
  std::vector<double> gradient = {5.0, 5.0};
  EXPECT_EQ(f.Gradient({3.0, 4.0}, absl::MakeSpan(gradient)), 7.0);
  EXPECT_THAT(gradient, ElementsAre(0.0, 0.0));
}

TEST(FunctionTest, NoInputsAtAll) {
  const Function f =
      Function::Record([](Vars) { return Parameter(3.0, "p") * 2.0; }, std::vector<double>{});
  EXPECT_EQ(f.Value(std::vector<double>{}), 6.0);
  EXPECT_THAT(GradientOf(f, std::vector<double>{}), ElementsAre());
}

// A tape that was marked, rewound, and met constants that became Vars.
TEST(FunctionTest, TapeOfEveryKindOfRecordIsReplayed) {
  auto tape = std::make_unique<Tape>();
  const std::vector<Var> x = tape->Inputs({2.0, 1.0});
  const Var early = x[0] * x[1];
  const Tape::Position mark = tape->Mark();
  (void)sin(early);
  tape->Rewind(mark);
  const Var constant = 5.0;
  const Var y =
      early + constant * sin(x[0]) + hypot(x[1], constant, early) + fma(x[0], constant, 0.0);
  const Function f = Function::FromTape(std::move(tape), {y, early});
  std::vector<double> values(2);
  f.Values({0.5, 3.0}, absl::MakeSpan(values));
  const double e = 1.5;
  EXPECT_EQ(values[1], e);
  EXPECT_NEAR(values[0], e + 5.0 * std::sin(0.5) + std::hypot(3.0, 5.0, e) + 0.5 * 5.0, 1e-14);
}

TEST(FunctionTest, NanTakesTheBranchesThatTheProgramTakes) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  EXPECT_EQ(f.Value({std::nan(""), 2.0}), 8.0);
  EXPECT_TRUE(std::isnan(f.Value({2.0, std::nan("")})));
}

TEST(FunctionTest, ExplainTellsWhatWasRecorded) {
  const Function f = Function::Record(Branching, {2.0, 1.0});
  (void)f.Value({1.0, 2.0});
  (void)f.Value({1.0, 3.0});
  EXPECT_THAT(f.Explain(),
              AllOf(HasSubstr("R^2 -> R^1, 0 parameters, records again when a branch changes"),
                    HasSubstr("2 evaluations, 4 nodes, 1 guards"), HasSubstr("input 2, mul 2"),
                    HasSubstr("0 evaluations, 3 nodes, 1 guards"), HasSubstr("input 2, mul 1"),
                    HasSubstr(" bytes, recorded in "), HasSubstr("tier: interpreted, ")));
}

TEST(FunctionTest, ExplainNamesParameters) {
  const Function f = Function::Record(
      [](Vars x, Vars p) { return x[0] * Parameter(0.05, "rate") * p[0] * x[0].value(); }, {2.0},
      {1.0});
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr("R^1 -> R^1, 1 parameters"), HasSubstr("rate = 0.05"),
                                 HasSubstr("1 plain reads")));
}

}  // namespace
}  // namespace wengert
