// Adjoints at the ends of the range: products of partials that underflow or overflow though the
// derivative doesn't, and operands that an operation doesn't look at.

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

constexpr double kInf = std::numeric_limits<double>::infinity();

Vector OfTape(Var (*f)(Vars), const Vector& x) {
  Tape tape;
  const Var y = f(tape.Inputs(x));
  return tape.Backward(y).Gradient();
}

Vector OfFunction(Var (*f)(Vars), const Vector& x, int64_t compile_after) {
  const Function function = Function::Record(f, x, {.compile_after = compile_after});
  Vector gradient(x.size());
  function.Gradient(x, gradient);
  return gradient;
}

void ExpectNear(const Vector& found, const Vector& expected) {
  for (size_t k = 0; k < expected.size(); ++k) {
    if (found[k] == expected[k]) continue;
    EXPECT_NEAR(found[k], expected[k], 1e-15 * std::abs(expected[k])) << k;
  }
}

void ExpectGradient(Var (*f)(Vars), const Vector& x, const Vector& expected) {
  const Vector by_tape = OfTape(f, x);
  ExpectNear(by_tape, expected);
  EXPECT_EQ(OfFunction(f, x, FunctionOptions::kNever), by_tape);
  ExpectNear(OfFunction(f, x, 0), expected);
}

TEST(ExtremeRanges, ProductsOfPartialsThatUnderflow) {
  ExpectGradient([](Vars x) { return ((x[0] * x[1]) * x[2]) * x[3]; },
                 {1e200, 1e-200, 1e-200, 1e300}, {1e-100, 1e300, 1e300, 1e-200});
  ExpectGradient([](Vars x) { return ((x[0] * 1e-200) * 1e-200) * 1e300; }, {1e100}, {1e-100});
  ExpectGradient([](Vars x) { return ((x[0] * 1e-160) * 1e-155) * 1e300; }, {1e100}, {1e-15});
}

// Down to the smallest subnormal and to zero, as nodes have them.
TEST(ExtremeRanges, AdjointsThatFadeAway) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(Vector(3000, 0.25));
  Var y = 0.0;
  for (const Var& each : x) y = 0.7 * y + sin(each) * each;
  Vector by_nodes(x.size());
  Workspace workspace;
  Vjp(tape, {&y, 1}, Vector{1.0}, by_nodes, workspace);
  const Vector by_records = tape.Backward(y).Gradient();
  EXPECT_EQ(by_records[0], 0.0);
  for (size_t k = 0; k < x.size(); ++k) {
    EXPECT_NEAR(by_records[k], by_nodes[k], 1e-12 * by_nodes[k] + 1e-322) << k;
  }
}

TEST(ExtremeRanges, ProductsOfPartialsThatOverflow) {
  ExpectGradient([](Vars x) { return ((x[0] * 1e200) * 1e200) * 1e-300; }, {1e-100}, {1e100});
}

// What was noted of arithmetic before is still noted after.
TEST(ExtremeRanges, TheProcessorsFlagsStay) {
  const auto backward = [](double scale) {
    Tape tape;
    const Var x = tape.Input(1.0);
    const Var y = (x * scale) * scale * 2.0;
    return tape.Backward(y)[x];
  };
  std::feclearexcept(FE_ALL_EXCEPT);
  EXPECT_EQ(backward(0.5), 0.5);
  EXPECT_EQ(std::fetestexcept(FE_UNDERFLOW), 0);
  std::feraiseexcept(FE_UNDERFLOW);
  EXPECT_EQ(backward(0.5), 0.5);
  EXPECT_NE(std::fetestexcept(FE_UNDERFLOW), 0);
}

// Of operands that aren't looked at nothing gets through, whatever is behind them.
TEST(ExtremeRanges, MaskedOperands) {
  ExpectGradient([](Vars x) { return x[0] + sqrt(floor(x[0])); }, {0.5}, {1.0});
  ExpectGradient([](Vars x) { return x[0] + sqrt(relu(x[0])); }, {-1.0}, {1.0});
  ExpectGradient([](Vars x) { return sqrt(Where(Less(x[0], 1.0), x[1], x[0])); }, {0.5, 0.0},
                 {0.0, kInf});
  ExpectGradient([](Vars x) { return sqrt(max(x[0], x[1])); }, {-0.5, 0.0}, {0.0, kInf});
  ExpectGradient([](Vars x) { return sqrt(fdim(x[0], x[1])) + x[1]; }, {0.5, 1.0}, {0.0, 1.0});
}

// Where an operand is looked at and its partial happens to be zero, there is no derivative.
TEST(ExtremeRanges, ZeroPartialsOfWhatIsLookedAt) {
  for (const auto f :
       {+[](Vars x) { return sqrt(x[0] * x[0]); }, +[](Vars x) { return cbrt(x[0] * x[0] * x[0]); },
        +[](Vars x) { return sqrt(abs(x[0])); }}) {
    EXPECT_TRUE(std::isnan(OfTape(f, {0.0})[0]));
    EXPECT_TRUE(std::isnan(OfFunction(f, {0.0}, FunctionOptions::kNever)[0]));
    EXPECT_TRUE(std::isnan(OfFunction(f, {0.0}, 0)[0]));
  }
}

// f' as a function, differentiated by a sweep.
TEST(ExtremeRanges, SecondDerivativesOfMaskedSides) {
  Tape tape;
  const Var x = tape.Input(-1.0);
  const Var y = Where(Less(0.0, x), sqrt(x) * x, x * x);
  Retaped first = Retape(tape, y);
  EXPECT_EQ(first.tape->Primal(first.gradient[0]), -2.0);
  EXPECT_EQ(first.tape->Backward(first.gradient[0]).Gradient(), Vector{2.0});
}

}  // namespace
}  // namespace wengert
