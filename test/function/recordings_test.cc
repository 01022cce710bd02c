// When and where a Function records: on branches that are new, one thread at a time, with the
// parameters of the call that asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "wengert/function/tier.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::HasSubstr;
using Vars = absl::Span<const Var>;

// Holds a callable where it is, until another thread has come as far as it can.
class Gate {
 public:
  void Enter() {
    entered_ = true;
    while (!open_) std::this_thread::yield();
  }
  void AwaitEntered() const {
    while (!entered_) std::this_thread::yield();
  }
  // Time for other threads to reach the recording that is going on. Too short, and the test is
  // easier to pass.
  void OpenSoon() {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    open_ = true;
  }

 private:
  std::atomic<bool> entered_{false}, open_{false};
};

TEST(RecordingsTest, IndexOfMinusZeroIsThatOfZero) {
  const auto table = [](Vars x) {
    const Var y = x[1] * static_cast<double>(1 + Index(x[0]));
    return x[1] > 0.0 ? y : -2.0 * y;
  };
  for (const double first : {0.5, 0.0, -0.0, 1.5}) {
    const Function f = Function::Record(table, {first, 1.0});
    for (const double x : {-0.0, 0.0, 0.25, -0.0}) {
      EXPECT_EQ(f.Value({x, 3.0}), 3.0);
      EXPECT_EQ(f.Value({x, -3.0}), 6.0);
    }
    EXPECT_EQ(f.statistics().recordings, first == 1.5 ? 3 : 2);
  }
}

TEST(RecordingsTest, NamesThatAnotherThreadMetAreThere) {
  Gate gate;
  const Function f = Function::Record(
      [&gate](Vars x) {
        if (x[0] > 0.0) return x[0];
        Var y = x[0];
        for (int k = 0; k < 100; ++k) y += Parameter(k, "p" + std::to_string(k));
        gate.Enter();
        return y;
      },
      {1.0});
  std::thread first([&] { EXPECT_EQ(f.Value({-1.0}), 4949.0); });
  gate.AwaitEntered();
  std::thread second([&] { EXPECT_EQ(f.Value({-2.0}), 4948.0); });
  gate.OpenSoon();
  first.join();
  second.join();
  EXPECT_EQ(f.statistics().recordings, 2);
}

// Set from within the call, where a tier is made, before the branch is recorded.
TEST(RecordingsTest, CallsKeepTheParametersThatTheyBeganWith) {
  std::function<void()> set = [] {};
  const TierMaker none = [&set](const TierSource&) {
    set();
    return std::unique_ptr<const Tier>();
  };
  Function f = Function::Record(
      [](Vars x) {
        const Var signed_x = Parameter(1.0, "sign") > 0.0 ? x[0] : -x[0];
        return x[0] > 0.0 ? signed_x : 3.0 * signed_x;
      },
      {1.0}, {.compile_after = 1, .compiler = none});
  set = [&f] { f.Set("sign", -1.0); };
  EXPECT_EQ(f.Value({1.0}), 1.0);
  EXPECT_EQ(f.Value({-20.0}), -60.0) << "of the sign that it began with";
  EXPECT_EQ(f.Value({-20.0}), 60.0);
}

TEST(RecordingsTest, CallableThatNeedsItsOwnRecordingIsAnError) {
  std::function<double(double)> self;
  const Function f = Function::Record(
      [&self](Vars x) {
        if (x[0] < 1.0) return x[0];
        return x[0] * self(Freeze(x[0]) - 1.0);
      },
      {0.5});
  self = [&f](double x) { return f.Value({x}); };
  EXPECT_EQ(f.Value({1.5}), 0.75) << "that branch was there";
  const Function g = Function::Record(
      [&self](Vars x) {
        for (int k = 0; k < 5; ++k) {
          if (x[0] < k) return x[0] * self(Freeze(x[0]) - 1.0);
        }
        return x[0];
      },
      {7.0});
  self = [&g](double x) { return g.Value({x}); };
  try {
    (void)g.Value({3.5});
    FAIL() << "recorded inside of its recording";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("evaluates its own Function"));
  }
  self = [](double) { return 2.0; };
  EXPECT_EQ(g.Value({3.5}), 7.0) << "and all is as it was";
  EXPECT_EQ(g.statistics().recordings, 2);
}

TEST(RecordingsTest, FunctionsInsideOfCallablesHaveParametersOfTheirOwn) {
  Function inner = Function::Record(
      [](Vars x) { return x[0] > 0.0 ? x[0] * Parameter(2.0, "a") : -x[0] * Parameter(3.0, "b"); },
      {1.0});
  Function outer = Function::Record(
      [&inner](Vars x) {
        const Var a = Parameter(10.0, "a");
        const double factor = inner.Value({x[0] < 0.0 ? -1.0 : 1.0});
        return x[0] * factor * a + Parameter(20.0, "c");
      },
      {1.0});
  EXPECT_EQ(outer.Value({1.0}), 40.0);
  EXPECT_EQ(outer.Value({-1.0}), -10.0) << "both recorded";
  outer.Set("a", 1.0);
  EXPECT_EQ(outer.Value({-1.0}), 17.0);
  EXPECT_EQ(inner.Value({1.0}), 2.0);
  EXPECT_THROW(outer.Set("b", 1.0), UsageError);
  EXPECT_THROW(inner.Set("c", 1.0), UsageError);
}

TEST(RecordingsTest, NoOutputsAreANumberOfOutputs) {
  const Function f = Function::Record(
      [](Vars x) { return x[0] > 0.0 ? std::vector<Var>{x[0]} : std::vector<Var>{}; }, {-1.0});
  EXPECT_EQ(f.outputs(), 0u);
  f.Values({-2.0}, {});
  EXPECT_THROW(f.Values({2.0}, {}), UsageError);
  f.Values({-3.0}, {});
  EXPECT_TRUE(f.Jacobian({-3.0}).empty());
  EXPECT_EQ(f.statistics().recordings, 1);
}

TEST(RecordingsTest, WhatWasMovedFromIsACopy) {
  Function f = Function::Record([](Vars x) { return 2.0 * x[0]; }, {1.0});
  const Function g = std::move(f);
  EXPECT_EQ(g.Value({2.0}), 4.0);
  EXPECT_EQ(f.Value({3.0}), 6.0);  // NOLINT(bugprone-use-after-move)
}

// Beside a list that does what the cache promises.
TEST(RecordingsTest, TheLeastRecentlyUsedTraceLeaves) {
  for (const size_t max_traces : {1u, 2u, 3u}) {
    const Function f =
        Function::Record([](Vars x) { return x[0] * static_cast<double>(Index(x[0])); }, {0.5},
                         {.max_traces = max_traces, .compile_after = 2});
    std::mt19937_64 random(max_traces);
    std::list<uint64_t> kept = {0};
    int64_t recordings = 1;
    for (int k = 0; k < 500; ++k) {
      const uint64_t branch = random() % 5;
      const double x = static_cast<double>(branch) + 0.5;
      ASSERT_EQ(f.Value({x}), x * static_cast<double>(branch));
      if (kept.remove(branch) == 0) ++recordings;
      kept.push_front(branch);
      if (kept.size() > max_traces) kept.pop_back();
      ASSERT_EQ(f.statistics().recordings, recordings) << "of " << max_traces << ", call " << k;
      ASSERT_EQ(f.statistics().traces, kept.size());
    }
  }
}

// Throws at the k-th of its points, counted over all recordings.
class Bomb {
 public:
  void Tick() {
    if (fuse_ > 0 && --fuse_ == 0) throw std::runtime_error("bomb");
  }
  void Set(int fuse) { fuse_ = fuse; }

 private:
  int fuse_ = 0;
};

Var Staircase(Bomb& bomb, Vars x, Vars p) {
  bomb.Tick();
  Var y = x[1] * p[0];
  for (int k = 0; k < 4 && x[0] > k; ++k) {
    bomb.Tick();
    y = y * x[1] + Parameter(k, "step " + std::to_string(k));
  }
  bomb.Tick();
  return y;
}

struct Answers {
  std::vector<double> values, gradients;
  bool operator==(const Answers&) const = default;
};

Answers Batch(const Function& f, const std::vector<double>& points) {
  const size_t k = points.size() / 2;
  Answers answers = {std::vector<double>(k), std::vector<double>(2 * k)};
  f.GradientBatch(points, absl::MakeSpan(answers.values), absl::MakeSpan(answers.gradients));
  return answers;
}

TEST(RecordingsTest, CallableThatThrowsAnywhereLeavesTheFunctionAsItWas) {
  const std::vector<double> points = {0.5, 2.0, 3.5, 0.5, 1.5, 4.0, -1.0, 3.0, 2.5, 1.5};
  for (const int64_t after : {int64_t{0}, int64_t{1}, FunctionOptions::kNever}) {
    const auto record = [&](Bomb& bomb) {
      return Function::Record([&bomb](Vars x, Vars p) { return Staircase(bomb, x, p); }, {0.5, 2.0},
                              {3.0}, {.compile_after = after});
    };
    Bomb none;
    const Answers expected = Batch(record(none), points);
    int exploded = 0;
    for (int fuse = 1;; ++fuse) {
      Bomb bomb;
      Function f = record(bomb);
      bomb.Set(fuse);
      int64_t recordings = 0;
      try {
        (void)Batch(f, points);
      } catch (const std::runtime_error&) {
        recordings = f.statistics().recordings;
        EXPECT_THROW(f.Set("step 3", 1.0), UsageError) << "it is the last to be recorded";
      }
      if (recordings == 0) break;
      ++exploded;
      EXPECT_EQ(Batch(f, points), expected) << "fuse " << fuse;
      EXPECT_EQ(f.statistics().recordings, 5);
      f.Set("step 3", 1.0);
    }
    EXPECT_GE(exploded, 12);
    Bomb bomb;
    bomb.Set(1);
    EXPECT_THROW(record(bomb), std::runtime_error);
    Tape tape;
    EXPECT_EQ(tape.Backward(tape.Input(1.0) * 2.0).Gradient(), std::vector<double>{2.0});
  }
}

TEST(RecordingsTest, CallableThatThrowsOnOneThreadDoesntHarmTheOthers) {
  std::atomic<int> calls{0};
  const Function f = Function::Record(
      [&calls](Vars x) {
        const int64_t k = Index(x[0]);
        if (++calls % 2 == 0) throw std::runtime_error("every second recording");
        return x[0] * static_cast<double>(k);
      },
      {0.5}, {.max_traces = 4, .compile_after = 3});
  std::atomic<int> wrong{0}, thrown{0};
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      std::vector<double> g(1);
      for (int k = 0; k < 200; ++k) {
        const auto branch = static_cast<double>(random() % 8);
        const std::vector<double> x = {branch + 0.5};
        try {
          const double y = f.Gradient(x, absl::MakeSpan(g));
          wrong += y == x[0] * branch && g[0] == branch ? 0 : 1;
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(thrown, 0);
  EXPECT_EQ(f.statistics().recordings + thrown, calls);
}

}  // namespace
}  // namespace wengert
