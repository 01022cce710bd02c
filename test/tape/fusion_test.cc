// Operations that share a record mean what they mean alone: whoever copies, moves, guards, marks or
// sweeps a Var in between, and in whichever order a compiler evaluates operands.

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

Var Identity(const Var& a) { return a; }

// A program in which every form of record occurs; the adjoints of what it computes on the way.
std::vector<double> AdjointsOfManyForms(Tape& tape, size_t n) {
  const std::vector<Var> x = tape.Inputs(std::vector<double>(n, 0.3));
  std::vector<Var> s = {x[n - 2]}, t = {x[n - 1] + 1.4};
  const Var number = 0.01;
  for (int k = 0; k < 300; ++k) {
    const Var a = s.back(), b = t.back();
    Var c = a + (a * b + b * b);
    c = c * c / (1.0 + c * c) - (a + k * 1e-4);
    c = 0.3 * (-(0.7 - (a * b + c) * 0.9 - a) * 1.1) + 0.1 * c;
    const Var d = b * b + 0.1;
    c = (c + number) * 0.9 + sqrt(d) * a * 0.1 - sqrt(a * a + 0.3) * number;
    s.push_back(sin(c - 2.0 * b) + a * 0.5);
    t.push_back(b * 0.5 - (fma(a, b, c) * exp(-(b * b)) + (3.0 - a) / sqrt(b * b + 1.0)) * 0.5);
  }
  const Adjoints& adjoints = tape.Backward(s.back() * t.back());
  std::vector<double> of;
  for (size_t k = 0; k < s.size(); ++k) of.insert(of.end(), {adjoints[s[k]], adjoints[t[k]]});
  return of;
}

// A tape records differently where one of its arrays ends. Inputs in front move all those places.
TEST(FusionTest, AdjointsDoNotDependOnWhereMemoryEnds) {
  for (size_t n = 2; n < 200; ++n) {
    Tape tape;
    const std::vector<double> growing = AdjointsOfManyForms(tape, n);
    tape.Clear();
    ASSERT_EQ(AdjointsOfManyForms(tape, n), growing) << n;
  }
}

TEST(FusionTest, FunctionThatReturnsAVarItAlsoKept) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var y = tape.Input(5.0);
  Var s = tape.Input(7.0);
  Var kept;
  const auto product = [&] {
    Var r = x * y;
    kept = r;
    return r;
  };
  s += product();
  const Var z = kept * 2.0;
  EXPECT_EQ(z.value(), 30.0);
  const Adjoints& of_z = tape.Backward(z);
  EXPECT_EQ(of_z[x], 10.0);
  EXPECT_EQ(of_z[y], 6.0);
  EXPECT_EQ(of_z[kept], 2.0);
  EXPECT_EQ(of_z[s], 0.0);
  EXPECT_EQ(tape.Backward(s)[x], 5.0);
}

TEST(FusionTest, CopyOfTheNewestVarReturnedByAFunction) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(11.0);
  const Var a = x * x;
  const Var sum = z + Identity(a);
  EXPECT_EQ(sum.value(), 20.0);
  EXPECT_EQ(tape.Backward(a)[z], 0.0);
  EXPECT_EQ(tape.Backward(a)[x], 6.0);
  EXPECT_EQ(tape.Backward(sum)[x], 6.0);
  EXPECT_EQ(tape.Backward(sum)[z], 1.0);
}

TEST(FusionTest, MovedFromVarIsNotSilentlyAnother) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(2.0);
  Var a = x * z;
  const Var sum = z + std::move(a);
  EXPECT_EQ(tape.Backward(sum)[z], 4.0);
  EXPECT_THROW(a + 1.0, UsageError);  // NOLINT(bugprone-use-after-move)
  Var b = x * z;
  const Var twice = std::move(b) * b;  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(twice.value(), 36.0);
  EXPECT_EQ(tape.Backward(twice)[x], 2.0 * 6.0 * 2.0);
}

TEST(FusionTest, TemporariesOnBothSidesInEitherOrder) {
  Tape tape;
  const Var a = tape.Input(2.0);
  const Var b = tape.Input(3.0);
  const Var c = tape.Input(5.0);
  const Var d = tape.Input(7.0);
  const Var y = (a * b - c * d) * (a - c) - (d - a) / (b * 2.0);
  const Adjoints& grad = tape.Backward(y);
  EXPECT_DOUBLE_EQ(y.value(), (6.0 - 35.0) * -3.0 - 5.0 / 6.0);
  EXPECT_DOUBLE_EQ(grad[a], 3.0 * -3.0 + (6.0 - 35.0) + 1.0 / 6.0);
  EXPECT_DOUBLE_EQ(grad[b], 2.0 * -3.0 + 5.0 * 2.0 / 36.0);
  EXPECT_DOUBLE_EQ(grad[c], -7.0 * -3.0 - (6.0 - 35.0));
  EXPECT_DOUBLE_EQ(grad[d], -5.0 * -3.0 - 1.0 / 6.0);
}

TEST(FusionTest, SquareOfANamedAndOfATemporaryValue) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var old = x + 1.0;
  const Var unrelated = x * 2.0;
  Var y = old * old;
  y = y * y;
  EXPECT_EQ(tape.Backward(y)[x], 4.0 * 64.0);
  const Var z = square(x * 2.0 + unrelated);
  EXPECT_EQ(tape.Backward(z)[x], 2.0 * 12.0 * 4.0);
}

TEST(FusionTest, AccumulationOntoTheRecordBefore) {
  Tape tape;
  const Var x = tape.Input(2.0);
  Var s = x;
  for (int k = 1; k <= 100; ++k) s += x * k;
  Var p = x;
  for (int k = 1; k <= 10; ++k) p = p * (x + k) - p;
  EXPECT_EQ(tape.Backward(s)[x], 1.0 + 5050.0);
  double value = 2.0;
  double slope = 1.0;
  for (int k = 1; k <= 10; ++k) {
    slope = slope * (2.0 + k) + value - slope;
    value = value * (2.0 + k) - value;
  }
  EXPECT_EQ(p.value(), value);
  EXPECT_EQ(tape.Backward(p)[x], slope);
}

TEST(FusionTest, GuardOnTheNewestVarKeepsItsOwnNode) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(1.0);
  const auto positive_product = [&] {
    Var r = x * x;
    EXPECT_TRUE(r > 4.0);
    return r;
  };
  const Var y = z + positive_product();
  ASSERT_EQ(tape.guards().size(), 1u);
  const Guard& guard = tape.guards()[0];
  EXPECT_EQ(tape.nodes()[guard.b.index()].op, Op::kMul);
  EXPECT_TRUE(tape.Replay({2.5, 1.0}).ok());
  EXPECT_FALSE(tape.Replay({1.5, 3.0}).ok());
  EXPECT_EQ(tape.Primal(y), 7.25);
}

TEST(FusionTest, MarkKeepsWhatIsBeforeItApart) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(4.0);
  Var a = x * x;
  const Tape::Position mark = tape.Mark();
  for (int k = 0; k < 3; ++k) {
    Var b = a;
    const Var y = z + std::move(b);
    EXPECT_EQ(tape.Backward(y)[x], 6.0);
    EXPECT_EQ(tape.Backward(y)[z], 1.0);
    tape.Rewind(mark);
  }
  const Var y = std::move(a) * z;
  EXPECT_EQ(tape.Backward(y)[z], 9.0);
  tape.Rewind(mark);
  EXPECT_EQ(tape.size(), 3u);
  EXPECT_EQ(tape.nodes()[2].op, Op::kMul);
}

TEST(FusionTest, SweepLooksAtTheNewestVarAndItStaysItself) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(4.0);
  Var a = x * z;
  const Adjoints& grad = tape.Backward(a);
  const Var y = std::move(a) + z;
  EXPECT_EQ(grad[y], 0.0) << "recorded after the sweep";
  EXPECT_EQ(tape.Backward(y)[z], 4.0);
}

TEST(FusionTest, NodesAreTheProgramAsItWasWritten) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var w = tape.Input(0.5);
  const Var s = tape.Input(1.0);
  const Var y = exp(2.0 - (s + w * x));
  EXPECT_EQ(Listing(tape),
            "node  op     operands    primal\n"
            "  v0  input                   3\n"
            "  v1  input                 0.5\n"
            "  v2  input                   1\n"
            "  v3  mul    v1 v0          1.5\n"
            "  v4  add    v2 v3          2.5\n"
            "  v5  sub    2 v4          -0.5\n"
            "  v6  exp    v5        0.606531\n");
  EXPECT_EQ(tape.size(), 7u);
  EXPECT_EQ(tape.NodeOf(y, "test"), 6u);
  EXPECT_EQ(tape.Backward(y).nodes()[3], -y.value());
}

TEST(FusionTest, ViewFollowsARecordThatIsJoinedLater) {
  Tape tape;
  const Var x = tape.Input(3.0);
  Var a = x * x;
  EXPECT_EQ(tape.size(), 2u);
  const Var y = std::move(a) + x;
  EXPECT_EQ(tape.size(), 3u);
  EXPECT_EQ(tape.primals()[1], 9.0);
  EXPECT_EQ(tape.primals()[2], 12.0);
  EXPECT_EQ(tape.NodeOf(y, "test"), 2u);
}

// The sweep over records against the generic loop over nodes, for every operation of the table and
// every place its operands can come from: old and newest nodes, constants, temporaries, twice one.
template <class R>
Var ApplyTo(const Var& a, const Var& b, const Var& c) {
  if constexpr (R::arity == 1) return Var::Apply<R::op>(a);
  if constexpr (R::arity == 2) return Var::Apply<R::op>(a, b);
  if constexpr (R::arity == 3) return Var::Apply<R::op>(a, b, c);
  return a;
}

TEST(FusionTest, EveryOperationSweepsAsItsNodesDo) {
  for (int k = 1; k < kOpCount; ++k) {
    VisitOp(static_cast<Op>(k), [](auto rule) {
      using R = decltype(rule);
      Tape tape;
      const Var x = tape.Input(0.3);
      const Var z = tape.Input(0.7);
      const Var number = 0.45;
      Var s = z;
      s += ApplyTo<R>(x, z, x) * z;
      s = 0.5 - ApplyTo<R>(x + 0.1, x, z);
      s = s - ApplyTo<R>(x, z * 0.5, x) / z;
      s = ApplyTo<R>(x, x, x) - s;
      s = ApplyTo<R>(number, x, number) * s + ApplyTo<R>(x, number, z);
      s = s + ApplyTo<R>(ApplyTo<R>(x, z, x), x, x);
      s = square(s) - ApplyTo<R>(number, number, number);
      Adjoints adjoints;
      tape.Backward(s, adjoints);
      const std::vector<double> gradient = adjoints.Gradient();
      for (size_t i = 0; i < 2; ++i) {
        const double expected = adjoints.nodes()[tape.inputs()[i]];
        if (std::isnan(expected)) continue;
        EXPECT_NEAR(gradient[i], expected, 1e-14 * (1.0 + std::fabs(expected)))
            << InfoOf(R::op).name;
      }
    });
  }
}

// The operators in every combination of named, temporary, newest, constant and repeated operands.
TEST(FusionTest, EveryPairOfOperatorsSweepsAsItsNodesDo) {
  Tape tape;
  const Var x = tape.Input(0.3);
  const Var z = tape.Input(0.7);
  Var s = z;
  const auto pairs = [&](const auto& f) {
    s = s + f(x, z);
    s = f(x, z) - s;
    s = s / f(z, x);
    s = f(s, x) * s;
    s = -f(x, s);
    s = square(f(s, s));
    s = 2.0 * f(s, z) + 1.0;
    s = 1.0 - f(z, s) / 3.0;
    s = tanh(f(s * 0.1, z)) + exp(-f(x, z * 0.1));
    s = log(2.0 + f(x, z) * f(x, z)) * f(x - z, s);
    s = s * 0.01 + 0.5;
  };
  pairs([](const Var& a, const Var& b) { return a + b; });
  pairs([](const Var& a, const Var& b) { return a - b; });
  pairs([](const Var& a, const Var& b) { return a * b; });
  pairs([](const Var& a, const Var& b) { return a * 3.0 + 0.0 * b; });
  pairs([](const Var& a, const Var& b) { return 3.0 - a + 0.0 * b; });
  Adjoints adjoints;
  tape.Backward(s, adjoints);
  const std::vector<double> gradient = adjoints.Gradient();
  for (size_t i = 0; i < 2; ++i) {
    const double expected = adjoints.nodes()[tape.inputs()[i]];
    EXPECT_NEAR(gradient[i], expected, 1e-11 * std::fabs(expected));
  }
  const std::vector<double> primals(tape.primals().begin(), tape.primals().end());
  ASSERT_TRUE(tape.Replay({0.5, 0.1}).ok());
  ASSERT_TRUE(tape.Replay({0.3, 0.7}).ok());
  EXPECT_EQ(primals, std::vector<double>(tape.primals().begin(), tape.primals().end()));
  EXPECT_EQ(tape.Primal(s), s.value());
}

TEST(FusionTest, ConstantVarsThatMetActiveOnesHaveNoNode) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var k = 3.0;
  Var s = 0.0;
  s += x * k;
  s = k - s;
  EXPECT_EQ(tape.size(), 4u);
  EXPECT_EQ(tape.nodes()[3].op, Op::kSub);
  EXPECT_TRUE(tape.nodes()[3].operands[0].is_constant());
  EXPECT_EQ(tape.constants()[tape.nodes()[3].operands[0].index()], 3.0);
  EXPECT_EQ(tape.Backward(s)[x], -3.0);
}

}  // namespace
}  // namespace wengert
