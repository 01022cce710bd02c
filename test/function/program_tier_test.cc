// A Function whose loops are replayed in lanes, beside one that interprets.

#include "wengert/function/program_tier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "test/function/waves.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::AllOf;
using testing::Answer;
using testing::At;
using testing::ExpectRounded;
using ::testing::HasSubstr;
using testing::kInterpreted;
using testing::kSize;
using testing::Point;
using testing::SumOfWaves;
using testing::Vars;
using testing::Vector;

Var SumOfBranches(Vars x) {
  Var sum = 0.0;
  for (const Var& each : x) sum += each < 1.0 ? each * each : 2.0 * each;
  return sum;
}

TEST(ProgramTier, AFunctionIsCompiledByItself) {
  const Function f = Function::Record(SumOfWaves, Point());
  const Function g = Function::Record(SumOfWaves, Point(), kInterpreted);
  for (int k = 0; k < 20; ++k) {
    const Vector x = Point(0.1 * k);
    ExpectRounded(At(f, x), At(g, x));
    ExpectRounded(Vector{f.Value(x)}, Vector{g.Value(x)});
  }
  EXPECT_EQ(f.statistics().compilations, 1);
  EXPECT_GT(f.statistics().compiled_evaluations, 20);
  EXPECT_EQ(g.statistics().compilations, 0);
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr("nodes are in 1 loops"), HasSubstr("49 x "),
                                 HasSubstr("2 streams; 1 sum"), HasSubstr("instructions")));
}

TEST(ProgramTier, WhatHasNoLoopsStaysInterpreted) {
  const Function f =
      Function::Record([](Vars x) { return sin(x[0]) * x[1]; }, {1.0, 2.0}, {.compile_after = 0});
  EXPECT_EQ(f.Value({1.0, 3.0}), 3.0 * std::sin(1.0));
  EXPECT_EQ(f.statistics().compiled_evaluations, 0);
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr("interpreted"), HasSubstr("0 of 2 nodes are in loops")));
}

TEST(ProgramTier, ConstantsParametersAndSeveralOutputs) {
  const auto model = [](Vars x, Vars p) {
    std::vector<Var> y = {4.0};
    for (size_t k = 0; k < x.size(); ++k) y.push_back(exp(x[k] * p[k % p.size()]));
    y.push_back(y[3] * Parameter(2.0, "scale"));
    y.push_back(x[7]);
    return y;
  };
  const Vector x0 = Point(), p0 = {0.5, 0.25, -0.5};
  Function f = Function::Record(model, x0, p0, {.compile_after = 0});
  Function g = Function::Record(model, x0, p0, kInterpreted);
  f.Set("scale", 3.0);
  g.Set("scale", 3.0);
  const size_t m = f.outputs();
  Vector weights(m), y(m), expected(m), product(kSize), expected_product(kSize);
  for (size_t j = 0; j < m; ++j) weights[j] = 1.0 - 0.1 * static_cast<double>(j);
  const Vector x = Point(0.2), p = {0.125, 1.0, -0.25};
  f.Values({x, p}, absl::MakeSpan(y));
  g.Values({x, p}, absl::MakeSpan(expected));
  ExpectRounded(y, expected);
  EXPECT_EQ(y[0], 4.0);
  f.Vjp({x, p}, weights, absl::MakeSpan(product));
  g.Vjp({x, p}, weights, absl::MakeSpan(expected_product));
  ExpectRounded(product, expected_product);
  EXPECT_EQ(f.statistics().compiled_evaluations, 1);
}

TEST(ProgramTier, NothingAndConstantsHaveNoTier) {
  const FunctionOptions at_once = {.compile_after = 0};
  const Function none = Function::Record([](Vars) { return std::vector<Var>(); }, Point(), at_once);
  none.Values(Point(), {});
  const Function constant = Function::Record([](Vars) { return Var(3.0); }, Point(), at_once);
  EXPECT_EQ(At(constant, Point()).value, 3.0);
  EXPECT_EQ(At(constant, Point()).gradient, Vector(kSize));
  EXPECT_EQ(constant.statistics().compiled_evaluations, 0);
}

TEST(ProgramTier, AGuardOfALoopIsNoticed) {
  const Function f = Function::Record(SumOfBranches, Point(), {.compile_after = 0});
  const Function g = Function::Record(SumOfBranches, Point(), kInterpreted);
  for (int round = 0; round < 3; ++round) {
    for (double shift : {0.0, 0.25, -0.3, 0.6, 0.005}) {
      ExpectRounded(At(f, Point(shift)), At(g, Point(shift)));
    }
  }
  EXPECT_EQ(f.statistics().recordings, g.statistics().recordings);
  EXPECT_GT(f.statistics().compiled_evaluations, 0);
}

// A sum of a thousand terms that a program adds in another order, and a threshold at, just above
// and just below what it is on the tape.
TEST(ProgramTier, ABranchThatRoundingCouldDecideIsTheRecordings) {
  constexpr size_t kTerms = 1000;
  const auto model = [](Vars x, Vars p) {
    Var sum = 0.0;
    for (const Var& each : x) sum += sin(100.0 * each) * each;
    return std::vector<Var>{sum, sum < p[0] ? -1.0 + 0.0 * sum : 1.0 + 0.0 * sum};
  };
  Vector x(kTerms);
  const auto point = [&](int k) {
    for (size_t i = 0; i < kTerms; ++i) x[i] = 0.37 + 0.011 * static_cast<double>(i * i % 97) + k;
    return x;
  };
  const Function f = Function::Record(model, point(0), {0.0}, {.compile_after = 0});
  const Function g = Function::Record(model, point(0), {0.0}, kInterpreted);
  int rounded = 0;
  for (int k = 0; k < 200; ++k) {
    Vector found(2), expected(2);
    const Vector at = point(k);
    g.Values({at, Vector{0.0}}, absl::MakeSpan(expected));
    const double sum = expected[0];
    f.Values({at, Vector{0.0}}, absl::MakeSpan(found));
    rounded += found[0] != sum;
    for (double threshold : {sum, std::nextafter(sum, 1e9), std::nextafter(sum, -1e9)}) {
      const Vector p = {threshold};
      f.Values({at, p}, absl::MakeSpan(found));
      g.Values({at, p}, absl::MakeSpan(expected));
      EXPECT_EQ(found[1], expected[1]) << k;
    }
  }
  EXPECT_GT(rounded, 50);
  EXPECT_GT(f.statistics().compiled_evaluations, 150);
}

// Terms that cancel altogether: what their sum is off by is all there is of it, and a slope there
// says nothing about the curve.
TEST(ProgramTier, ABranchBehindACurveOfACancelledSumIsTheRecordings) {
  const std::vector<std::function<bool(const Var&)>> branches = {
      [](const Var& sum) { return sum * sum < 1e-33; },
      [](const Var& sum) { return square(sum) < 1e-33; },
      [](const Var& sum) { return abs(sum * sum * sum) < 1e-48; },
      [](const Var& sum) { return tanh(1e18 * sum) > 0.5; },
      [](const Var& sum) { return exp(1e17 * sum) < 1e10; }};
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (size_t b = 0; b < branches.size(); ++b) {
    const auto model = [&](Vars x) {
      Var sum = 0.0;
      for (const Var& each : x) sum += each * each * each;
      return std::vector<Var>{sum, branches[b](sum) ? Var(1.0) : Var(2.0)};
    };
    const Function f = Function::Record(model, Vector(256, 0.5), {.compile_after = 0});
    const Function g = Function::Record(model, Vector(256, 0.5), kInterpreted);
    for (int k = 0; k < 300; ++k) {
      Vector x(256), found(2), expected(2);
      for (size_t i = 0; i < 128; ++i) x[128 + i] = -(x[i] = uniform(random));
      std::shuffle(x.begin(), x.end(), random);
      f.Values(x, absl::MakeSpan(found));
      g.Values(x, absl::MakeSpan(expected));
      EXPECT_EQ(found[1], expected[1]) << "branch " << b << ", point " << k;
    }
  }
}

TEST(ProgramTier, WhereEveryBranchIsATieTheTraceIsInterpreted) {
  const auto model = [](Vars x) { return exp(x[0]) <= exp(x[0]) ? SumOfWaves(x) : Var(0.0); };
  const Function f = Function::Record(model, Point());
  const Function g = Function::Record(model, Point(), kInterpreted);
  for (int k = 0; k < 100; ++k) {
    const Answer found = At(f, Point(0.01 * k)), expected = At(g, Point(0.01 * k));
    EXPECT_EQ(found.value, expected.value);
    ExpectRounded(found.gradient, expected.gradient);
  }
  EXPECT_EQ(f.statistics().compilations, 1);
  EXPECT_EQ(f.statistics().compiled_evaluations, 0);
  EXPECT_EQ(f.statistics().evaluations, 100);
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr("interpreted"), HasSubstr("rounding could decide")));
}

TEST(ProgramTier, WhatIsNotFiniteIsAskedOfTheNodes) {
  const Function f = Function::Record(SumOfWaves, Point(), {.compile_after = 0});
  const Function g = Function::Record(SumOfWaves, Point(), kInterpreted);
  for (double special : {0.0, -1.0, std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
    Vector x = Point();
    x[20] = special;
    const Answer found = At(f, x), expected = At(g, x);
    EXPECT_THAT(found.value, ::testing::NanSensitiveDoubleEq(expected.value));
    for (size_t k = 0; k < kSize; ++k) {
      EXPECT_THAT(found.gradient[k], ::testing::NanSensitiveDoubleEq(expected.gradient[k]));
    }
    ExpectRounded(At(f, Point()), At(g, Point()));
  }
}

TEST(ProgramTier, ResultsDoNotDependOnTheCallBefore) {
  const Function f = Function::Record(SumOfWaves, Point(), {.compile_after = 0});
  const double value = f.Value(Point(0.1));
  const Answer answer = At(f, Point(0.1));
  EXPECT_EQ(f.Value(Point(0.1)), value);
  (void)f.Value(Point(0.2));
  const Answer again = At(f, Point(0.1));
  EXPECT_EQ(again.value, answer.value);
  EXPECT_EQ(again.gradient, answer.gradient);
}

TEST(ProgramTier, ThreadsGetTheSameBits) {
  const Function f = Function::Record(SumOfWaves, Point(), {.compile_after = 0});
  std::vector<Answer> expected;
  for (int k = 0; k < 5; ++k) expected.push_back(At(f, Point(0.1 * k)));
  std::array<int, 8> wrong = {};
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t k = 0; k < 100; ++k) {
        const size_t which = (k + t) % expected.size();
        const Answer found = At(f, Point(0.1 * static_cast<double>(which)));
        if (found.value != expected[which].value) ++wrong[t];
        if (found.gradient != expected[which].gradient) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

// Loops that are long enough to be shared, by callers who want the pool at the same time.
TEST(ProgramTier, ThreadsThatShareALoopGiveTheBitsOfOne) {
  constexpr size_t kLong = 20000;
  Vector x(kLong);
  for (size_t k = 0; k < kLong; ++k) x[k] = 0.5 + 1e-5 * static_cast<double>(k);
  const Function one = Function::Record(SumOfWaves, x, {.compile_after = 0});
  const Function three = Function::Record(SumOfWaves, x, {.compile_after = 0, .threads = 3});
  const Answer expected = At(one, x);
  const double value = one.Value(x);
  std::array<int, 4> wrong = {};
  std::vector<std::thread> callers;
  for (size_t t = 0; t < wrong.size(); ++t) {
    callers.emplace_back([&, t] {
      for (int k = 0; k < 10; ++k) {
        const Answer found = At(three, x);
        wrong[t] += found.value != expected.value || found.gradient != expected.gradient;
        wrong[t] += three.Value(x) != value;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

}  // namespace
}  // namespace wengert
