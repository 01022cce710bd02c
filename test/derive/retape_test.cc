#include "wengert/derive/retape.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "test/support/functions.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vector = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Vector PrimalsOf(const Tape& tape, const std::vector<Var>& vars) {
  Vector primals;
  for (const Var& v : vars) primals.push_back(tape.Primal(v));
  return primals;
}

Vector GradientAt(const Retaped& derivative, const Vector& x) {
  EXPECT_TRUE(derivative.tape->Replay(x).ok());
  return PrimalsOf(*derivative.tape, derivative.gradient);
}

// f', f'', f''' of a function of one variable, each tape made from the one before.
Vector DerivativesAt(double point, const std::function<Var(Var)>& f) {
  Tape tape;
  const Var x = tape.Input(0.75);
  Retaped first = Retape(tape, f(x));
  Retaped second = Retape(*first.tape, first.gradient[0]);
  Retaped third = Retape(*second.tape, second.gradient[0]);
  return {GradientAt(first, {point})[0], GradientAt(second, {point})[0],
          GradientAt(third, {point})[0]};
}

void ExpectNear(const Vector& a, const Vector& b, double relative) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(a[i], b[i], relative * std::max(1.0, std::abs(b[i]))) << i;
  }
}

TEST(RetapeTest, ReplayedItIsTheGradientAtANewPoint) {
  for (const auto& [name, f, x0] : testing::Zoo()) {
    SCOPED_TRACE(name);
    Tape tape;
    const Var y = f(tape.Inputs(x0))[0];
    const Retaped derivative = Retape(tape, y);
    EXPECT_EQ(derivative.tape->inputs().size(), x0.size());
    Vector x = x0;
    for (double& each : x) each *= 1.0 + 1.0 / 64;
    for (const Vector& point : {x0, x}) {
      ASSERT_TRUE(tape.Replay(point).ok());
      tape.Backward(y);
      ExpectNear(GradientAt(derivative, point), tape.Backward(y).Gradient(), 1e-14);
    }
  }
}

TEST(RetapeTest, ADerivativeTapeHasAtMostFiveTimesTheNodesOfItsSource) {
  for (const auto& [name, f, x0] : testing::Zoo()) {
    Tape tape;
    const Var y = f(tape.Inputs(x0))[0];
    const Retaped derivative = Retape(tape, y);
    EXPECT_LE(derivative.tape->size(), 5 * tape.size()) << name;
    RecordProperty(name,
                   std::to_string(derivative.tape->size()) + "/" + std::to_string(tape.size()));
  }
}

TEST(RetapeTest, ConstantZerosAndOnesMakeNoNodes) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0});
  const Retaped linear = Retape(tape, x[0] + x[1] - 2.0 * x[2]);
  EXPECT_EQ(linear.tape->size(), 3u);
  EXPECT_EQ(PrimalsOf(*linear.tape, linear.gradient), (Vector{1, 1, -2}));
  const Retaped product = Retape(tape, x[0] * x[1] + 0.0 * x[2]);
  EXPECT_EQ(product.tape->size(), 3u);  // the gradient is (x1, x0, 0)
  EXPECT_EQ(PrimalsOf(*product.tape, product.gradient), (Vector{2, 1, 0}));
}

TEST(RetapeTest, RepeatedItGivesHigherDerivatives) {
  const double x = 1.25;
  ExpectNear(DerivativesAt(x, [](Var v) { return v * v * v * v * v; }),
             {5 * std::pow(x, 4), 20 * std::pow(x, 3), 60 * x * x}, 1e-15);
  ExpectNear(DerivativesAt(x, [](Var v) { return pow(v, 2.5); }),
             {2.5 * std::pow(x, 1.5), 3.75 * std::sqrt(x), 1.875 / std::sqrt(x)}, 1e-14);
  const double e = std::exp(2 * x), s = std::sin(x), c = std::cos(x);
  ExpectNear(DerivativesAt(x, [](Var v) { return exp(2.0 * v); }), {2 * e, 4 * e, 8 * e}, 1e-15);
  ExpectNear(DerivativesAt(x, [](Var v) { return sin(v); }), {c, -s, -c}, 1e-15);
  ExpectNear(DerivativesAt(x, [](Var v) { return log(v); }), {1 / x, -1 / (x * x), 2 / (x * x * x)},
             1e-14);
  const double t = std::tanh(x), u = 1 - t * t;
  ExpectNear(DerivativesAt(x, [](Var v) { return tanh(v); }), {u, -2 * t * u, (6 * t * t - 2) * u},
             1e-14);
  const double q = 1 + x * x;
  ExpectNear(DerivativesAt(x, [](Var v) { return atan(v); }),
             {1 / q, -2 * x / (q * q), (6 * x * x - 2) / (q * q * q)}, 1e-14);
}

// Zeros, ones and equal operands, where a rule may take a short cut.
TEST(RetapeTest, SecondPartialsOfEveryOperationAtRoundNumbersAreTruth) {
  Workspace workspace;
  for (const Op op : truth::AllOps()) {
    if (op == Op::kPolygamma) continue;  // its order isn't a variable
    const auto n = static_cast<size_t>(ArityOf(op));
    for (const truth::Point& x : truth::RoundPoints(op)) {
      Tape tape;
      std::array<Var, 3> inputs;
      for (size_t k = 0; k < n; ++k) inputs[k] = tape.Input(x[k]);
      const Retaped derivative = Retape(tape, truth::RuleValue(op, inputs));
      Vector seconds(n * n), expected;
      Jacobian(*derivative.tape, derivative.gradient, absl::MakeSpan(seconds), workspace);
      for (size_t k = 0; k < n * n; ++k) {
        expected.push_back(
            truth::SecondPartial(op, x, static_cast<int>(k / n), static_cast<int>(k % n))
                .Rounded());
      }
      SCOPED_TRACE(absl::StrFormat("%s %g %g %g", InfoOf(op).text, x[0], x[1], x[2]));
      ExpectNear(seconds, expected, 1e-12);
    }
  }
}

TEST(RetapeTest, APowerWithAZeroExponentThatMovesHasItsThirdDerivatives) {
  Tape tape;
  const double a = 2.0;
  const std::vector<Var> x = tape.Inputs({a, 0.0});
  const Retaped by_base = Retape(tape, pow(x[0], x[1]));
  Vector product(2);
  Workspace workspace;
  Hvp(*by_base.tape, by_base.gradient[0], {0, 1}, absl::MakeSpan(product), workspace);
  ExpectNear(product, {-1 / (a * a), 2 * std::log(a) / a}, 1e-15);
  Hvp(*by_base.tape, by_base.gradient[1], {1, 0}, absl::MakeSpan(product), workspace);
  ExpectNear(product, {-1 / (a * a), 2 * std::log(a) / a}, 1e-15);
}

TEST(RetapeTest, MixedThirdDerivativesAreTheClosedForms) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({0.5, 2.0});
  const Retaped first = Retape(tape, sin(x[0]) * exp(x[0] * x[1]));
  const Retaped second = Retape(*first.tape, first.gradient[0]);   // d/dx0
  const Retaped third = Retape(*second.tape, second.gradient[1]);  // d2/dx0 dx1
  const double a = 0.7, b = -0.4, e = std::exp(a * b), s = std::sin(a), c = std::cos(a);
  // f01 = e (c a + s + s a b); f010 and f011 by the product rule.
  ExpectNear(GradientAt(third, {a, b}),
             {e * (b * (c * a + s + s * a * b) - s * a + 2 * c + c * a * b + s * b),
              e * (a * (c * a + s + s * a * b) + s * a)},
             1e-14);
}

TEST(RetapeTest, ANanSeedReachesTheInputsOfItsDependentOnly) {
  Tape source;
  const std::vector<Var> x = source.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[0], x[1] * x[1]};
  source.Stop();
  Tape tape;
  const Var nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Var> g = RecordVjp(source, y, {nan, 1.0}, tape.Inputs({2.0, 3.0}));
  EXPECT_TRUE(std::isnan(g[0].value()));
  EXPECT_EQ(g[1].value(), 6.0);
}

TEST(RetapeTest, AZeroAdjointStaysZeroAgainstAnInfinitePartial) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  const Var y = Where(Less(x[1], 0.0), sqrt(x[0]), x[0] * x[1]);
  const Retaped exact = Retape(tape, y);
  EXPECT_EQ(GradientAt(exact, {0, 3}), (Vector{3, 0}));
  EXPECT_EQ(GradientAt(exact, {0, -3})[0], kInfinity);
  const Retaped second = Retape(*exact.tape, exact.gradient[0]);
  EXPECT_EQ(GradientAt(second, {0, 3}), (Vector{0, 1}));
  const Retaped finite = Retape(tape, y, {.assume_finite = true});
  EXPECT_TRUE(std::isnan(GradientAt(finite, {0, 3})[0]));
  EXPECT_EQ(GradientAt(finite, {4, 3}), (Vector{3, 4}));
}

TEST(RetapeTest, AnAdjointThatHappensToBeZeroStillHasADerivative) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({0.0, 3.0});
  const Retaped first = Retape(tape, x[0] * exp(x[1]));  // d/dx1 = x0 e^x1, zero here
  const Retaped second = Retape(*first.tape, first.gradient[1]);
  EXPECT_EQ(GradientAt(second, {0, 3}), (Vector{std::exp(3.0), 0}));
}

TEST(RetapeTest, GuardsOfTheSourceGuardTheDerivative) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  const Retaped derivative = Retape(tape, x[0] * 2.0 < x[1] + 1.0 ? x[0] * x[0] : x[1]);
  EXPECT_TRUE(derivative.tape->Replay({1.25, 2}).ok());
  EXPECT_FALSE(derivative.tape->Replay({2, 2}).ok());
}

TEST(RetapeTest, AGradientCanBePartOfTheFunctionThatIsRecorded) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  const Var y = x[0] * x[0] * x[1];  // gradient (2 x0 x1, x0^2) = (12, 4)
  const Var one = 1.0;
  const std::vector<Var> g = RecordVjp(tape, {&y, 1}, {&one, 1}, x);
  const Var penalty = g[0] * g[0] + g[1] * g[1];
  EXPECT_EQ(penalty.value(), 160);
  // d penalty / d x = 2 H g = 2 (6 4; 4 0) (12 4)
  EXPECT_EQ(tape.Backward(penalty).Gradient(), (Vector{2 * (72 + 16), 2 * 48}));
}

TEST(RetapeTest, SeedsCanBeVars) {
  Tape source;
  const std::vector<Var> x = source.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[1], exp(x[0]), Var(3.0)};
  source.Stop();
  Tape tape;
  const std::vector<Var> z = tape.Inputs({2.0, 3.0, 10.0});
  const std::vector<Var> seeds = {z[2], 0.0, z[2]};
  const std::vector<Var> g = RecordVjp(source, y, seeds, {z[0], z[1]});
  EXPECT_EQ(PrimalsOf(tape, g), (Vector{30, 20}));
  ASSERT_TRUE(tape.Replay({5, 7, 100}).ok());
  EXPECT_EQ(PrimalsOf(tape, g), (Vector{700, 500}));
}

TEST(RetapeTest, RerecordingLeavesOutWhatIsNotNeeded) {
  Tape source;
  const std::vector<Var> x = source.Inputs({2.0, 3.0});
  Var dead = x[0];
  for (int k = 0; k < 10; ++k) dead = sin(dead);
  const Var y = x[0] * x[1] + 1.0;
  source.Stop();
  Tape tape;
  const std::vector<Var> z = tape.Inputs({4.0, 5.0});
  const std::vector<Var> again = Rerecord(source, {y, Var(7.0)}, z);
  EXPECT_EQ(tape.size(), 4u);
  EXPECT_EQ(again[0].value(), 21.0);
  EXPECT_TRUE(again[1].is_constant());
}

TEST(RetapeTest, MisuseIsAnErrorAndTheRecordingTapeIsAsBefore) {
  Tape source;
  const std::vector<Var> x = source.Inputs({2.0, 3.0});
  const Var y = x[0] < x[1] ? x[0] * x[1] : x[0];
  source.Stop();
  Tape tape;
  const std::vector<Var> z = tape.Inputs({4.0, 1.0});
  const Var one = 1.0;
  EXPECT_THROW(Rerecord(source, {&y, 1}, {&one, 1}), UsageError);
  EXPECT_THROW(Rerecord(source, {&one, 1}, z), UsageError);  // the branch isn't taken there
  EXPECT_THROW(RecordVjp(source, {&y, 1}, {}, z), UsageError);
  EXPECT_THROW(RecordVjp(source, {&z[0], 1}, {&one, 1}, {x[1], x[0]}), UsageError);
  EXPECT_EQ(tape.size(), 2u);
  EXPECT_EQ((z[0] + z[1]).value(), 5.0);  // and still the one that records
}

}  // namespace
}  // namespace wengert
