// What is computed alike comes to stand together, whatever is between, and is a loop then.

#include "wengert/program/isomorphs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/workloads/ragged.h"
#include "bench/workloads/wengert.h"
#include "test/support/graph_builder.h"
#include "test/support/legal_run.h"
#include "wengert/program/compile.h"
#include "wengert/program/from_tape.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Runs = std::vector<Run>;
using Vector = std::vector<double>;

Grouped LegallyGrouped(const Recorded& recording) {
  std::optional<Grouped> found = GroupIsomorphs(recording);
  if (!found.has_value()) return {recording, {}};
  Grouped grouped = *std::move(found);
  EXPECT_THAT(grouped.runs, Not(IsEmpty()));
  std::string why;
  EXPECT_TRUE(testing::RunChecker(grouped.recording.graph).AreLegal(grouped.runs, &why)) << why;
  EXPECT_EQ(grouped.recording.graph.nodes.size(), recording.graph.nodes.size());
  return grouped;
}

Grouped LegallyGrouped(const GraphBuilder& g) {
  return LegallyGrouped(Recorded{g.graph(), g.graph().roots.size(), {}});
}

std::vector<std::pair<uint32_t, uint32_t>> SizesOf(const Runs& runs) {
  std::vector<std::pair<uint32_t, uint32_t>> sizes;
  for (const Run& run : runs) sizes.emplace_back(run.period, run.count);
  return sizes;
}

// Rows that alternate between one, two and three products.
TEST(GroupIsomorphs, RowsOfTheSameLengthAreALoop) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(40);
  for (size_t i = 0; i < 30; ++i) {
    Operand row = g.Mul(x[i], x[i + 1]);
    for (size_t k = 0; k < i % 3; ++k) row = g.Add(row, g.Mul(x[i + k], x[i + 4]));
    g.Root(g.Exp(row));
  }
  const Grouped grouped = LegallyGrouped(g);
  using Size = std::pair<uint32_t, uint32_t>;
  EXPECT_THAT(SizesOf(grouped.runs), ElementsAre(Size{2, 10}, Size{4, 10}, Size{6, 10}));
}

// What one needs of the other can't stand beside it.
TEST(GroupIsomorphs, LevelsAreKeptApart) {
  GraphBuilder g;
  Operand x = g.Leaf();
  for (int k = 0; k < 20; ++k) {
    x = g.Exp(x);
    g.Root(x);
  }
  EXPECT_THAT(LegallyGrouped(g).runs, IsEmpty());
}

// A long sum comes in the order of the loops, and what reads it comes after all of them.
TEST(GroupIsomorphs, TheTermsOfALongSumAreGrouped) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(100);
  Operand sum = g.Constant(2.0);
  for (size_t i = 0; i < 100; ++i) {
    sum = i % 2 == 0 ? g.Add(sum, g.Exp(x[i])) : g.Sub(sum, g.Mul(x[i], x[i]));
  }
  g.Root(g.Sin(sum));
  const Grouped grouped = LegallyGrouped(g);
  using Size = std::pair<uint32_t, uint32_t>;
  EXPECT_THAT(SizesOf(grouped.runs), ElementsAre(Size{2, 50}, Size{2, 50}));
  for (size_t r = 0; r < 2; ++r) EXPECT_THAT(grouped.runs[r].links, ElementsAre(0, 1));
  const RecordedGraph& graph = grouped.recording.graph;
  EXPECT_EQ(graph.nodes.back().op, Op::kSin);
  EXPECT_EQ(graph.nodes.back().operands[0], Operand::Node(299));
}

// A value that is used inside of a region and outside of it isn't of the region.
TEST(GroupIsomorphs, WhatIsSharedIsARegionOfItsOwn) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(9);
  for (size_t i = 0; i < 9; ++i) {
    const Operand shared = g.Exp(x[i]);
    g.Root(g.Sin(shared));
    g.Root(g.Mul(shared, x[(i + 1) % 9]));
  }
  using Size = std::pair<uint32_t, uint32_t>;
  EXPECT_THAT(SizesOf(LegallyGrouped(g).runs), ElementsAre(Size{1, 9}, Size{1, 9}, Size{1, 9}));
}

// The compiled gradient is the tape's, here and at another point, and in lanes.
template <class Workload>
void ExpectInLanes(const Workload& workload, double coverage) {
  Vector x = workload.x0();
  Tape tape;
  std::vector<Var> inputs;
  const Var y = bench::RecordAt(workload, x.data(), tape, inputs);
  const Operand root = Operand::Node(tape.NodeOf(y, "test"));
  LegallyGrouped(FromTape(tape, {root}));
  const auto compiled = Compiled::Compile(tape, x.size(), {root});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_GT(static_cast<double>((*compiled)->in_loops()),
            coverage * static_cast<double>((*compiled)->nodes()));
  EXPECT_THAT((*compiled)->Explain(), HasSubstr("table"));
  const auto workspace = (*compiled)->MakeWorkspace();
  Vector gradient(x.size());
  for (int step = 0; step < 2; ++step) {
    double value = 0.0;
    ASSERT_TRUE((*compiled)->Gradient(x, {1.0}, *workspace, {&value, 1}, absl::MakeSpan(gradient)));
    ASSERT_TRUE(tape.Replay(x).ok());
    EXPECT_NEAR(value, tape.Primal(y), 1e-12 * std::abs(tape.Primal(y)));
    const Adjoints& expected = tape.Backward(y);
    double norm = 0.0;
    for (const Var& input : inputs) norm = std::max(norm, std::abs(expected[input]));
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_NEAR(gradient[i], expected[inputs[i]], 1e-11 * norm) << "input " << i;
    }
    for (size_t i = 0; i < x.size(); ++i) x[i] *= 1.0 + 0.003 * static_cast<double>(i % 10);
  }
}

TEST(GroupIsomorphs, ASparseProductIsInLanes) {
  ExpectInLanes(bench::SparseResiduals(1000, 300, 12), 0.95);
}

TEST(GroupIsomorphs, AMeshIsInLanes) { ExpectInLanes(bench::MeshRoughness(25), 0.95); }

}  // namespace
}  // namespace wengert::program
