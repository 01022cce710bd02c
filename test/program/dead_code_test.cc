#include "wengert/program/dead_code.h"

#include <gtest/gtest.h>

#include "test/support/graphs.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using testing::GraphOf;

TEST(DeadCode, WhatNoRootNeedsGoesLeavesAndConstantsToo) {
  const Graph graph =
      RemoveDeadCode(GraphOf("v0 leaf 0\n"
                             "v1 leaf 1\n"
                             "v2 leaf 2\n"
                             "v3 mul v0 2\n"
                             "v4 exp v1\n"
                             "v5 add v4 7\n"
                             "v6 tanh v3\n"
                             "v7 partial 0 of tanh v3 v6\n"
                             "v8 sub v6 v2\n"
                             "roots v7 v2\n"));
  EXPECT_EQ(Listing(graph),
            "v0  leaf 0\n"
            "v1  leaf 2\n"
            "v2  mul                v0 2\n"
            "v3  tanh               v2\n"
            "v4  partial 0 of tanh  v2 v3\n"
            "roots v4 v1\n");
  EXPECT_EQ(graph.constants, std::vector<double>({2}));
}

TEST(DeadCode, RootsKeepTheirOrderAndMayBeConstantsOrRepeated) {
  EXPECT_EQ(Listing(RemoveDeadCode(GraphOf("v0 leaf 3\nv1 neg v0\nroots 4 v0 -0 v0\n"))),
            "v0  leaf 3\n"
            "roots 4 v0 -0 v0\n");
}

TEST(DeadCode, WithoutRootsNothingIsLeft) {
  EXPECT_EQ(Listing(RemoveDeadCode(GraphOf("v0 leaf 0\nv1 exp v0\n"))), "roots\n");
}

TEST(DeadCode, AChainOfAMillionNodesNeedsNoStack) {
  Graph graph = GraphOf("v0 leaf 0\n");
  Instruction node;
  node.op = Op::kSin;
  for (uint32_t i = 0; i < 1'000'000; ++i) {
    node.operands[0] = Operand::Node(i);
    graph.nodes.push_back(node);
  }
  graph.roots = {Operand::Node(999'999)};
  EXPECT_EQ(RemoveDeadCode(graph).nodes.size(), 1'000'000u);
}

}  // namespace
}  // namespace wengert::program
