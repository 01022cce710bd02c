// Misuse of tapes and their Vars: each a message that names where, what and how to mend it, or a
// documented no-op; the tape is afterwards what it was before.

#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "test/support/misuse.h"

namespace wengert {
namespace {

using testing::ExpectMisuse;
using Vector = std::vector<double>;

constexpr testing::Message kNoTape = {"arithmetic on Var", "no tape records", "construct"};
testing::Message NotAlive(const char* where) { return {where, "isn't alive", "Tape::Input"}; }

// A tape with y = a b + a, which every misuse must leave in working order.
struct Healthy {
  Tape tape;
  Var a = tape.Input(3.0), b = tape.Input(5.0);
  Var y = a * b + a;

  ~Healthy() {
    EXPECT_EQ(tape.size(), 4u);
    const Adjoints& grad = tape.Backward(y);
    EXPECT_EQ(grad[a], 6.0);
    EXPECT_EQ(grad[b], 3.0);
    EXPECT_EQ(tape.Primal(y), 18.0);
  }
};

Var VarOfADestroyedTape() {
  Tape gone;
  return gone.Input(1.0);
}

TEST(TapeMisuse, WithoutATape) {
  const Var stale = VarOfADestroyedTape();
  ExpectMisuse("sum", kNoTape, [&] { (void)(stale + 1.0); });
  ExpectMisuse("product", kNoTape, [&] { (void)(2.0 * stale); });
  ExpectMisuse("function", kNoTape, [&] { (void)sin(stale); });
  ExpectMisuse("three operands", kNoTape, [&] { (void)fma(stale, 1.0, 2.0); });
  ExpectMisuse("in place", kNoTape, [&] {
    Var s = stale;
    s += 1.0;
  });
  EXPECT_EQ((Var(2.0) * 3.0).value(), 6.0) << "constants need no tape";
  EXPECT_EQ(stale.value(), 1.0) << "and a number stays readable";
}

TEST(TapeMisuse, StaleVarsBesideALiveTape) {
  const Var stale = VarOfADestroyedTape();
  Healthy healthy;
  Tape& tape = healthy.tape;
  const Adjoints& grad = tape.Backward(healthy.y);
  ExpectMisuse("left", NotAlive("arithmetic on Var"), [&] { (void)(stale * healthy.a); });
  ExpectMisuse("right", NotAlive("arithmetic on Var"), [&] { (void)(healthy.a - stale); });
  ExpectMisuse("with a constant", NotAlive("arithmetic on Var"), [&] { (void)(stale / 2.0); });
  ExpectMisuse("function", NotAlive("arithmetic on Var"), [&] { (void)exp(stale); });
  ExpectMisuse("third", NotAlive("arithmetic on Var"),
               [&] { (void)Where(healthy.a, healthy.b, stale); });
  ExpectMisuse("Backward", NotAlive("Tape::Backward"), [&] { tape.Backward(stale); });
  ExpectMisuse("Primal", NotAlive("Tape::Primal"), [&] { (void)tape.Primal(stale); });
  ExpectMisuse("adjoint", NotAlive("Adjoints::operator[]"), [&] { (void)grad[stale]; });
  Workspace workspace;
  Vector out(2);
  ExpectMisuse("Vjp", NotAlive("Vjp"), [&] {
    Vjp(tape, {&stale, 1}, Vector{1.0}, absl::MakeSpan(out), workspace);
  });
}

TEST(TapeMisuse, ForeignVars) {
  Healthy outer;
  {
    Tape inner;
    const Var t = inner.Input(1.0);
    ExpectMisuse("outer's Var", NotAlive("arithmetic on Var"), [&] { (void)(t * outer.a); });
    ExpectMisuse("outer's Var alone", NotAlive("arithmetic on Var"), [&] { (void)(-outer.a); });
    ExpectMisuse("Backward", NotAlive("Tape::Backward"), [&] { outer.tape.Backward(t); });
    EXPECT_EQ(inner.Backward(t + 1.0)[t], 1.0);
  }
  std::thread([&] {
    ExpectMisuse("another thread's Var", kNoTape, [&] { (void)(outer.a + 1.0); });
    Tape own;
    const Var t = own.Input(1.0);
    ExpectMisuse("beside its own", NotAlive("arithmetic on Var"), [&] { (void)(outer.a * t); });
    ExpectMisuse("Input", {"Tape::Input", "doesn't record on this thread", "before Stop"},
                 [&] { outer.tape.Input(1.0); });
    ExpectMisuse("Stop", {"Tape::Stop", "isn't the one", "thread that made it"},
                 [&] { outer.tape.Stop(); });
  }).join();
}

TEST(TapeMisuse, ClearWhileVarsLive) {
  Tape tape;
  const Var old = tape.Input(1.0);
  tape.Clear();
  ExpectMisuse("alone", NotAlive("arithmetic on Var"), [&] { (void)(old * 2.0); });
  const Var x = tape.Input(7.0);
  ExpectMisuse("beside a new one", NotAlive("arithmetic on Var"), [&] { (void)(old + x); });
  ExpectMisuse("Backward", NotAlive("Tape::Backward"), [&] { tape.Backward(old); });
  EXPECT_EQ(tape.Backward(x * x)[x], 14.0);
}

TEST(TapeMisuse, RewindPast) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Tape::Position outer = tape.Mark();
  const Var y = x * x;
  const Tape::Position inner = tape.Mark();
  tape.Rewind(outer);
  const testing::Message message = {"Tape::Rewind", "isn't on this tape", "Mark of its own"};
  ExpectMisuse("to a mark that is gone", message, [&] { tape.Rewind(inner); });
  ExpectMisuse("and its Var", NotAlive("arithmetic on Var"), [&] { (void)(y + x); });
  {
    Tape other;
    ExpectMisuse("to another's mark", message, [&] { other.Rewind(outer); });
  }
  EXPECT_EQ(tape.Backward(x + x)[x], 2.0);
  tape.Clear();
  ExpectMisuse("after Clear", message, [&] { tape.Rewind(outer); });
}

TEST(TapeMisuse, AfterStop) {
  Tape tape;
  const Var x = tape.Input(3.0), y = x * x;
  tape.Stop();
  ExpectMisuse("Input", {"Tape::Input", "doesn't record", "before Stop"}, [&] { tape.Input(1.0); });
  ExpectMisuse("arithmetic", kNoTape, [&] { (void)(x + 1.0); });
  tape.Stop();  // a no-op, as documented
  EXPECT_EQ(tape.Backward(y)[x], 6.0);
}

TEST(TapeMisuse, SpansOfTheWrongLength) {
  Healthy healthy;
  Tape& tape = healthy.tape;
  const testing::Message replay = {"Tape::Replay", "2 inputs", "each Tape::Input"};
  ExpectMisuse("short", replay, [&] { (void)tape.Replay({1.0}); });
  ExpectMisuse("long", replay, [&] { (void)tape.Replay({1.0, 2.0, 3.0}); });
  ExpectMisuse("none", replay, [&] { (void)tape.Replay({}); });
  Vector one(1), three(3);
  const Adjoints& grad = tape.Backward(healthy.y);
  ExpectMisuse("gradient", {"Adjoints::Gradient", "holds 3", "each Tape::Input"},
               [&] { grad.Gradient(absl::MakeSpan(three)); });
  Workspace workspace;
  const absl::Span<const Var> y = {&healthy.y, 1};
  const auto wrong = [](const char* where) -> testing::Message {
    return {where, "the length of", "one number an input"};
  };
  ExpectMisuse("v", wrong("Jvp"), [&] { Jvp(tape, y, one, absl::MakeSpan(one), workspace); });
  ExpectMisuse("J v", wrong("Jvp"),
               [&] { Jvp(tape, y, Vector(2), absl::MakeSpan(three), workspace); });
  ExpectMisuse("w", wrong("Vjp"), [&] { Vjp(tape, y, {}, absl::MakeSpan(one), workspace); });
  ExpectMisuse("J' w", wrong("Vjp"), [&] { Vjp(tape, y, one, absl::MakeSpan(one), workspace); });
  ExpectMisuse("weights", wrong("Hvp"), [&] {
    Hvp(tape, y, Vector(2), Vector(2), absl::MakeSpan(three).first(2), workspace);
  });
  ExpectMisuse("Jacobian", wrong("Jacobian"),
               [&] { Jacobian(tape, y, absl::MakeSpan(three), workspace); });
  ExpectMisuse("Hessian", wrong("Hessian"),
               [&] { Hessian(tape, healthy.y, absl::MakeSpan(three), workspace); });
  EXPECT_EQ(three, Vector(3)) << "buffers are untouched";
}

TEST(TapeMisuse, AdjointsThatAreNot) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const Adjoints none;
  ExpectMisuse("no sweep", {"Adjoints::operator[]", "no sweep", "Tape::Backward first"},
               [&] { (void)none[x]; });
  const Tape::Position mark = tape.Mark();
  const Adjoints& grad = tape.Backward(x * 2.0);
  tape.Rewind(mark);
  ExpectMisuse("rewound", {"Adjoints::Gradient", "cleared or rewound", "Tape::Backward again"},
               [&] { (void)grad.Gradient(); });
  ExpectMisuse("printed", {"Listing", "aren't of this tape", "Tape::Backward"},
               [&] { (void)Listing(tape, &grad); });
  ExpectMisuse("drawn", {"Dot", "aren't of this tape", "Tape::Backward"},
               [&] { (void)Dot(tape, &grad); });
  ExpectMisuse("searched", {"FirstNonFinite", "aren't of this tape", "Tape::Backward"},
               [&] { (void)FirstNonFinite(tape, &grad); });
}

TEST(TapeMisuse, TooManyNodes) {
  Tape tape({.max_nodes = 100});
  const Var x = tape.Input(1.0);
  Var y = x;
  const testing::Message message = {"arithmetic on Var", "its 100 nodes", "max_nodes"};
  while (tape.size() < 100) y = sin(y);
  ExpectMisuse("arithmetic", message, [&] { y = sin(y); });
  ExpectMisuse("Input", message, [&] { tape.Input(1.0); });
  EXPECT_EQ(tape.size(), 100u);
  EXPECT_TRUE(std::isfinite(tape.Backward(y)[x]));
}

// Documented no-ops, and numbers that flow.
TEST(TapeMisuse, WhatIsNoError) {
  Healthy healthy;
  Tape& tape = healthy.tape;
  EXPECT_EQ(tape.Backward(Var(4.0))[healthy.a], 0.0) << "a constant root has zero adjoints";
  Workspace workspace;
  Vector x_bar(2), nothing;
  const double nan = std::nan("");
  Vjp(tape, {&healthy.y, 1}, {&nan, 1}, absl::MakeSpan(x_bar), workspace);
  EXPECT_TRUE(std::isnan(x_bar[0]) && std::isnan(x_bar[1])) << "a NaN seed flows";
  Vjp(tape, {}, {}, absl::MakeSpan(x_bar), workspace);
  Jvp(tape, {}, Vector(2), absl::MakeSpan(nothing), workspace);
  Var moved_from = healthy.a;
  const Var taken = std::move(moved_from);
  EXPECT_EQ(taken.value(), 3.0);
  EXPECT_EQ((Var() + 1.0).value(), 1.0) << "a Var is zero at first";
}

TEST(TapeMisuse, TapesDestroyedOutOfOrder) {
  for (int first = 0; first < 3; ++first) {
    std::unique_ptr<Tape> tapes[3];
    Var x[3];
    for (int k = 0; k < 3; ++k) {
      tapes[k] = std::make_unique<Tape>();
      x[k] = tapes[k]->Input(k + 1.0);
    }
    tapes[first].reset();
    const int inner = first == 2 ? 1 : 2, outer = first == 0 ? 1 : 0;
    EXPECT_EQ(tapes[inner]->Backward(x[inner] * x[inner])[x[inner]], 2.0 * (inner + 1));
    ExpectMisuse("of the destroyed one", NotAlive("arithmetic on Var"),
                 [&] { (void)(x[first] * x[inner]); });
    tapes[inner].reset();
    EXPECT_EQ(tapes[outer]->Backward(x[outer] + x[outer])[x[outer]], 2.0);
  }
  const Var stale = VarOfADestroyedTape();
  ExpectMisuse("and none is left", kNoTape, [&] { (void)(stale + stale); });
}

}  // namespace
}  // namespace wengert
