// The tape's facts: what is a node, what is an adjoint, what a Var remembers.

#include "wengert/tape/tape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(TapeTest, SeedExampleHasItsValueAndGradient) {
  Tape tape;
  const Var a = tape.Input(-4.0);
  const Var b = tape.Input(2.0);
  const Var c = a * b + 3.0;
  const Adjoints& grad = tape.Backward(c);
  EXPECT_EQ(c.value(), -5.0);
  EXPECT_EQ(relu(c).value(), 0.0);
  EXPECT_EQ(grad[a], 2.0);
  EXPECT_EQ(grad[b], -4.0);
}

TEST(TapeTest, NegativeInputIsItsNumberAndNotANegation) {
  Tape tape;
  const Var a = tape.Input(-4.0);
  EXPECT_EQ(tape.size(), 1u);
  EXPECT_EQ(tape.nodes()[0].op, Op::kInput);
  EXPECT_EQ(tape.primals()[0], -4.0);
  EXPECT_EQ(tape.Backward(a)[a], 1.0);
}

// The example program of micrograd's README.
TEST(TapeTest, MicrogradProgramHasItsValueAndGradient) {
  Tape tape;
  const Var a = tape.Input(-4.0);
  const Var b = tape.Input(2.0);
  Var c = a + b;
  Var d = a * b + pow(b, 3);
  c += c + 1;
  c += 1 + c + (-a);
  d += d * 2 + relu(b + a);
  d += 3 * d + relu(b - a);
  const Var e = c - d;
  const Var f = pow(e, 2);
  Var g = f / 2.0;
  g += 10.0 / f;
  const Adjoints& grad = tape.Backward(g);
  EXPECT_NEAR(g.value(), 24.7041, 5e-5);
  EXPECT_NEAR(grad[a], 138.8338, 5e-5);
  EXPECT_NEAR(grad[b], 645.5773, 5e-5);
}

TEST(TapeTest, ConstantsHaveNoNodeAndNoAdjoint) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var k = 3.0;
  const Var kk = k * k + 1.0;
  EXPECT_TRUE(kk.is_constant());
  EXPECT_EQ(kk.value(), 10.0);
  EXPECT_EQ(tape.size(), 1u);
  const Var y = kk * x;
  EXPECT_EQ(tape.size(), 2u);
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[x], 10.0);
  EXPECT_EQ(grad[k], 0.0);
  EXPECT_EQ(grad[kk], 0.0);
}

TEST(TapeTest, IndependentsWithEqualValuesStayApart) {
  Tape tape;
  const Var a = tape.Input(1.5);
  const Var b = tape.Input(1.5);
  const Adjoints& grad = tape.Backward(2.0 * a + 5.0 * b);
  EXPECT_EQ(grad[a], 2.0);
  EXPECT_EQ(grad[b], 5.0);
}

TEST(TapeTest, SixtySquaringsAreSixtyMultiplications) {
  Tape tape;
  const Var x = tape.Input(1.0);
  Var y = x;
  for (int k = 0; k < 60; ++k) y = y * y;
  EXPECT_EQ(tape.size(), 61u);
  EXPECT_EQ(tape.Backward(y)[x], std::ldexp(1.0, 60));
}

TEST(TapeTest, SecondBackwardStartsFromCleanAdjoints) {
  Tape tape;
  const Var a = tape.Input(3.0);
  const Var b = tape.Input(4.0);
  const Var p = a * b;
  const Var q = p * p + a;
  EXPECT_EQ(tape.Backward(q)[a], 2 * 12 * 4 + 1);
  const Adjoints& grad = tape.Backward(p);
  EXPECT_EQ(grad[a], 4.0);
  EXPECT_EQ(grad[b], 3.0);
  EXPECT_EQ(grad[q], 0.0);
}

TEST(TapeTest, ProductOfPartialsMayOverflowWhereTheAdjointDoesNot) {
  Tape tape;
  const Var x = tape.Input(7e-8);
  const Var y = tape.Input(1e10);
  const Var z = log(exp(x * y));
  const Adjoints& grad = tape.Backward(z);
  EXPECT_NEAR(grad[x], 1e10, 1e-2);
  EXPECT_NEAR(grad[y], 7e-8, 1e-19);
}

TEST(TapeTest, ZeroAdjointAgainstInfinitePartialContributesZero) {
  Tape tape;
  const Var x = tape.Input(0.0);
  EXPECT_EQ(tape.Backward(0.0 * sqrt(x) + 3.0 * x)[x], 3.0);
  EXPECT_EQ(tape.Backward(Where(Less(x, 1.0), x * 2.0, log(x)))[x], 2.0);
}

TEST(TapeTest, ConstantsNeverReceivePartials) {
  Tape tape;
  const Var x = tape.Input(-2.0);
  EXPECT_EQ(tape.Backward(pow(x, 3.0))[x], 12.0);
  const Var n = tape.Input(3.0);
  EXPECT_EQ(tape.Backward(pow(2.0, n))[n], 8.0 * std::log(2.0));
}

TEST(TapeTest, ConstantRootHasZeroAdjoints) {
  Tape tape;
  const Var x = tape.Input(1.0);
  EXPECT_EQ(tape.Backward(Var(7.0))[x], 0.0);
  EXPECT_EQ(tape.Backward(Var(7.0)).Gradient(), std::vector<double>{0.0});
}

TEST(TapeTest, GradientIsInOrderOfTheInputs) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0});
  const Var y = x[2] * 5.0 + x[0] * 7.0;
  const Var late = tape.Input(4.0);
  EXPECT_EQ(tape.Backward(y).Gradient(), (std::vector<double>{7.0, 0.0, 5.0, 0.0}));
  EXPECT_EQ(tape.Backward(y)[late], 0.0);
}

TEST(TapeTest, CompoundAssignmentIsTheOperation) {
  Tape tape;
  const Var x = tape.Input(3.0);
  Var y = x;
  y += 1.0;
  y -= x * 0.5;
  y *= x;
  y /= 2.0;
  EXPECT_EQ(y.value(), (3.0 + 1.0 - 1.5) * 3.0 / 2.0);
  EXPECT_EQ(tape.Backward(y)[x], (2.0 * 0.5 * 3.0 + 1.0) / 2.0);  // (x^2/2 + x)/2
}

TEST(TapeTest, VarPrintsItsPrimal) {
  std::ostringstream out;
  Tape tape;
  out << tape.Input(-4.0) << " " << Var(2.5);
  EXPECT_EQ(out.str(), "-4 2.5");
}

TEST(TapeTest, AdjointsOfOneTapeBySeveralOwners) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var y = x * x;
  const Var z = y * x;
  Adjoints of_y, of_z;
  tape.Backward(y, of_y);
  tape.Backward(z, of_z);
  EXPECT_EQ(of_y[x], 4.0);
  EXPECT_EQ(of_z[x], 12.0);
}

TEST(TapeTest, BytesCountWhatIsRecorded) {
  Tape tape;
  const size_t empty = tape.bytes();
  Var y = tape.Input(1.0);
  for (int k = 0; k < 1000; ++k) y = y * y;
  EXPECT_EQ(empty, 0u);
  EXPECT_LE(tape.bytes(), 1001u * 24u + 8u);
  EXPECT_GE(tape.reserved_bytes(), tape.bytes());
}

}  // namespace
}  // namespace wengert
