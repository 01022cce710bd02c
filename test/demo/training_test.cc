#include "bench/demo/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/demo/moons.h"

namespace bench {
namespace {

constexpr double kNoise = 0.1;

TEST(Moons, AreBalancedAndRepeatable) {
  const Moons moons = MakeMoons(100, kNoise, 3);
  EXPECT_EQ(moons.points.size(), 100);
  EXPECT_THAT(moons.labels, testing::Contains(1.0).Times(50));
  EXPECT_THAT(moons.labels, testing::Contains(-1.0).Times(50));
  EXPECT_EQ(moons.points, MakeMoons(100, kNoise, 3).points);
  EXPECT_NE(moons.points, MakeMoons(100, kNoise, 4).points);
}

TEST(Moons, LieOnTheirHalfCirclesWithoutNoise) {
  const Moons moons = MakeMoons(40, 0.0, 1);
  for (size_t i = 0; i < moons.points.size(); ++i) {
    const bool upper = moons.labels[i] < 0;
    const double x = moons.points[i][0] - (upper ? 0.0 : 1.0);
    const double y = moons.points[i][1] - (upper ? 0.0 : 0.5);
    EXPECT_NEAR(x * x + y * y, 1.0, 1e-12);
    EXPECT_GE(upper ? y : -y, -1e-12);
  }
}

class TrainingTest : public testing::TestWithParam<uint64_t> {};

TEST_P(TrainingTest, Reaches99PercentIn100Steps) {
  constexpr uint64_t kSteps = 100;
  const Moons moons = MakeMoons(100, kNoise, GetParam());
  Training training(moons, GetParam());
  const double first_loss = training.Now().loss;
  for (uint64_t k = 0; k < kSteps; ++k) {
    ASSERT_TRUE(training.Step(LearningRate(k, kSteps)).ok());
  }
  EXPECT_GE(training.Now().accuracy, 0.99);
  EXPECT_LT(training.Now().loss, 0.1 * first_loss);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TrainingTest, testing::Values(1, 2, 3));

TEST(Training, TheLearningRateFallsFromOneToATenth) {
  EXPECT_DOUBLE_EQ(LearningRate(0, 100), 1.0);
  EXPECT_DOUBLE_EQ(LearningRate(50, 100), 0.55);
  EXPECT_DOUBLE_EQ(LearningRate(100, 100), 0.1);
}

}  // namespace
}  // namespace bench
