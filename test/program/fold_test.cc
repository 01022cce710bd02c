#include "wengert/program/fold.h"

#include <gtest/gtest.h>

#include <cmath>

#include "test/support/graphs.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using testing::GraphOf;

TEST(Fold, ValuesAndPartialsOfConstantsAreConstantsToTheNodesAfterThem) {
  EXPECT_EQ(Listing(FoldConstants(GraphOf("v0 leaf 0\n"
                                          "v1 sqrt 16\n"
                                          "v2 partial 0 of sqrt 16 v1\n"
                                          "v3 mul v1 v2\n"
                                          "v4 mul v0 v3\n"
                                          "roots v4 v1\n"))),
            "v0  leaf 0\n"
            "v1  mul  v0 0.5\n"
            "roots v1 4\n");
}

TEST(Fold, APartialWithOneOperandThatVariesStays) {
  const Graph graph = GraphOf("v0 leaf 0\nv1 partial 1 of pow 2 3 v0\nroot v1\n");
  EXPECT_TRUE(testing::SameGraph(FoldConstants(graph), graph));
}

TEST(Fold, AConstantHasTheBitsOfTheTablesRule) {
  for (Op op : truth::AllOps()) {
    for (const truth::Point& x : truth::SamplePoints(op, 20)) {
      Graph graph;
      graph.constants = {x[0], x[1], x[2]};
      Instruction node;
      node.op = op;
      for (uint32_t k = 0; k < 3; ++k) node.operands[k] = Operand::Constant(k);
      const double y = truth::RuleValue(op, x);
      EXPECT_TRUE(truth::SameBits(*FoldedValue(graph, node), y)) << InfoOf(op).name;
      graph.constants.push_back(y);
      node.operands[ArityOf(op)] = Operand::Constant(3);
      for (int k = 0; k < ArityOf(op); ++k) {
        node.partial = static_cast<int8_t>(k);
        EXPECT_TRUE(truth::SameBits(*FoldedValue(graph, node), truth::RulePartial(op, x, k, y)))
            << InfoOf(op).name << " " << k;
      }
    }
  }
}

}  // namespace
}  // namespace wengert::program
