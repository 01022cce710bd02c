// Operations of a user's own in every driver.

#include "wengert/tape/custom.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "test/support/check_derivatives.h"
#include "wengert/function/tier.h"
#include "wengert/program/from_tape.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vector = std::vector<double>;
using Numbers = absl::Span<const double>;
using Result = absl::Span<double>;

// (a b, sin a), two outputs of two operands, with every rule.
CustomRules ProductAndSine() {
  CustomRules rules;
  rules.name = "pair";
  rules.outputs = 2;
  rules.value = [](Numbers x, Result y) {
    y[0] = x[0] * x[1];
    y[1] = std::sin(x[0]);
  };
  rules.vjp = [](Numbers x, Numbers, Numbers y_bar, Result x_bar) {
    x_bar[0] = y_bar[0] * x[1] + y_bar[1] * std::cos(x[0]);
    x_bar[1] = y_bar[0] * x[0];
  };
  rules.jvp = [](Numbers x, Numbers, Numbers x_dot, Result y_dot) {
    y_dot[0] = x_dot[0] * x[1] + x[0] * x_dot[1];
    y_dot[1] = std::cos(x[0]) * x_dot[0];
  };
  rules.hvp = [](Numbers x, Numbers w, Numbers v, Result h) {
    h[0] = w[0] * v[1] - w[1] * std::sin(x[0]) * v[0];
    h[1] = w[0] * v[0];
  };
  return rules;
}

std::vector<Var> ProductAndSineOf(const Var& a, const Var& b) { return {a * b, sin(a)}; }

// A kernel: y = A x with a 2 x 3 matrix.
CustomRules MatrixTimes() {
  static constexpr double kA[2][3] = {{1, 2, 0}, {0, -3, 4}};
  CustomRules rules;
  rules.name = "matrix";
  rules.outputs = 2;
  rules.value = [](Numbers x, Result y) {
    for (size_t i = 0; i < 2; ++i) {
      for (size_t j = 0; j < 3; ++j) y[i] += kA[i][j] * x[j];
    }
  };
  rules.vjp = [](Numbers, Numbers, Numbers y_bar, Result x_bar) {
    for (size_t i = 0; i < 2; ++i) {
      for (size_t j = 0; j < 3; ++j) x_bar[j] += kA[i][j] * y_bar[i];
    }
  };
  rules.jacobian = SparsityPattern{3, {0, 2, 4}, {0, 1, 1, 2}};
  rules.hessian = SparsityPattern{3, {0, 0, 0, 0}, {}};
  return rules;
}

Var Mixed(testing::Vars x, const CustomRules& rules) {
  const std::vector<Var> y = CustomOperation(rules)({exp(x[0]), x[1] + x[2]});
  return y[0] * y[0] * y[1] + x[2] / y[1];
}

TEST(CustomTest, EveryDriverPassesThroughTheMiddleOfAFunction) {
  testing::CheckDerivatives(
      [](testing::Vars x) { return std::vector<Var>{Mixed(x, ProductAndSine())}; },
      {0.3, 0.7, -1.1});
}

TEST(CustomTest, ChainsOfOperationsAndLinearOnesPassEveryDriver) {
  testing::CheckDerivatives(
      [](testing::Vars x) {
        const CustomOperation pair(ProductAndSine()), matrix(MatrixTimes());
        std::vector<Var> y = pair(matrix({x[0], x[1] * x[1], x[2]}));
        y.push_back(pair({y[1], y[0]})[1]);
        y.push_back(matrix({x[2], 2.0, x[0]})[0]);
        return y;
      },
      {0.3, 0.7, -1.1});
}

TEST(CustomTest, BackwardIsThatOfTheOperationsItIsMadeOf) {
  Tape tape;
  const Var a = tape.Input(1.5), b = tape.Input(-2.0);
  const std::vector<Var> y = CustomOperation(ProductAndSine())({a, b});
  EXPECT_EQ(tape.Backward(y[0]).Gradient(), (Vector{-2.0, 1.5}));  // a root within the group
  EXPECT_EQ(tape.Backward(y[1]).Gradient(), (Vector{std::cos(1.5), 0.0}));
  const Adjoints& adjoints = tape.Backward(y[0] + 3.0 * y[1]);
  EXPECT_EQ(adjoints[y[0]], 1.0);
  EXPECT_EQ(adjoints[y[1]], 3.0);
  EXPECT_EQ(adjoints[a], -2.0 + 3.0 * std::cos(1.5));
  EXPECT_EQ(adjoints.nodes()[0], adjoints[a]);
}

TEST(CustomTest, ATapeKnowsItsCallsAndForgetsThem) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  EXPECT_FALSE(tape.has_custom());
  const CustomOperation pair(ProductAndSine());
  const Var before = pair(x)[0];
  const Tape::Position mark = tape.Mark();
  pair({x[0], 5.0});
  EXPECT_EQ(tape.calls().size(), 2u);
  EXPECT_EQ(tape.call_operands().size(), 4u);
  EXPECT_TRUE(tape.call_operands()[3].is_constant());
  tape.Rewind(mark);
  EXPECT_TRUE(tape.has_custom());
  EXPECT_EQ(tape.calls().size(), 1u);
  EXPECT_EQ(tape.Backward(before + pair({x[1], x[0]})[0])[x[0]], 4.0);
  tape.Clear();
  EXPECT_FALSE(tape.has_custom());
  EXPECT_EQ(tape.calls().size(), 0u);
}

TEST(CustomTest, OfConstantsIsAConstantAndNotRecorded) {
  Tape tape;
  const std::vector<Var> y = CustomOperation(ProductAndSine())({2.0, 3.0});
  EXPECT_TRUE(y[0].is_constant());
  EXPECT_EQ(y[0].value(), 6.0);
  EXPECT_EQ(tape.size(), 0u);
}

TEST(CustomTest, ReplayAndFunctionCallTheUsersValue) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({0.3, 0.7, -1.1});
  const Var y = Mixed(x, ProductAndSine());
  const auto plain = [](Numbers p) {
    const double product = std::exp(p[0]) * (p[1] + p[2]), sine = std::sin(std::exp(p[0]));
    return product * product * sine + p[2] / sine;
  };
  for (const Vector& point : {Vector{0.1, 2, 3}, Vector{-1, 0.5, 0.25}}) {
    ASSERT_TRUE(tape.Replay(point).ok());
    EXPECT_EQ(tape.Primal(y), plain(point));
  }
  const auto f = Function::Record([](testing::Vars v) { return Mixed(v, ProductAndSine()); },
                                  {0.3, 0.7, -1.1});
  const auto direct = Function::Record(
      [](testing::Vars v) {
        const std::vector<Var> z = ProductAndSineOf(exp(v[0]), v[1] + v[2]);
        return z[0] * z[0] * z[1] + v[2] / z[1];
      },
      {0.3, 0.7, -1.1});
  const auto check = [&](double shift) {
    const Vector point = {0.1 + shift, 0.5, -0.3};
    EXPECT_EQ(f.Value(point), plain(point));
    Vector found(3), expected(3);
    f.Gradient(point, absl::MakeSpan(found));
    direct.Gradient(point, absl::MakeSpan(expected));
    for (size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(found[j], expected[j], 1e-12 * std::abs(expected[j]));
    const Vector v = {1, -1, 2};
    f.Hvp(point, v, absl::MakeSpan(found));
    direct.Hvp(point, v, absl::MakeSpan(expected));
    for (size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(found[j], expected[j], 1e-12 * std::abs(expected[j]));
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int k = 0; k < 50; ++k) check(0.01 * k + t);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_NE(f.Explain().find("custom 2"), std::string::npos) << f.Explain();
}

TEST(CustomTest, AFunctionWithACallStaysInterpreted) {
  int asked = 0;
  FunctionOptions options;
  options.compile_after = 0;
  options.compiler = [&asked](const TierSource&) {
    ++asked;
    return std::unique_ptr<const Tier>();
  };
  const auto custom = Function::Record(
      [](testing::Vars x) { return CustomOperation(ProductAndSine())(x)[0]; }, {1.0, 2.0}, options);
  EXPECT_EQ(custom.Value({3.0, 5.0}), 15.0);
  EXPECT_EQ(asked, 0);
  const auto plain =
      Function::Record([](testing::Vars x) { return x[0] * x[1]; }, {1.0, 2.0}, options);
  EXPECT_EQ(plain.Value({3.0, 5.0}), 15.0);
  EXPECT_EQ(asked, 1);
}

TEST(CustomTest, AProgramRefusesATapeWithACall) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  const Operand root = Operand::Node(tape.NodeOf(CustomOperation(ProductAndSine())(x)[0], "test"));
  EXPECT_THROW(program::FromTape(tape, {root}), UsageError);
}

// The message of the UsageError that `call` throws.
template <class F>
std::string ErrorOf(F call) {
  try {
    call();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(CustomTest, ADriverSaysWhichRuleItMisses) {
  CustomRules rules = ProductAndSine();
  rules.vjp = nullptr;
  rules.jvp = nullptr;
  rules.hvp = nullptr;
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  const std::vector<Var> y = CustomOperation(rules)(x);
  Vector two = {1, 1}, out(2);
  EXPECT_THAT(ErrorOf([&] { tape.Backward(y[0]); }),
              ::testing::HasSubstr("pair of the user's was given no vjp"));
  EXPECT_THAT(ErrorOf([&] { Jvp(tape, y, two, absl::MakeSpan(out), workspace); }),
              ::testing::HasSubstr("no jvp, nor a vjp"));
  EXPECT_THAT(ErrorOf([&] { Retape(tape, y[0]); }),
              ::testing::HasSubstr("no taped_vjp, nor a vjp"));

  tape.Clear();
  const std::vector<Var> again = tape.Inputs({1.0, 2.0});
  rules = ProductAndSine();
  rules.hvp = nullptr;
  const Var z = CustomOperation(rules)(again)[0];
  EXPECT_THAT(ErrorOf([&] { Hvp(tape, z, two, absl::MakeSpan(out), workspace); }),
              ::testing::HasSubstr("no hvp, nor a taped_vjp"));
  Retaped first = Retape(tape, z);  // the gradient needs no second derivative
  EXPECT_EQ(first.tape->Primal(first.gradient[0]), 2.0);
  EXPECT_THAT(ErrorOf([&] { first.tape->Backward(first.gradient[0]); }),
              ::testing::HasSubstr("pair of the user's was given no hvp"));

  const Var w = CustomOperation(ProductAndSine())(again)[0];
  Retaped second = Retape(tape, w);
  Vector unit = {1, 0};
  EXPECT_EQ(second.tape->Backward(second.gradient[0]).Gradient(), (Vector{0, 1}));
  EXPECT_THAT(
      ErrorOf([&] { Hvp(*second.tape, second.gradient[0], unit, absl::MakeSpan(out), workspace); }),
      ::testing::HasSubstr("the operation pair of the user's was given no taped_vjp"));
}

TEST(CustomTest, MisuseIsAnErrorAndLeavesTheTapeAsItWas) {
  EXPECT_THROW(CustomOperation(CustomRules{}), UsageError);
  CustomRules none = ProductAndSine();
  none.outputs = 0;
  EXPECT_THROW(CustomOperation{none}, UsageError);
  CustomRules rules = ProductAndSine();
  rules.jacobian = SparsityPattern{3, {0, 0, 0}, {}};
  const std::vector<Var> stale = Tape().Inputs({1.0, 2.0});
  Tape tape({.max_nodes = 3});
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  EXPECT_THROW(CustomOperation{rules}(x), UsageError);
  EXPECT_THROW(CustomOperation{ProductAndSine()}(stale), UsageError);
  EXPECT_THROW(CustomOperation{ProductAndSine()}(x), UsageError);  // no room for both outputs
  CustomRules throws = ProductAndSine();
  throws.value = [](Numbers, Result) { throw std::runtime_error("table missing"); };
  EXPECT_THROW(CustomOperation{throws}(x), std::runtime_error);
  EXPECT_EQ(tape.size(), 2u);
  EXPECT_FALSE(tape.has_custom());
  const Var y = x[0] * x[1];
  EXPECT_EQ(tape.Backward(y).Gradient(), (Vector{2, 1}));
}

TEST(CustomTest, AReplayThatThrowsLeavesTheTapeAtItsPoint) {
  CustomRules rules = ProductAndSine();
  rules.value = [](Numbers x, Result y) {
    if (x[0] > 10) throw std::runtime_error("outside of the table");
    y[0] = x[0] * x[1];
  };
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  const Var before = x[0] + x[1], y = CustomOperation(rules)(x)[0] * before;
  EXPECT_THROW(tape.Replay({11.0, 5.0}).IgnoreError(), std::runtime_error);
  EXPECT_EQ(tape.Primal(before), 3.0);
  EXPECT_EQ(tape.primals()[2], 3.0);
  EXPECT_EQ(tape.Backward(y)[x[0]], 2.0 * 3.0 + 2.0);
}

TEST(CustomTest, ZeroSeedsAndDirectionsDoNotReachTheRules) {
  CustomRules rules = ProductAndSine();
  rules.vjp = [](Numbers, Numbers, Numbers, Result x_bar) { x_bar[0] = kInfinity; };
  rules.jvp = [](Numbers, Numbers, Numbers, Result y_dot) { y_dot[0] = kInfinity; };
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0});
  const Var y = 0.0 * CustomOperation(rules)({x[0], x[1]})[0] + x[2];
  EXPECT_EQ(tape.Backward(y).Gradient(), (Vector{0, 0, 1}));
  const Vector v = {0, 0, 1};
  Vector y_dot(1);
  Jvp(tape, {&y, 1}, v, absl::MakeSpan(y_dot), workspace);
  EXPECT_EQ(y_dot, Vector{1});
}

TEST(CustomTest, TheUsersPatternIsThePattern) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0});
  const std::vector<Var> y = CustomOperation(MatrixTimes())(x);
  EXPECT_EQ(PlanJacobian(tape, y).pattern, (SparsityPattern{3, {0, 2, 4}, {0, 1, 1, 2}}));
  EXPECT_EQ(PlanHessian(tape, y).pattern.size(), 0u);
  const Var curved = y[0] * y[0];
  EXPECT_EQ(PlanHessian(tape, {&curved, 1}).pattern,
            (SparsityPattern{3, {0, 2, 4, 4}, {0, 1, 0, 1}}));
  const std::vector<Var> dense = CustomOperation(ProductAndSine())({x[0], x[2]});
  EXPECT_EQ(PlanJacobian(tape, dense).pattern.size(), 4u);
  EXPECT_EQ(PlanHessian(tape, {&dense[1], 1}).pattern.size(), 4u);
}

TEST(CustomTest, WithATapedVjpDerivativesOfAnyOrderFollow) {
  CustomRules cube;  // a^3
  cube.name = "cube";
  cube.value = [](Numbers x, Result y) { y[0] = x[0] * x[0] * x[0]; };
  cube.vjp = [](Numbers x, Numbers, Numbers y_bar, Result x_bar) {
    x_bar[0] = 3 * x[0] * x[0] * y_bar[0];
  };
  cube.taped_vjp = [](testing::Vars x, testing::Vars, testing::Vars y_bar) {
    return std::vector<Var>{3.0 * x[0] * x[0] * y_bar[0]};
  };
  Tape tape;
  const Var x = tape.Input(5.0);
  const Var y = CustomOperation(cube)({x})[0];
  Vector h(1);
  Workspace workspace;
  Hvp(tape, y, {1.0}, absl::MakeSpan(h), workspace);
  EXPECT_EQ(h[0], 30.0);
  const Retaped first = Retape(tape, y);
  const Retaped second = Retape(*first.tape, first.gradient[0]);
  const Retaped third = Retape(*second.tape, second.gradient[0]);
  EXPECT_EQ(second.tape->Primal(second.gradient[0]), 30.0);
  EXPECT_EQ(third.tape->Primal(third.gradient[0]), 6.0);
}

TEST(CustomTest, ListingsNameTheOperation) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  const std::vector<Var> y = CustomOperation(ProductAndSine())({x[0], x[1]});
  EXPECT_EQ(Listing(tape),
            "node  op       operands    primal\n"
            "  v0  input                     2\n"
            "  v1  input                     3\n"
            "  v2  pair[0]  v0 v1            6\n"
            "  v3  pair[1]  v2        0.909297\n");
  EXPECT_THAT(Dot(tape), ::testing::HasSubstr("v1 -> v2;"));
}

TEST(CustomTest, CheckGradientNamesAWrongRule) {
  CustomRules rules = ProductAndSine();
  rules.vjp = [](Numbers x, Numbers, Numbers y_bar, Result x_bar) {
    x_bar[0] = y_bar[0] * x[1];
    x_bar[1] = y_bar[0] * x[1];  // should be x[0]
  };
  const GradientCheck check = CheckGradient(
      [&](testing::Vars x) { return exp(0.1 * CustomOperation(rules)(x)[0]); }, {1.5, 4.0});
  EXPECT_FALSE(check.ok);
  ASSERT_TRUE(check.suspicion.has_value());
  EXPECT_EQ(check.suspicion->node, 2u);
  EXPECT_EQ(check.suspicion->operand, 1);
  EXPECT_EQ(check.suspicion->partial, 4.0);
  EXPECT_NEAR(check.suspicion->quotient.value, 1.5, 1e-9);
  EXPECT_THAT(check.report, ::testing::HasSubstr("pair"));
}

}  // namespace
}  // namespace wengert
