#include "wengert/program/clean.h"

#include <gtest/gtest.h>

#include "test/support/graphs.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using testing::GraphOf;

TEST(Clean, EachPassMakesWorkForTheOthers) {
  EXPECT_EQ(Listing(Clean(GraphOf("v0 leaf 0\n"
                                  "v1 mul v0 1\n"
                                  "v2 exp v1\n"
                                  "v3 exp v0\n"
                                  "v4 less 1 2\n"
                                  "v5 where v4 v3 v2\n"
                                  "root v5\n"))),
            "v0  leaf 0\n"
            "v1  exp  v0\n"
            "root v1\n");
}

TEST(Clean, AFoldedConstantMayBeAnExactDivisor) {
  EXPECT_EQ(Listing(Clean(GraphOf("v0 leaf 0\n"
                                  "v1 mul 2 4\n"
                                  "v2 div v0 v1\n"
                                  "v3 neg v2\n"
                                  "v4 mul v0 -0.125\n"
                                  "v5 sub v3 v4\n"
                                  "roots v5 v4\n"))),
            "v0  leaf 0\n"
            "v1  mul  v0 -0.125\n"
            "v2  sub  v1 v1\n"
            "roots v2 v1\n");
}

// The derivative of x / y, as it comes from the table: d/dx is NaN where the quotient is.
TEST(Clean, OnlyFiniteValuesNeedNoGuardAgainstNan) {
  const Graph graph = GraphOf(
      "v0 leaf 0\n"
      "v1 leaf 1\n"
      "v2 div v0 v1\n"
      "v3 div 1 v1\n"
      "v4 equal v2 v2\n"
      "v5 where v4 v3 v2\n"
      "v6 azmul v0 v5\n"
      "v7 add v6 0\n"
      "root v7\n");
  EXPECT_EQ(Listing(Clean(graph, {.assume_finite = true})),
            "v0  leaf 0\n"
            "v1  leaf 1\n"
            "v2  div  1 v1\n"
            "v3  mul  v0 v2\n"
            "root v3\n");
  EXPECT_EQ(Clean(graph).nodes.size(), graph.nodes.size());
}

}  // namespace
}  // namespace wengert::program
