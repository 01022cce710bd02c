// Tapes begin, nest, stop, are cleared and rewound; Vars that outlive their recording are noticed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The text of the UsageError that f throws; a failure when it throws none.
template <class F>
std::string MisuseOf(F f) {
  try {
    f();
  } catch (const UsageError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UsageError";
  return "";
}

TEST(LifetimeTest, VarOfADestroyedTapeIsStale) {
  Var x;
  {
    Tape gone;
    x = gone.Input(1.0);
  }
  EXPECT_THAT(MisuseOf([&] { x + x; }),
              AllOf(HasSubstr("no tape records"), HasSubstr("construct")));
  Tape tape;
  const Var y = tape.Input(2.0);
  EXPECT_THAT(MisuseOf([&] { x* y; }), AllOf(HasSubstr("isn't alive"), HasSubstr("Tape::Input")));
  EXPECT_THAT(MisuseOf([&] { tape.Backward(x); }), HasSubstr("Tape::Backward"));
  EXPECT_THAT(MisuseOf([&] { tape.Primal(x); }), HasSubstr("Tape::Primal"));
  EXPECT_EQ(x.value(), 1.0);
}

TEST(LifetimeTest, ClearedTapeRecordsAgainAndItsOldVarsAreStale) {
  Tape tape;
  const Var old = tape.Input(1.0);
  tape.Clear();
  EXPECT_EQ(tape.size(), 0u);
  const Var x = tape.Input(5.0);
  EXPECT_THROW(old + x, UsageError);
  EXPECT_THROW(tape.Backward(x)[old], UsageError);
  EXPECT_EQ(tape.Backward(x * x)[x], 10.0);
}

TEST(LifetimeTest, ClearKeepsTheMemory) {
  Tape tape;
  const auto record = [&] {
    Var y = tape.Input(1.0);
    for (int k = 0; k < 5000; ++k) y = y * 0.5 + 1.0;
  };
  record();
  const size_t reserved = tape.reserved_bytes();
  tape.Clear();
  EXPECT_EQ(tape.bytes(), 0u);
  record();
  EXPECT_EQ(tape.reserved_bytes(), reserved);
}

TEST(LifetimeTest, RewindForgetsWhatCameAfterTheMark) {
  Tape tape;
  const Var w = tape.Input(3.0);
  const Tape::Position mark = tape.Mark();
  const Var first = w * 2.0;
  tape.Rewind(mark);
  EXPECT_EQ(tape.size(), 1u);
  const Var second = w * w;
  EXPECT_THROW(first + second, UsageError) << "same node index, another recording";
  EXPECT_EQ(tape.Backward(second)[w], 6.0);
  tape.Rewind(mark);
  EXPECT_EQ(tape.Backward(w + w)[w], 2.0);
}

TEST(LifetimeTest, MarksNestAndRewindOnlyBackwards) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Tape::Position outer = tape.Mark();
  const Var y = x * x;
  const Tape::Position inner = tape.Mark();
  const Var z = y * x;
  tape.Rewind(inner);
  EXPECT_THROW(z + x, UsageError);
  EXPECT_EQ(tape.Backward(y + x)[x], 7.0);
  tape.Rewind(outer);
  EXPECT_THROW(y + x, UsageError);
  EXPECT_THAT(MisuseOf([&] { tape.Rewind(inner); }),
              AllOf(HasSubstr("Tape::Rewind"), HasSubstr("Mark of its own")));
  tape.Clear();
  EXPECT_THROW(tape.Rewind(outer), UsageError);
  Tape other;
  EXPECT_THROW(other.Rewind(tape.Mark()), UsageError);
}

// Records a little at a time, marks after each, and tries to rewind to every mark after every
// other.
TEST(LifetimeTest, OfTwoMarksTheEarlierKillsTheLaterOne) {
  for (size_t first = 0; first < 5; ++first) {
    for (size_t second = 0; second < 5; ++second) {
      Tape tape;
      std::vector<Tape::Position> marks = {tape.Mark()};
      const Var a = tape.Input(2.0);
      marks.push_back(tape.Mark());
      (void)(a > 1.0);
      marks.push_back(tape.Mark());
      const Var x = a * a;
      marks.push_back(tape.Mark());
      (void)tape.Input(x.value());
      marks.push_back(tape.Mark());
      tape.Rewind(marks[first]);
      const size_t kept = tape.size(), guards = tape.guards().size();
      if (second > first) {
        if (first > 0) (void)(a * a * a * a);
        EXPECT_THROW(tape.Rewind(marks[second]), UsageError) << first << " " << second;
      } else {
        tape.Rewind(marks[second]);
        EXPECT_LE(tape.size(), kept);
        EXPECT_LE(tape.guards().size(), guards);
        tape.Rewind(marks[second]);
      }
      EXPECT_TRUE(tape.Replay(std::vector<double>(tape.inputs().size(), 3.0)).ok());
    }
  }
}

TEST(LifetimeTest, AdjointsOutliveNoClearAndKnowWhatCameAfterARewind) {
  Tape tape;
  const Var a = tape.Input(3.0);
  const Tape::Position mark = tape.Mark();
  const Adjoints& grad = tape.Backward(a * a * 5.0);
  tape.Rewind(mark);
  const Var d = a + 100.0;
  EXPECT_EQ(grad[a], 30.0);
  EXPECT_EQ(grad[d], 0.0);
  EXPECT_THROW(grad.Gradient(), UsageError);
  EXPECT_THROW(Listing(tape, &grad), UsageError);
  EXPECT_THROW(Dot(tape, &grad), UsageError);
  tape.Clear();
  const Var n = tape.Input(9.0);
  EXPECT_EQ(grad[n], 0.0);
  EXPECT_THROW(grad.Gradient(), UsageError);
  Tape other;
  const Var b = other.Input(1.0);
  EXPECT_THROW(Listing(tape, &other.Backward(b)), UsageError);
}

TEST(LifetimeTest, TapeOfAFinishedThreadIsNotTakenForThisThreads) {
  for (int k = 0; k < 8; ++k) {  // the new thread may have the old one's memory
    std::unique_ptr<Tape> tape;
    std::thread([&] { tape = std::make_unique<Tape>(); }).join();
    std::thread([&] { EXPECT_THROW(tape->Stop(), UsageError); }).join();
    static auto& kept = *new std::vector<Tape*>;
    kept.push_back(tape.release());  // destroying it would terminate the program, as documented
  }
}

TEST(LifetimeTest, ManyRewindsStayCheap) {
  Tape tape;
  const Var w = tape.Input(1.0);
  const Tape::Position mark = tape.Mark();
  const size_t bytes = tape.bytes();
  for (int k = 0; k < 100000; ++k) {
    tape.Rewind(mark);
    EXPECT_EQ(tape.Backward(w * 3.0)[w], 3.0);
  }
  tape.Rewind(mark);
  EXPECT_EQ(tape.bytes(), bytes);
}

TEST(LifetimeTest, InnermostTapeRecordsAndTheOuterGoesOnAfterIt) {
  Tape outer;
  const Var x = outer.Input(2.0);
  double slope = 0.0;
  {
    Tape inner;
    const Var t = inner.Input(x.value());
    EXPECT_THROW(t * x, UsageError) << "a Var of the outer tape is foreign to the inner one";
    slope = inner.Backward(t * t)[t];
  }
  EXPECT_EQ(outer.Backward(x * slope)[x], 4.0);
  EXPECT_EQ(outer.size(), 2u);
}

TEST(LifetimeTest, TapesDestroyedOutOfOrderLeaveTheInnermost) {
  auto first = std::make_unique<Tape>();
  auto second = std::make_unique<Tape>();
  const Var x = second->Input(3.0);
  first.reset();
  EXPECT_EQ(second->Backward(x * x)[x], 6.0);
  second.reset();
  EXPECT_THROW(x + 1.0, UsageError);
}

TEST(LifetimeTest, StoppedTapeIsReadAndDestroyedByAnotherThread) {
  auto tape = std::make_unique<Tape>();
  const Var x = tape->Input(3.0);
  const Var y = x * x;
  tape->Stop();
  EXPECT_FALSE(tape->is_recording());
  EXPECT_THROW(y + 1.0, UsageError);
  EXPECT_THROW(tape->Input(1.0), UsageError);
  double slope = 0.0;
  std::thread([&, moved = std::move(tape)]() mutable {
    slope = moved->Backward(y)[x];
    ASSERT_TRUE(moved->Replay({5.0}).ok());
    EXPECT_EQ(moved->Primal(y), 25.0);
    moved.reset();
  }).join();
  EXPECT_EQ(slope, 6.0);
}

TEST(LifetimeTest, VarOfAnotherThreadIsForeign) {
  Tape tape;
  const Var x = tape.Input(1.0);
  std::thread([&] {
    EXPECT_THROW(x + 1.0, UsageError) << "no tape here";
    Tape own;
    EXPECT_THROW(x + own.Input(1.0), UsageError);
    EXPECT_THROW(tape.Input(1.0), UsageError);
    EXPECT_THROW(tape.Stop(), UsageError);
  }).join();
  EXPECT_EQ(tape.size(), 1u);
}

TEST(LifetimeTest, SixtyFourThreadsRecordAndSweepTheirOwnTapes) {
  std::vector<std::thread> threads;
  std::vector<double> slopes(64);
  for (int k = 0; k < 64; ++k) {
    threads.emplace_back([k, &slopes] {
      Tape tape;
      const Var x = tape.Input(k);
      Var y = x;
      for (int i = 0; i < 1000; ++i) y = y + x * 2.0;
      slopes[static_cast<size_t>(k)] = tape.Backward(y)[x];
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(slopes, ::testing::Each(2001.0));
}

TEST(LifetimeTest, OneTapeIsSweptByManyThreads) {
  Tape tape;
  const Var x = tape.Input(1.0);
  Var y = x;
  for (int i = 0; i < 1000; ++i) y = y + x * 2.0;
  std::vector<std::thread> threads;
  std::vector<double> slopes(16);
  for (size_t k = 0; k < slopes.size(); ++k) {
    threads.emplace_back([&, k] {
      Adjoints adjoints;
      tape.Backward(y, adjoints);
      slopes[k] = adjoints[x];
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(slopes, ::testing::Each(2001.0));
}

TEST(LifetimeTest, NodeLimitIsAnErrorAndTheTapeStaysAsItWas) {
  Tape tape({.max_nodes = 1500});
  const Var x = tape.Input(1.0);
  Var y = x;
  const auto fill = [&] {
    for (;;) y = y + x;
  };
  EXPECT_THAT(MisuseOf(fill), AllOf(HasSubstr("1500 nodes"), HasSubstr("max_nodes")));
  EXPECT_EQ(tape.size(), 1500u);
  EXPECT_EQ(tape.Backward(y)[x], 1500.0);
  EXPECT_THROW(tape.Input(2.0), UsageError);
  EXPECT_EQ(tape.inputs().size(), 1u);
}

TEST(LifetimeTest, ThrowingWhileRecordingLeavesTheTapeUsable) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Tape::Position mark = tape.Mark();
  try {
    (void)(x * x);
    throw std::runtime_error("the user's callback");
  } catch (const std::runtime_error&) {
    tape.Rewind(mark);
  }
  EXPECT_EQ(tape.Backward(x * 7.0)[x], 7.0);
}

TEST(LifetimeTest, AdjointsWithoutASweepAreAnError) {
  const Adjoints none;
  Tape tape;
  const Var x = tape.Input(1.0);
  EXPECT_THAT(MisuseOf([&] { (void)none[x]; }), HasSubstr("Tape::Backward"));
  std::vector<double> wrong(3);
  const Adjoints& grad = tape.Backward(x);
  EXPECT_THAT(MisuseOf([&] { grad.Gradient(absl::MakeSpan(wrong)); }),
              AllOf(HasSubstr("holds 3"), HasSubstr("1 inputs")));
}

}  // namespace
}  // namespace wengert
