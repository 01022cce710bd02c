// Replay: one forward sweep moves the tape to a new point; a branch that changed is reported.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

uint64_t Bits(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

TEST(ReplayTest, ValueAndGradientAreThoseOfTheNewPoint) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  const Var y = sin(x[0]) * x[1] + exp(x[0] * 0.5);
  ASSERT_TRUE(tape.Replay({0.3, -2.0}).ok());
  EXPECT_EQ(tape.Primal(y), std::sin(0.3) * -2.0 + std::exp(0.3 * 0.5));
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[x[0]], std::exp(0.15) * 0.5 + std::cos(0.3) * -2.0);
  EXPECT_EQ(grad[x[1]], std::sin(0.3));
  EXPECT_NE(y.value(), tape.Primal(y)) << "a Var keeps the primal it was computed with";
}

TEST(ReplayTest, PrimalsAreBitEqualToAFreshRecording) {
  const auto program = [](const Var& a, const Var& b) {
    Var s = 0.0;
    for (int k = 1; k < 50; ++k) s += a * b + 0.1 * k * a - b / (1.0 + a * a) + tanh(s * 0.01);
    return s;
  };
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-3.0, 3.0);
  Tape tape;
  const std::vector<Var> x = tape.Inputs({0.5, 0.25});
  const Var y = program(x[0], x[1]);
  for (int trial = 0; trial < 100; ++trial) {
    const double p = uniform(random);
    const double q = uniform(random);
    ASSERT_TRUE(tape.Replay({p, q}).ok());
    Tape fresh;
    const Var z = program(fresh.Input(p), fresh.Input(q));
    ASSERT_EQ(Bits(tape.Primal(y)), Bits(z.value())) << p << " " << q;
  }
}

TEST(ReplayTest, WrongNumberOfInputsIsAnError) {
  Tape tape;
  tape.Inputs({1.0, 2.0});
  EXPECT_THROW((void)tape.Replay({1.0}), UsageError);
}

TEST(ReplayTest, ChangedBranchIsReportedAndTheTapeStaysAtItsPoint) {
  Tape tape;
  const Var a = tape.Input(2.0);
  const Var b = tape.Input(1.0);
  const Var y = a > b ? a * a : b * b * b;
  EXPECT_EQ(tape.guards().size(), 1u);
  ASSERT_TRUE(tape.Replay({3.0, 1.0}).ok());
  const absl::Status flipped = tape.Replay({1.0, 2.0});
  EXPECT_EQ(flipped.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(flipped.message()),
              AllOf(HasSubstr("less(node 1, node 0)"),
                    HasSubstr("was 1 when recorded and is 0 at (2, 1)"), HasSubstr("Where")));
  EXPECT_EQ(tape.Primal(y), 9.0);
  EXPECT_EQ(tape.Primal(a), 3.0);
  EXPECT_EQ(tape.Backward(y)[a], 6.0);
}

TEST(ReplayTest, EveryComparisonLeavesAGuardAndGivesABool) {
  Tape tape;
  const Var x = tape.Input(1.0);
  EXPECT_TRUE(x < 2.0);
  EXPECT_TRUE(x <= 1.0);
  EXPECT_FALSE(x > 1.0);
  EXPECT_TRUE(1.0 >= x);
  EXPECT_TRUE(x == 1.0);
  EXPECT_FALSE(x != 1.0);
  EXPECT_EQ(tape.guards().size(), 6u);
  EXPECT_TRUE(Var(1.0) < Var(2.0));
  EXPECT_EQ(tape.guards().size(), 6u) << "a comparison of constants can't change";
  EXPECT_TRUE(tape.Replay({1.0}).ok());
  EXPECT_FALSE(tape.Replay({1.5}).ok());
}

TEST(ReplayTest, ComparisonWithNanFlipsTheGuard) {
  Tape tape;
  const Var x = tape.Input(1.0);
  ASSERT_TRUE(x < 2.0);
  EXPECT_FALSE(tape.Replay({std::nan("")}).ok());
}

TEST(ReplayTest, ChoicesWrittenAsOperationsHoldOnBothSides) {
  Tape tape;
  const Var a = tape.Input(2.0);
  const Var b = tape.Input(1.0);
  const Var y = Where(Less(b, a), a * a, b * b * b) + relu(a - b) + max(a, b);
  EXPECT_EQ(y.value(), 4.0 + 1.0 + 2.0);
  ASSERT_TRUE(tape.Replay({1.0, 2.0}).ok());
  EXPECT_EQ(tape.Primal(y), 8.0 + 0.0 + 2.0);
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[a], 0.0);
  EXPECT_EQ(grad[b], 12.0 + 1.0);
}

}  // namespace
}  // namespace wengert
