#include "wengert/program/expand.h"

#include <gtest/gtest.h>

#include <cmath>

#include "test/support/graphs.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/base/check.h"
#include "wengert/program/clean.h"
#include "wengert/program/dead_code.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using testing::GraphOf;

TEST(Expand, AShortRuleIsWrittenOutALongOneStaysOneNode) {
  EXPECT_EQ(Listing(ExpandShort(GraphOf("v0 leaf 0\n"
                                        "v1 exp v0\n"
                                        "v2 partial 0 of exp v0 v1\n"
                                        "v3 sqrt v1\n"
                                        "v4 partial 0 of sqrt v1 v3\n"
                                        "v5 tanh v0\n"
                                        "v6 partial 0 of tanh v0 v5\n"
                                        "v7 partial 0 of add v0 v5 0\n"
                                        "roots v2 v4 v6 v7\n"))),
            "v0  leaf 0\n"
            "v1  exp                v0\n"
            "v2  sqrt               v1\n"
            "v3  add                v2 0\n"
            "v4  div                0.5 v3\n"
            "v5  tanh               v0\n"
            "v6  partial 0 of tanh  v0 v5\n"
            "roots v1 v4 v6 1\n");
}

TEST(Expand, AQuotientsPartialsShareAReciprocalOfFiniteValues) {
  const Graph graph = GraphOf(
      "v0 leaf 0\n"
      "v1 leaf 1\n"
      "v2 div v0 v1\n"
      "v3 partial 0 of div v0 v1 v2\n"
      "v4 partial 1 of div v0 v1 v2\n"
      "roots v3 v4\n");
  EXPECT_EQ(Listing(Clean(ExpandShort(graph, true))),
            "v0  leaf 0\n"
            "v1  leaf 1\n"
            "v2  div  v0 v1\n"
            "v3  div  1 v1\n"
            "v4  neg  v2\n"
            "v5  mul  v3 v4\n"
            "roots v3 v5\n");
  EXPECT_EQ(Listing(Clean(ExpandShort(graph))),
            "v0  leaf 0\n"
            "v1  leaf 1\n"
            "v2  div               v0 v1\n"
            "v3  partial 0 of div  v0 v1 v2\n"
            "v4  neg               v2\n"
            "v5  div               v4 v1\n"
            "roots v3 v5\n");
}

TEST(Expand, OfFiniteValuesNothingIsWrittenForTheSignOfAZero) {
  EXPECT_EQ(Listing(ExpandShort(GraphOf("v0 leaf 0\n"
                                        "v1 sqrt v0\n"
                                        "v2 partial 0 of sqrt v0 v1\n"
                                        "v3 log v0\n"
                                        "v4 partial 0 of log v0 v3\n"
                                        "roots v2 v4\n"),
                                true)),
            "v0  leaf 0\n"
            "v1  sqrt  v0\n"
            "v2  div   0.5 v1\n"
            "v3  log   v0\n"
            "v4  div   1 v0\n"
            "roots v2 v4\n");
}

TEST(Expand, EverythingMeansChoicesToo) {
  EXPECT_EQ(Listing(ExpandAll(GraphOf("v0 leaf 0\n"
                                      "v1 floor v0\n"
                                      "v2 partial 0 of floor v0 v1\n"
                                      "root v2\n"))),
            "v0  leaf 0\n"
            "v1  floor  v0\n"
            "v2  equal  v1 v1\n"
            "v3  where  v2 0 v1\n"
            "root v3\n");
}

// y = op(v0, v1, v2), and its partial towards operand k.
Graph PartialOf(Op op, int k, bool assume_finite) {
  Graph graph;
  for (uint32_t i = 0; i < 3; ++i) graph.nodes.push_back(Instruction::Leaf(i));
  Instruction y;
  y.op = op;
  for (uint32_t i = 0; i < static_cast<uint32_t>(ArityOf(op)); ++i) {
    y.operands[i] = Operand::Node(i);
  }
  graph.nodes.push_back(y);
  graph.roots = {AppendPartial(graph, Operand::Node(3), k, assume_finite)};
  return graph;
}

double RootAt(const Graph& graph, const truth::Point& x) {
  return testing::RootValues(graph, x)[0];
}

class EveryPartial : public ::testing::TestWithParam<Op> {};

TEST_P(EveryPartial, WrittenOutHasTheBitsOfTheTables) {
  const Op op = GetParam();
  std::vector<truth::Point> points = truth::SamplePoints(op, 200);
  std::mt19937_64 random(7);
  for (int i = 0; i < 200; ++i) {
    const std::vector<double> x = testing::SpecialPoint(random, 3);
    points.push_back({x[0], x[1], x[2]});
  }
  for (int k = 0; k < ArityOf(op); ++k) {
    const Graph graph = PartialOf(op, k, false), all = ExpandAll(graph);
    for (const Instruction& node : all.nodes) ASSERT_LT(node.partial, 0);
    for (const truth::Point& x : points) {
      if (testing::SeesSignOfNan(graph, x)) continue;
      const double expected = truth::RulePartial(op, x, k, truth::RuleValue(op, x));
      ASSERT_TRUE(truth::SameBits(RootAt(graph, x), expected)) << Listing(graph) << x[0];
      ASSERT_TRUE(truth::SameBits(RootAt(all, x), expected)) << Listing(all) << x[0];
    }
  }
}

TEST_P(EveryPartial, OfFiniteValuesIsWithinFourUlp) {
  const Op op = GetParam();
  for (int k = 0; k < ArityOf(op); ++k) {
    const Graph graph = PartialOf(op, k, true);
    int compared = 0;
    for (const truth::Point& x : truth::SamplePoints(op, truth::PointCount())) {
      const double y = truth::RuleValue(op, x), expected = truth::RulePartial(op, x, k, y);
      std::vector<double> values;
      Evaluate(graph, x, values);
      bool finite = std::isfinite(expected);
      for (double value : values) finite &= std::isfinite(value);
      if (!finite) continue;
      ++compared;
      ASSERT_LE(truth::UlpError(RootAt(graph, x), expected), 4) << Listing(graph) << x[0];
    }
    EXPECT_GT(compared, op == Op::kPolygamma && k == 0 ? -1 : truth::PointCount() / 3);
  }
}

TEST_P(EveryPartial, AddsAtMostThreeOperationsOrOnePartialAndNoUnusedConstants) {
  const Op op = GetParam();
  for (bool assume_finite : {false, true}) {
    for (int k = 0; k < ArityOf(op); ++k) {
      const Graph graph = PartialOf(op, k, assume_finite);
      const size_t added = graph.nodes.size() - 4;
      EXPECT_LE(added, 3u);
      for (size_t i = 4; i < graph.nodes.size(); ++i) {
        EXPECT_TRUE(graph.nodes[i].partial < 0 || added == 1);
      }
      EXPECT_EQ(RemoveDeadCode(graph).constants.size(), graph.constants.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, EveryPartial, ::testing::ValuesIn(truth::AllOps()), truth::OpName());

TEST(Expand, KeepsEveryBitOfRandomGraphs) {
  int compared = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Graph before = testing::RandomGraph(seed);
    const Graph shorter = ExpandShort(before), all = ExpandAll(before);
    EXPECT_TRUE(testing::SameGraph(ExpandShort(shorter), shorter));
    std::mt19937_64 random(seed);
    for (int k = 0; k < 20; ++k) {
      const std::vector<double> x = testing::SpecialPoint(random, 4);
      if (testing::SeesSignOfNan(before, x)) continue;
      const std::vector<double> expected = testing::RootValues(before, x);
      for (const Graph* after : {&shorter, &all}) {
        const std::vector<double> found = testing::RootValues(*after, x);
        for (size_t r = 0; r < expected.size(); ++r) {
          ASSERT_TRUE(truth::SameBits(expected[r], found[r])) << Listing(before) << Listing(*after);
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 10000);
}

TEST(AppendPartial, OnlyTheValueOfAnOperationHasPartials) {
  Graph graph = GraphOf("v0 leaf 0\nv1 exp v0\nv2 partial 0 of exp v0 v1\nroot 1\n");
  EXPECT_THROW(AppendPartial(graph, Operand::Node(0), 0, false), UsageError);
  EXPECT_THROW(AppendPartial(graph, Operand::Node(1), 1, false), UsageError);
  EXPECT_THROW(AppendPartial(graph, Operand::Node(2), 0, false), UsageError);
  EXPECT_THROW(AppendPartial(graph, graph.roots[0], 0, false), UsageError);
}

}  // namespace
}  // namespace wengert::program
