// What a compilation says of the nodes that are executed a number at a time.

#include "wengert/program/near_misses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "wengert/program/compile.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using ::testing::HasSubstr;
using Vars = absl::Span<const Var>;
using Model = std::function<Var(Vars)>;

OutsideOfLoops Outside(size_t n, const Model& model) {
  Tape tape;
  const std::vector<double> x0(n, 0.5);
  const Var y = model(tape.Inputs(x0));
  const RecordedGraph graph = FromTape(tape, {Operand::Node(tape.NodeOf(y, "test"))}).graph;
  NearMisses misses(graph.nodes.size());
  const std::vector<Run> runs = FindRuns(graph, {.recurrences = true, .misses = &misses});
  const OutsideOfLoops outside = CountOutside(graph, runs, misses);
  size_t in_loops = 0;
  for (const Run& run : runs) in_loops += size_t{run.period} * run.count;
  EXPECT_EQ(outside.count() + in_loops, graph.nodes.size() - n);
  return outside;
}

std::string Explained(size_t n, const Model& model) {
  Tape tape;
  const std::vector<double> x0(n, 0.5);
  const Var y = model(tape.Inputs(x0));
  const Operand dependent = Operand::Node(tape.NodeOf(y, "test"));
  const auto compiled = Compiled::Compile(tape, n, {dependent});
  return compiled.ok() ? (*compiled)->Explain() : std::string(compiled.status().message());
}

Var SumOfExp(Vars x) {
  Var sum = 0.0;
  for (const Var& each : x) sum += exp(each) * each;
  return sum;
}

Var Chain(Vars x, int links) {
  Var y = x[0];
  for (int k = 0; k < links; ++k) y = sin(y) * y;
  return y;
}

TEST(NearMisses, WhatNothingRepeats) {
  const OutsideOfLoops outside = Outside(2, [](Vars x) { return sin(x[0]) * exp(x[1]) - x[0]; });
  EXPECT_EQ(outside.unlike, 4u);
  EXPECT_EQ(outside.count(), 4u);
  EXPECT_EQ(TextOf(outside), "4 that nothing repeats often enough");
}

TEST(NearMisses, WhatIsAllInLoopsMissesNothing) {
  const OutsideOfLoops outside = Outside(100, SumOfExp);
  EXPECT_LE(outside.count(), 3u);  // where the sum begins
  EXPECT_EQ(outside.dependent, 0u);
  EXPECT_EQ(TextOf({}), "");
}

TEST(NearMisses, IterationsThatNeedEachOther) {
  const OutsideOfLoops outside = Outside(1, [](Vars x) { return Chain(x, 100); });
  EXPECT_EQ(outside.dependent, 200u);
  EXPECT_EQ(outside.count(), 200u);
  EXPECT_EQ(TextOf(outside), "200 in iterations that need each other");
}

// Every fifth sine is that of one that was just computed: there are never eight in a row.
TEST(NearMisses, TooFewIterationsToPay) {
  const OutsideOfLoops outside = Outside(30, [](Vars x) {
    std::vector<Var> y;
    for (size_t k = 0; k < x.size(); ++k) y.push_back(sin(k % 5 == 4 ? y[k - 2] : x[k]));
    Var sum = 1.0;
    for (const Var& each : y) sum += each;
    return sum;
  });
  EXPECT_EQ(outside.too_few, 30u);
  EXPECT_THAT(TextOf(outside), HasSubstr("30 in too few iterations to pay for a loop"));
}

TEST(NearMisses, ExplainSaysWhatStaysANumberAtATime) {
  const std::string text = Explained(200, [](Vars x) { return Chain(x, 20) * SumOfExp(x); });
  EXPECT_THAT(text, HasSubstr("40 in iterations that need each other")) << text;
  EXPECT_THAT(text, HasSubstr(" in no loop\n")) << text;
}

TEST(NearMisses, ExplainSaysWhatGoesOneIterationAfterTheOther) {
  const std::string text = Explained(200, [](Vars x) {
    Var h = 0.5, sum = 0.0;
    for (const Var& each : x) {
      h = exp(each) + h * 0.9;
      sum += exp(h);
    }
    return sum;
  });
  EXPECT_THAT(text, HasSubstr("in 2 chains, whose iterations need the one before")) << text;
}

TEST(NearMisses, ARefusalSaysWhy) {
  EXPECT_EQ(Explained(1, [](Vars x) { return Chain(x, 100); }),
            "0 of 200 nodes are in loops; the others: 200 in iterations that need each other");
}

}  // namespace
}  // namespace wengert::program
