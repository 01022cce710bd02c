// Loops whose iterations depend on each other are found, and what of them does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench/workloads/chain.h"
#include "bench/workloads/stochastic_volatility.h"
#include "bench/workloads/wengert.h"
#include "test/support/graph_builder.h"
#include "test/support/legal_run.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/spine.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Runs = std::vector<Run>;  // Run is a member of a test

Runs LegalRuns(const RecordedGraph& graph) {
  Runs runs = FindRuns(graph, {.recurrences = true});
  std::string why;
  EXPECT_TRUE(testing::RunChecker(graph).AreLegal(runs, &why)) << why;
  return runs;
}

template <class Workload>
RecordedGraph RecordingOf(const Workload& workload) {
  Tape tape;
  std::vector<Var> inputs;
  const std::vector<double> x = workload.x0();
  const Var root = bench::RecordAt(workload, x.data(), tape, inputs);
  return testing::Kept(FromTape(tape, {Operand::Node(tape.NodeOf(root, "test"))}));
}

// h = exp(x) + h * c, and a sum of exp(h).
TEST(RecurrencesTest, LinearRecurrence) {
  GraphBuilder g;
  Operand h = g.Constant(0.5), sum = g.Constant(0.0);
  for (Operand x : g.Leaves(30)) {
    const Operand input = g.Exp(x);
    h = g.Add(input, g.Mul(h, g.Constant(0.9)));
    sum = g.Add(sum, g.Exp(h));
  }
  g.Root(sum);
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].count, 30u);
  EXPECT_EQ(runs[0].first, 30u);
  EXPECT_THAT(runs[0].carried, ElementsAre(0, 1, 0, 0, 0));
  EXPECT_THAT(runs[0].links, ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(FindRuns(g.graph()), IsEmpty());  // unless they are asked for
}

TEST(RecurrencesTest, StochasticVolatilityIsARecurrence) {
  const Runs runs = LegalRuns(RecordingOf(bench::StochasticVolatility()));
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].period, 16u);
  EXPECT_EQ(runs[0].count, 999u);  // the first iteration is another formula
  EXPECT_EQ(std::count(runs[0].carried.begin(), runs[0].carried.end(), 0), 15);  // all but h - mu
}

// Every node needs the one before, and no multiply-add will do: a tape is as good.
TEST(RecurrencesTest, ChainStaysATape) {
  EXPECT_THAT(LegalRuns(RecordingOf(bench::Chain())), IsEmpty());
}

TEST(RecurrencesTest, ProductsAndMaximaGoThroughTheIterations) {
  for (Op op : {Op::kMul, Op::kMax, Op::kLogAddExp}) {
    GraphBuilder g;
    Operand y = g.Constant(1.0);
    for (Operand x : g.Leaves(40)) y = g.Apply(op, {y, g.Sin(g.Mul(x, x))});
    g.Root(y);
    const Runs runs = LegalRuns(g.graph());
    ASSERT_THAT(runs, SizeIs(1));
    EXPECT_EQ(runs[0].count, 40u);
    EXPECT_THAT(runs[0].carried, ElementsAre(0, 0, 1));
  }
}

// y(k) = exp(x(k)) * exp(x(k - 1))
TEST(RecurrencesTest, WhatOnlyLooksBackIsCarriedToo) {
  GraphBuilder g;
  Operand before = g.Constant(1.0);
  for (Operand x : g.Leaves(40)) {
    const Operand now = g.Exp(x);
    g.Root(g.Sin(g.Mul(now, before)));
    before = now;
  }
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(runs[0].carried, ElementsAre(0, 2, 0));
}

TEST(RecurrencesTest, OneSpineAfterAnother) {
  GraphBuilder g;
  Operand h = g.Constant(0.5), v = g.Constant(0.5);
  for (Operand x : g.Leaves(40)) {
    h = g.Add(g.Mul(h, x), x);
    v = g.Add(g.Mul(v, g.Exp(h)), x);
  }
  g.Root(v);
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(runs[0].carried, ElementsAre(1, 0, 0, 1, 0));
}

TEST(RecurrencesTest, TwoIterationsBackTakesTwoIterationsAtOnce) {
  GraphBuilder g;
  std::vector<Operand> f = g.Leaves(2);
  for (uint32_t i = 2; i < 100; ++i) f.push_back(g.Add(f[i - 1], f[i - 2]));
  g.Root(f.back());
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].period, 2u);
  EXPECT_EQ(runs[0].count, 49u);
}

TEST(RecurrencesTest, IndependentIterationsArePreferred) {
  GraphBuilder g;
  std::vector<Operand> cells = g.Leaves(50);
  for (int step = 0; step < 20; ++step) {
    for (Operand& cell : cells) cell = g.Mul(g.Exp(cell), cell);
  }
  for (Operand cell : cells) g.Root(cell);
  const Runs runs = LegalRuns(g.graph());
  EXPECT_THAT(runs, SizeIs(20));
  for (const auto& run : runs) EXPECT_FALSE(run.is_recurrence());
}

TEST(RecurrencesTest, CheckerKnowsWhatIsNotCarried) {
  GraphBuilder g;
  Operand h = g.Constant(0.5);
  for (Operand x : g.Leaves(30)) h = g.Mul(h, g.Exp(x));
  g.Root(h);
  Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(runs, SizeIs(1));
  std::string why;
  runs[0].carried = {0, 2};
  EXPECT_FALSE(testing::IsLegal(g.graph(), runs[0], &why));
  EXPECT_THAT(why, HasSubstr("isn't of the iteration before"));
  runs[0].carried = {};
  EXPECT_FALSE(testing::IsLegal(g.graph(), runs[0], &why));
  EXPECT_THAT(why, HasSubstr("of the loop, but not of the iteration"));
}

BodyPosition Position(std::vector<uint32_t> distances, int carried = -1) {
  BodyPosition position;
  position.arity = static_cast<int>(distances.size());
  std::copy(distances.begin(), distances.end(), position.distance);
  if (carried >= 0) position.carried = static_cast<uint8_t>(1 << carried);
  return position;
}

TEST(SpineTest, IsWhatDependsOnItself) {
  // exp(x), h * c, their sum h, exp(h)
  const std::vector<BodyPosition> body = {Position({0}), Position({3, 0}, 0), Position({2, 1}),
                                          Position({1})};
  EXPECT_THAT(SpineOf(body), ElementsAre(false, true, true, false));
}

TEST(SpineTest, OneNodeMayBeOne) {
  EXPECT_THAT(SpineOf({{Position({1, 0}, 0)}}), ElementsAre(true));
  EXPECT_THAT(SpineOf({{Position({0, 0})}}), ElementsAre(false));
}

TEST(SpineTest, LooksBackWithoutDependingOnItself) {
  EXPECT_THAT(SpineOf({{Position({0}), Position({1, 3}, 1)}}), ElementsAre(false, false));
}

TEST(SpineTest, SumsDoNotCount) {
  std::vector<BodyPosition> body = {Position({0}), Position({2, 1}, 0)};
  EXPECT_THAT(SpineOf(body), ElementsAre(false, true));
  body[1].link = 1;
  EXPECT_THAT(SpineOf(body), ElementsAre(false, false));
}

// Two circles, one after the other, and a path between them; deep enough for a stack to end.
TEST(SpineTest, LongCircles) {
  constexpr uint32_t kLength = 1u << 18;
  std::vector<BodyPosition> body(3 * kLength, Position({1}));
  body[0] = Position({2 * kLength + 1}, 0);               // of position kLength - 1
  body[2 * kLength] = Position({1, 2 * kLength + 1}, 1);  // of the last one
  const std::vector<bool> spine = SpineOf(body);
  for (uint32_t p : {0u, kLength / 2, kLength - 1}) EXPECT_TRUE(spine[p]) << p;
  for (uint32_t p : {kLength, 2 * kLength - 1}) EXPECT_FALSE(spine[p]) << p;
  for (uint32_t p : {2 * kLength, 3 * kLength - 1}) EXPECT_TRUE(spine[p]) << p;
}

}  // namespace
}  // namespace wengert::program
