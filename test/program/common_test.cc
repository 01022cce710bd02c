#include "wengert/program/common.h"

#include <gtest/gtest.h>

#include "test/support/graphs.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using testing::GraphOf;

TEST(Common, EqualExpressionsOfAnyDepthAreOne) {
  EXPECT_EQ(Listing(MergeCommon(GraphOf("v0 leaf 0\n"
                                        "v1 leaf 1\n"
                                        "v2 mul v0 v1\n"
                                        "v3 leaf 0\n"
                                        "v4 mul v1 v3\n"
                                        "v5 exp v2\n"
                                        "v6 exp v4\n"
                                        "v7 sub v5 v6\n"
                                        "roots v7 v6\n"))),
            "v0  leaf 0\n"
            "v1  leaf 1\n"
            "v2  mul  v0 v1\n"
            "v3  exp  v2\n"
            "v4  sub  v3 v3\n"
            "roots v4 v3\n");
}

TEST(Common, ConstantsComeLastAndAreEqualByTheirBits) {
  EXPECT_EQ(Listing(MergeCommon(GraphOf("v0 leaf 0\n"
                                        "v1 add 0 v0\n"
                                        "v2 add v0 -0\n"
                                        "v3 add v0 0\n"
                                        "v4 mul nan v0\n"
                                        "v5 mul v0 nan\n"
                                        "roots v1 v2 v3 v4 v5\n"))),
            "v0  leaf 0\n"
            "v1  add  v0 0\n"
            "v2  add  v0 -0\n"
            "v3  mul  v0 nan\n"
            "roots v1 v2 v1 v3 v3\n");
}

// That it has the same bits is a law of the trait kCommutes, tested beside the op table.
TEST(Common, APartialTowardsTheOtherOperandOfAnExchangedOperationIsTheSame) {
  EXPECT_EQ(Listing(MergeCommon(GraphOf("v0 leaf 0\n"
                                        "v1 leaf 1\n"
                                        "v2 max v0 v1\n"
                                        "v3 max v1 v0\n"
                                        "v4 partial 0 of max v0 v1 v2\n"
                                        "v5 partial 1 of max v1 v0 v3\n"
                                        "v6 partial 0 of max v1 v0 v3\n"
                                        "roots v4 v5 v6\n"))),
            "v0  leaf 0\n"
            "v1  leaf 1\n"
            "v2  max               v0 v1\n"
            "v3  partial 0 of max  v0 v1 v2\n"
            "v4  partial 1 of max  v0 v1 v2\n"
            "roots v3 v3 v4\n");
}

// More users than fit into a node's list.
TEST(Common, OfAThousandUsersOfOneLeafTheEqualOnesAreOne) {
  Graph graph = GraphOf("v0 leaf 0\n");
  Instruction node;
  node.op = Op::kMul;
  for (uint32_t i = 0; i < 2000; ++i) {
    graph.constants.push_back(i % 1000);
    node.operands[0] = Operand::Constant(i);
    node.operands[1] = Operand::Node(0);
    graph.nodes.push_back(node);
    graph.roots.push_back(Operand::Node(i + 1));
  }
  const Graph merged = MergeCommon(graph);
  EXPECT_EQ(merged.nodes.size(), 1001u);
  for (uint32_t i = 0; i < 2000; ++i) EXPECT_EQ(merged.roots[i], Operand::Node(i % 1000 + 1));
}

}  // namespace
}  // namespace wengert::program
