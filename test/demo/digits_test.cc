#include "bench/demo/digits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "bench/demo/digit_training.h"

namespace bench {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;
using ::testing::Lt;

constexpr size_t kSide = 8;

TEST(Digits, AreBalancedAndRepeatable) {
  const std::vector<Digit> digits = MakeDigits(200, kSide, 3);
  const std::vector<Digit> same = MakeDigits(200, kSide, 3), other = MakeDigits(200, kSide, 4);
  std::vector<int> count(kDigits);
  for (size_t i = 0; i < digits.size(); ++i) {
    ++count[digits[i].digit];
    EXPECT_EQ(digits[i].image, same[i].image);
    EXPECT_NE(digits[i].image, other[i].image);
  }
  EXPECT_THAT(count, Each(20));
}

TEST(Digits, AreInkOnPaperAtAnySize) {
  for (size_t side : {size_t{8}, size_t{28}}) {
    for (const Digit& digit : MakeDigits(50, side, 1)) {
      ASSERT_EQ(digit.image.size(), side * side);
      EXPECT_THAT(digit.image, Each(AllOf(Ge(0.0), Le(1.0))));
      double ink = 0.0;
      for (double pixel : digit.image) ink += pixel / static_cast<double>(digit.image.size());
      EXPECT_THAT(ink, AllOf(Gt(0.08), Lt(0.6))) << digit.digit;
    }
  }
}

// A fifth of what 8 x 8 pixels need for 98 %.
TEST(DigitTraining, ReadsDigitsItHasNotSeenInAShortTraining) {
  constexpr uint64_t kSteps = 2000;
  const std::vector<Digit> digits = MakeDigits(2000, kSide, 1);
  const std::vector<Digit> held_out = MakeDigits(1000, kSide, 2);
  DigitTraining training(digits, 1);
  EXPECT_LT(Accuracy(training.net(), held_out), 0.25);  // a guess is right once in ten times
  double loss = 0.0;
  for (uint64_t k = 0; k < kSteps; ++k) loss = training.Step(DigitTraining::Rate(k, kSteps));
  EXPECT_GT(Accuracy(training.net(), held_out), 0.9);
  EXPECT_LT(loss, 0.1 * std::log(kDigits));
  const wengert::Function::Statistics statistics = training.loss().statistics();
  EXPECT_EQ(statistics.recordings, 1);
  EXPECT_GT(statistics.compiled_evaluations, static_cast<int64_t>(kSteps) - 20);
}

TEST(DigitTraining, LearnsNothingFromLabelsThatMeanNothing) {
  constexpr uint64_t kSteps = 300;
  std::vector<Digit> digits = MakeDigits(1000, kSide, 1);
  for (size_t i = 0; i < digits.size(); ++i) digits[i].digit = (i * 7 / 10) % kDigits;
  const std::vector<Digit> held_out = MakeDigits(1000, kSide, 2);
  DigitTraining training(digits, 1);
  for (uint64_t k = 0; k < kSteps; ++k) training.Step(DigitTraining::Rate(k, kSteps));
  EXPECT_LT(Accuracy(training.net(), held_out), 0.25);
}

TEST(Adam, StepsByTheRateAgainstTheSignOfASteadyGradient) {
  Adam adam(2);
  std::vector<double> p = {1.0, 1.0};
  for (int k = 0; k < 10; ++k) adam.Step(0.01, absl::MakeSpan(p), {5.0, -1e-3});
  EXPECT_NEAR(p[0], 0.9, 1e-6);
  EXPECT_NEAR(p[1], 1.1, 5e-5);
}

}  // namespace
}  // namespace bench
