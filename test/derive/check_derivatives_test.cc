#include "test/support/check_derivatives.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>

#include "wengert/derive/check_gradient.h"

namespace wengert {
namespace {

class ZooTest : public ::testing::TestWithParam<testing::ZooFunction> {};

TEST_P(ZooTest, AllDerivativesAgree) { testing::CheckDerivatives(GetParam().f, GetParam().x); }

std::string NameOf(const ::testing::TestParamInfo<testing::ZooFunction>& info) {
  std::string name = info.param.name;
  for (char& each : name) each = each == ' ' ? '_' : each;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooTest, ::testing::ValuesIn(testing::Zoo()), NameOf);

// A function whose derivative is wrong: half of its value is hidden from the tape.
Var HalfHidden(testing::Vars x) { return x[0] * x[0] + x[1] * x[0].value(); }

TEST(CheckDerivativesTest, TheCheckerSeesAKink) {
  EXPECT_NONFATAL_FAILURE(
      testing::CheckDerivatives(
          [](testing::Vars x) { return std::vector<Var>{abs(x[0] - 1.0) + relu(x[0] - 1.0)}; },
          {1.0}),
      "differences of f");
}

TEST(CheckGradientTest, GradientsOfTheZooAreFoundRight) {
  for (const auto& [name, f, x] : testing::Zoo()) {
    const auto first = [&f = f](testing::Vars v) { return f(v)[0]; };
    const GradientCheck check = CheckGradient(first, x);
    EXPECT_TRUE(check.ok) << name << ": " << check.report;
    EXPECT_FALSE(check.suspicion.has_value());
  }
}

TEST(CheckGradientTest, ParametersAreConstants) {
  const auto f = [](testing::Vars x, testing::Vars p) { return x[0] * x[0] * p[0] + abs(p[1]); };
  const std::vector<double> x = {3.0}, p = {5.0, 0.0};
  EXPECT_TRUE(CheckGradient(f, x, p).ok);
  const auto hidden = [](testing::Vars u, testing::Vars q) { return u[0] * u[0].value() * q[0]; };
  const GradientCheck check = CheckGradient(hidden, x, p);
  EXPECT_FALSE(check.ok);
  EXPECT_EQ(check.found, 15.0);
  EXPECT_NEAR(check.expected.value, 30.0, 1e-6);
}

TEST(CheckGradientTest, AHiddenDependenceIsReportedWithItsInput) {
  const GradientCheck check = CheckGradient(HalfHidden, {3.0, 5.0});
  EXPECT_FALSE(check.ok);
  EXPECT_EQ(check.input, 0u);
  EXPECT_EQ(check.found, 6.0);
  EXPECT_NEAR(check.expected.value, 11.0, 1e-6);
  EXPECT_FALSE(check.suspicion.has_value());
  EXPECT_NE(check.report.find("gradient[0] is 6"), std::string::npos) << check.report;
  EXPECT_NE(check.report.find("value()"), std::string::npos) << check.report;
}

TEST(CheckGradientTest, TheGuiltyNodeIsNamed) {
  const auto f = [](testing::Vars x) { return exp(x[0]) * 0.5 + max(x[1], sin(x[0])); };
  const GradientCheck check = CheckGradient(f, {0.0, 1e-9});
  EXPECT_FALSE(check.ok);
  ASSERT_TRUE(check.suspicion.has_value());
  EXPECT_EQ(check.suspicion->partial, 1.0);
  EXPECT_NE(check.report.find("max: its partial"), std::string::npos) << check.report;
  EXPECT_NE(check.report.find("kink"), std::string::npos) << check.report;
}

TEST(CheckGradientTest, AJumpIsNotOkAndNamed) {
  const auto f = [](testing::Vars x) { return x[1] * x[1] + floor(x[0]); };
  EXPECT_TRUE(CheckGradient(f, {1.5, 2.0}).ok);
  const GradientCheck check = CheckGradient(f, {1.0, 2.0});
  EXPECT_FALSE(check.ok);
  EXPECT_EQ(check.input, 0u);
  ASSERT_TRUE(check.suspicion.has_value());
  EXPECT_NE(check.report.find("floor: its partial"), std::string::npos) << check.report;
}

TEST(CheckGradientTest, AComparisonAtTheKinkIsNamed) {
  const auto f = [](testing::Vars x) { return x[1] + (x[0] < 1.0 ? x[0] : 3.0 * x[0] - 2.0); };
  EXPECT_TRUE(CheckGradient(f, {0.5, 2.0}).ok);
  const GradientCheck check = CheckGradient(f, {1.0, 2.0});
  EXPECT_FALSE(check.ok);
  EXPECT_FALSE(check.suspicion.has_value());
  EXPECT_EQ(
      check.nearby_flip,
      "with input 0 moved by -3.1e-05, less(node 0, 1) before node 2 was 0 when recorded and is "
      "1 at (0.999969482421875, 1)");
  EXPECT_NE(check.report.find("the differences see another branch: with input 0 moved"),
            std::string::npos)
      << check.report;
  EXPECT_EQ(check.report.find("isn't recorded"), std::string::npos) << check.report;
}

TEST(CheckGradientTest, AnIndexNearbyIsNamed) {
  const auto f = [](testing::Vars x) { return x[0] * (Index(x[0]) == 0 ? 1.0 : 5.0); };
  const GradientCheck check = CheckGradient(f, {1.0});
  EXPECT_FALSE(check.ok);
  EXPECT_NE(check.nearby_flip.find("with input 0 moved by -"), std::string::npos) << check.report;
}

// Steps in proportion to x skip over what is narrow far from zero.
TEST(CheckGradientTest, PeaksAndOscillationsFarFromZeroAreFoundRight) {
  const auto peak = [](testing::Vars x) { return exp(-square(x[0] - 1000.0)) * x[1]; };
  const auto wave = [](testing::Vars x) { return x[0] * sin(x[0]); };
  for (double offset : {-1.5, 0.5, 0.001}) {
    const GradientCheck check = CheckGradient(peak, {1000.0 + offset, 2.0});
    EXPECT_TRUE(check.ok) << check.report;
  }
  for (double x : {1e3, 1e5, 1e6, 1e8}) {
    const GradientCheck check = CheckGradient(wave, {x});
    EXPECT_TRUE(check.ok) << x << ": " << check.report;
  }
}

TEST(CheckGradientTest, AHiddenDependenceFarFromZeroIsFoundToo) {
  const auto peak = [](testing::Vars x) { return exp(-square(x[0].value() - 1000.0)) * x[0]; };
  EXPECT_FALSE(CheckGradient(peak, {1000.5}).ok);
  const auto wave = [](testing::Vars x) { return x[0].value() * sin(x[0]); };
  EXPECT_FALSE(CheckGradient(wave, {1e5}).ok);
  const auto slightly = [](testing::Vars x) { return sin(x[0]) + 1e-7 * x[0].value(); };
  EXPECT_FALSE(CheckGradient(slightly, {2.0}).ok);
}

TEST(CheckGradientTest, AnInfiniteDerivativeIsNotOk) {
  const auto f = [](testing::Vars x) { return sqrt(x[0]) + x[1]; };
  EXPECT_FALSE(CheckGradient(f, {0.0, 1.0}).ok);
  EXPECT_TRUE(CheckGradient(f, {0.5, 1.0}).ok);
}

TEST(CheckGradientTest, WhereFIsNotFiniteItSaysSo) {
  const GradientCheck check = CheckGradient([](testing::Vars x) { return log(x[0]); }, {-1.0});
  EXPECT_FALSE(check.ok);
  EXPECT_FALSE(check.suspicion.has_value());
  EXPECT_EQ(check.report.find("f isn't finite here: it is nan"), 0u) << check.report;
  EXPECT_NE(check.report.find("FirstNonFinite"), std::string::npos);
}

TEST(CheckGradientTest, AFunctionOfNothingIsRight) {
  EXPECT_TRUE(CheckGradient([](testing::Vars) { return Var(3.0); }, {}).ok);
}

}  // namespace
}  // namespace wengert
