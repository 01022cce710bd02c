#include "wengert/derive/products.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vector = std::vector<double>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class ProductsTest : public ::testing::Test {
 protected:
  Vector JvpOf(const std::vector<Var>& y, const Vector& v, size_t length) {
    Vector y_dot(length, -7.0);
    Jvp(tape_, y, v, absl::MakeSpan(y_dot), workspace_);
    return y_dot;
  }
  Vector VjpOf(const std::vector<Var>& y, const Vector& w, size_t length) {
    Vector x_bar(length, -7.0);
    Vjp(tape_, y, w, absl::MakeSpan(x_bar), workspace_);
    return x_bar;
  }
  Vector HvpOf(const Var& y, const Vector& v) {
    Vector h(v.size(), -7.0);
    Hvp(tape_, y, v, absl::MakeSpan(h), workspace_);
    return h;
  }

  Tape tape_;
  Workspace workspace_;
};

TEST_F(ProductsTest, ProductsOfAPolynomialAreThoseOfItsMatrices) {
  const std::vector<Var> x = tape_.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[0] * x[1], x[0] + 5.0 * x[1]};  // J = (12 4; 1 5)
  EXPECT_EQ(JvpOf(y, {1, 0}, 2), (Vector{12, 1}));
  EXPECT_EQ(JvpOf(y, {1, -2}, 2), (Vector{4, -9}));
  EXPECT_EQ(VjpOf(y, {1, 10}, 2), (Vector{22, 54}));
  EXPECT_EQ(HvpOf(y[0], {1, 10}), (Vector{6 + 40, 4}));  // H = (6 4; 4 0)
  EXPECT_EQ(HvpOf(y[1], {1, 10}), (Vector{0, 0}));
}

TEST_F(ProductsTest, ManyVectorsInOneCallAreThatManyCalls) {
  const std::vector<Var> x = tape_.Inputs({0.4, 1.3, -0.2});
  const std::vector<Var> y = {sin(x[0] * x[1]) / (x[2] + 2.0), exp(x[2]) * x[0]};
  for (size_t k = 0; k <= 19; ++k) {
    Vector v, w, jv, wj, hv;
    for (size_t i = 0; i < k; ++i) {
      const double t = static_cast<double>(i);
      const Vector direction = {1 - t, 0.5 * t, 2}, seed = {t, -1};
      const Vector y_dot = JvpOf(y, direction, 2), x_bar = VjpOf(y, seed, 3);
      const Vector h = HvpOf(y[0], direction);
      v.insert(v.end(), direction.begin(), direction.end());
      w.insert(w.end(), seed.begin(), seed.end());
      jv.insert(jv.end(), y_dot.begin(), y_dot.end());
      wj.insert(wj.end(), x_bar.begin(), x_bar.end());
      hv.insert(hv.end(), h.begin(), h.end());
    }
    EXPECT_EQ(JvpOf(y, v, 2 * k), jv);
    EXPECT_EQ(VjpOf(y, w, 3 * k), wj);
    EXPECT_EQ(HvpOf(y[0], v), hv);
  }
}

TEST_F(ProductsTest, WeightsSumHessians) {
  const std::vector<Var> x = tape_.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[0], x[0] * x[1], x[1] * x[1] * x[1]};
  Vector h(2);
  Hvp(tape_, y, {10, 100, 1}, {1, 1}, absl::MakeSpan(h), workspace_);
  EXPECT_EQ(h, (Vector{20 + 100, 100 + 18}));
}

TEST_F(ProductsTest, ProductsFollowTheTapeToANewPoint) {
  const Var x = tape_.Input(2.0);
  const Var y = x * x * x;
  ASSERT_TRUE(tape_.Replay({5.0}).ok());
  EXPECT_EQ(JvpOf({y}, {1}, 1), (Vector{75}));
  EXPECT_EQ(VjpOf({y}, {1}, 1), (Vector{75}));
  EXPECT_EQ(HvpOf(y, {1}), (Vector{30}));
}

TEST_F(ProductsTest, WhatDoesNotDependHasZeros) {
  const std::vector<Var> x = tape_.Inputs({2.0, 3.0});
  const std::vector<Var> y = {Var(4.0), x[0], x[0], floor(x[1])};
  const Var later = tape_.Input(7.0);
  EXPECT_EQ(JvpOf(y, {5, 6, 7}, 4), (Vector{0, 5, 5, 0}));
  EXPECT_EQ(VjpOf(y, {1, 20, 300, 4}, 3), (Vector{320, 0, 0}));
  EXPECT_EQ(HvpOf(Var(4.0), {1, 1, 1}), (Vector{0, 0, 0}));
  EXPECT_EQ(HvpOf(later, {1, 1, 1}), (Vector{0, 0, 0}));
}

TEST_F(ProductsTest, NoDependentsOrNoInputsAreEmptyResults) {
  EXPECT_EQ(JvpOf({Var(1.0)}, {}, 1), (Vector{0}));
  EXPECT_EQ(VjpOf({Var(1.0)}, {2.0}, 0), (Vector{}));
  tape_.Input(1.0);
  EXPECT_EQ(JvpOf({}, {1.0}, 0), (Vector{}));
  EXPECT_EQ(VjpOf({}, {}, 1), (Vector{0}));
}

TEST_F(ProductsTest, NanAndInfiniteSeedsReachWhatDependsAndNothingElse) {
  const std::vector<Var> x = tape_.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * 2.0, x[1] * 3.0};
  EXPECT_TRUE(std::isnan(JvpOf(y, {kNaN, 1}, 2)[0]));
  EXPECT_EQ(JvpOf(y, {kNaN, 1}, 2)[1], 3.0);
  EXPECT_TRUE(std::isnan(VjpOf(y, {kNaN, 1}, 2)[0]));
  EXPECT_EQ(VjpOf(y, {kNaN, 1}, 2)[1], 3.0);
  EXPECT_EQ(VjpOf(y, {kInfinity, 1}, 2), (Vector{kInfinity, 3}));
  const Vector both = VjpOf(y, {kNaN, 1, 1, 1}, 4);  // the lanes don't see each other
  EXPECT_TRUE(std::isnan(both[0]));
  EXPECT_EQ(both[2], 2.0);
  EXPECT_TRUE(std::isnan(HvpOf(x[0] * x[1], {kNaN, 1})[1]));
  EXPECT_EQ(HvpOf(x[0] * x[1], {kNaN, 1})[0], 1.0);
}

TEST_F(ProductsTest, NothingGetsThroughAFlatOperation) {
  const std::vector<Var> x = tape_.Inputs({2.5, 3.0});
  const Var y = floor(x[0]) + x[1];
  EXPECT_EQ(VjpOf({y}, {kNaN}, 2)[0], 0.0);
  EXPECT_TRUE(std::isnan(VjpOf({y}, {kNaN}, 2)[1]));
  EXPECT_EQ(JvpOf({y}, {kNaN, 1}, 1), (Vector{1}));
}

TEST_F(ProductsTest, ZeroBeatsAnInfinitePartialInEveryLane) {
  const std::vector<Var> x = tape_.Inputs({0.0, 3.0});
  const Var y = Where(Less(x[1], 0.0), sqrt(x[0]), x[0] * x[1]);  // sqrt is dead at 0
  EXPECT_EQ(JvpOf({y}, {1, 0}, 1), (Vector{3}));
  EXPECT_EQ(JvpOf({y}, {1, 0, 0, 1}, 2), (Vector{3, 0}));
  EXPECT_EQ(VjpOf({y}, {1}, 2), (Vector{3, 0}));
  EXPECT_EQ(VjpOf({y}, {1, 2}, 4), (Vector{3, 0, 6, 0}));
  EXPECT_EQ(HvpOf(y, {1, 0, 0, 1}), (Vector{0, 1, 1, 0}));
}

TEST_F(ProductsTest, MisuseIsAnErrorAndWritesNothing) {
  const std::vector<Var> x = tape_.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[1]};
  EXPECT_THROW(JvpOf(y, {1}, 1), UsageError);
  EXPECT_THROW(JvpOf(y, {1, 2}, 2), UsageError);
  EXPECT_THROW(JvpOf(y, {1, 2, 3}, 1), UsageError);
  EXPECT_THROW(VjpOf(y, {1}, 1), UsageError);
  EXPECT_THROW(VjpOf(y, {}, 2), UsageError);
  EXPECT_THROW(HvpOf(y[0], {1}), UsageError);
  Vector out(2, -7.0);
  EXPECT_THROW(Hvp(tape_, y, {}, {1, 1}, absl::MakeSpan(out), workspace_), UsageError);
  Tape other;
  const Var foreign = other.Input(1.0);
  EXPECT_THROW(Jvp(tape_, {&foreign, 1}, {1, 2}, absl::MakeSpan(out), workspace_), UsageError);
  tape_.Clear();
  EXPECT_THROW(Vjp(tape_, y, {1}, absl::MakeSpan(out), workspace_), UsageError);
  EXPECT_EQ(out, (Vector{-7, -7}));
}

TEST_F(ProductsTest, AnErrorSaysTheLengthThatOneVectorHas) {
  const std::vector<Var> x = tape_.Inputs({2.0, 3.0, 4.0});
  const std::vector<Var> y = {x[0] * x[1], x[2]};
  const auto error_of = [](auto call) -> std::string {
    try {
      call();
    } catch (const UsageError& error) {
      return error.what();
    }
    return "none";
  };
  const auto says = [](const char* text) { return ::testing::HasSubstr(text); };
  EXPECT_THAT(error_of([&] { JvpOf(y, {1, 2}, 2); }), says("direction v is 2 instead of 3"));
  EXPECT_THAT(error_of([&] { JvpOf(y, {}, 2); }), says("direction v is 0 instead of 3"));
  EXPECT_THAT(error_of([&] { JvpOf(y, {1, 2, 3}, 1); }), says("y_dot is 1 instead of 2"));
  EXPECT_THAT(error_of([&] { VjpOf(y, {1}, 3); }), says("seed w is 1 instead of 2"));
  EXPECT_THAT(error_of([&] { HvpOf(y[0], {1}); }), says("direction v is 1 instead of 3"));
}

}  // namespace
}  // namespace wengert
