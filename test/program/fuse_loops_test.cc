#include "wengert/program/fuse_loops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "wengert/program/block_listing.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/roll.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using Vars = std::vector<Var>;
using Model = std::function<Var(const Vars&)>;

constexpr size_t kInputs = 16;

Blocks Rolled(const Model& f) {
  Tape tape;
  const Var y = f(tape.Inputs(std::vector<double>(kInputs, 0.5)));
  const Recorded recorded = FromTape(tape, {Operand::Node(tape.NodeOf(y, "test"))});
  return Roll(recorded, FindRuns(recorded.graph, {.recurrences = true}));
}

Vars Each(const Vars& x, Var (*f)(const Var&)) {
  Vars y;
  for (const Var& each : x) y.push_back(f(each));
  return y;
}

Var Sin(const Var& x) { return sin(x); }
Var Square(const Var& x) { return x * x - 1.0; }

Var Total(const Vars& x) {
  Var sum = 0.0;
  for (const Var& each : x) sum += each * each;
  return sum;
}

// How many blocks there are before and after.
std::vector<size_t> Counts(const Model& f) {
  Blocks blocks = Rolled(f);
  const size_t before = blocks.blocks.size();
  FuseLoops(blocks);
  return {before, blocks.blocks.size()};
}

using ::testing::ElementsAre;

TEST(FuseLoops, WhatIsHandedOnInStepIsNeverStored) {
  Blocks blocks = Rolled([](const Vars& x) { return Total(Each(x, Sin)); });
  EXPECT_EQ(Listing(blocks),
            "inputs in cell[8] .. cell[23], outputs in cell[64]\n"
            "cell[65] = 0\n"
            "block 0, 16 times in lanes\n"
            "  v0  cell[8 + k]\n"
            "  v1  sin  v0\n"
            "  cell[40 + k] = v1\n"
            "block 1, 16 times in lanes\n"
            "  cell[64] = cell[65]\n"
            "  v0  cell[40 + k]\n"
            "  v1  mul  v0 v0\n"
            "  v2  add  0 v1\n"
            "  cell[64] += v2\n");
  FuseLoops(blocks);
  EXPECT_EQ(Listing(blocks),
            "inputs in cell[8] .. cell[23], outputs in cell[64]\n"
            "cell[65] = 0\n"
            "block 0, 16 times in lanes\n"
            "  cell[64] = cell[65]\n"
            "  v0  cell[8 + k]\n"
            "  v1  sin  v0\n"
            "  v2  mul  v1 v1\n"
            "  v3  add  0 v2\n"
            "  cell[64] += v3\n");
}

TEST(FuseLoops, ThreeInARow) {
  EXPECT_THAT(Counts([](const Vars& x) { return Total(Each(Each(x, Sin), Square)); }),
              ElementsAre(3, 1));
}

// Where the second and the third are one, that is the only reader of the first.
TEST(FuseLoops, AValueThatBothOfTheNextRead) {
  EXPECT_THAT(Counts([](const Vars& x) {
                const Vars a = Each(x, Sin), b = Each(a, Square);
                Var sum = 0.0;
                for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i] * b[i];
                return sum;
              }),
              ElementsAre(3, 1));
}

TEST(FuseLoops, StraightCodeBetweenThatDoesntNeedTheFirst) {
  EXPECT_THAT(Counts([](const Vars& x) {
                const Vars a = Each(x, Sin);
                const Var scale = exp(x[0] - x[1]) / x[2];
                Var sum = 0.0;
                for (const Var& each : a) sum += scale * each * each;
                return sum;
              }),
              ElementsAre(3, 2));
}

TEST(FuseLoops, NotWhereTheSecondNeedsMoreThanItsIteration) {
  const auto expect_apart = [](const char* what, const Model& f) {
    Blocks blocks = Rolled(f);
    const std::string before = Listing(blocks);
    ASSERT_GT(blocks.blocks.size(), 1u) << what;
    FuseLoops(blocks);
    EXPECT_EQ(Listing(blocks), before) << what;
  };
  expect_apart("a neighbour", [](const Vars& x) {
    const Vars a = Each(x, Sin);
    Var sum = 0.0;
    for (size_t i = 0; i < kInputs; ++i) sum += a[i] * a[(i + 1) % kInputs];
    return sum;
  });
  expect_apart("any order", [](const Vars& x) {
    const Vars a = Each(x, Sin);
    Var sum = 0.0;
    for (size_t i = 0; i < kInputs; ++i) sum += a[i] * a[(5 * i + 3) % kInputs];
    return sum;
  });
  expect_apart("one of all", [](const Vars& x) {
    const Vars a = Each(x, Sin);
    Var sum = 0.0;
    for (const Var& each : a) sum += each * a[7];
    return sum;
  });
  expect_apart("their sum", [](const Vars& x) {
    const Vars a = Each(x, Sin);
    const Var total = Total(a);
    Var sum = 0.0;
    for (const Var& each : x) sum += exp(each) * total;
    return sum + a[3];
  });
  expect_apart("straight code of one of them", [](const Vars& x) {
    const Vars a = Each(x, Sin);
    const Var scale = exp(a[0]);
    Var sum = 0.0;
    for (const Var& each : a) sum += scale * each * each;
    return sum;
  });
  expect_apart("fewer", [](const Vars& x) {
    const Vars a = Each(x, Sin);
    return Total({a.begin(), a.end() - 1});
  });
}

TEST(FuseLoops, NotWhereSomethingElseReadsWhatIsStored) {
  EXPECT_THAT(Counts([](const Vars& x) {
                const Vars a = Each(x, Sin);
                return Total(a) + a[5];
              }),
              ElementsAre(3, 3));
  EXPECT_THAT(Counts([](const Vars& x) {
                const Vars a = Each(x, Sin);
                const Var total = Total(a);
                Var sum = 0.0;
                for (size_t i = 0; i < kInputs; ++i) sum += exp(a[i] / total);
                return sum;
              }),
              ElementsAre(3, 3));
}

// A loop of thousands of operations would have to be compiled as a whole.
TEST(FuseLoops, BodiesStayShort) {
  const std::vector<size_t> counts = Counts([](const Vars& x) {
    Vars a = x;
    for (int layer = 0; layer < 200; ++layer) {
      for (Var& each : a) each = sin(each) * each + 0.25;
    }
    return Total(a);
  });
  EXPECT_GE(counts[0], 200u);
  EXPECT_GE(counts[1], 3u);
  EXPECT_LE(counts[1], 8u);
}

// All drivers, with what is read once fused.
TEST(FuseLoops, AnswersAreTheTapes) {
  const auto model = [](absl::Span<const Var> x) {
    Vars a, b;
    for (const Var& each : x) a.push_back(exp(each) * 0.5);
    for (const Var& each : a) b.push_back(each / (1.0 + each * each));
    Var sum = 0.0, product = 1.0;
    for (size_t i = 0; i < x.size(); ++i) sum += b[i] * b[i] * x[i];
    for (size_t i = 0; i < x.size(); ++i) product += b[i] * x[(i + 1) % x.size()];
    return sum * product;
  };
  constexpr size_t n = 100;
  std::vector<double> x, v;
  for (size_t i = 0; i < n; ++i) {
    x.push_back(0.01 * static_cast<double>(i) - 0.3);
    v.push_back(i % 3 == 0 ? -1.0 : 0.5);
  }
  const Function program = Function::Record(model, x, {.compile_after = 0});
  const Function tape = Function::Record(model, x, {.compile_after = FunctionOptions::kNever});
  std::vector<double> g(n), expected(n);
  EXPECT_DOUBLE_EQ(program.Gradient(x, absl::MakeSpan(g)),
                   tape.Gradient(x, absl::MakeSpan(expected)));
  EXPECT_THAT(g, ::testing::Pointwise(::testing::DoubleNear(1e-12), expected));
  program.Hvp(x, v, absl::MakeSpan(g));
  tape.Hvp(x, v, absl::MakeSpan(expected));
  EXPECT_THAT(g, ::testing::Pointwise(::testing::DoubleNear(1e-11), expected));
  std::vector<double> y(1), expected_y(1);
  program.Jvp(x, v, absl::MakeSpan(y));
  tape.Jvp(x, v, absl::MakeSpan(expected_y));
  EXPECT_NEAR(y[0], expected_y[0], 1e-12);
  EXPECT_THAT(program.Explain(), ::testing::HasSubstr("tier: compiled"));
}

}  // namespace
}  // namespace wengert::program
