#include "wengert/tape/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::HasSubstr;

TEST(ListingTest, SeedExampleWithItsAdjoints) {
  Tape tape;
  const Var a = tape.Input(-4.0);
  const Var b = tape.Input(2.0);
  const Var c = a * b + 3.0;
  EXPECT_EQ(Listing(tape, &tape.Backward(c)),
            "node  op     operands  primal  adjoint\n"
            "  v0  input                -4        2\n"
            "  v1  input                 2       -4\n"
            "  v2  mul    v0 v1         -8        1\n"
            "  v3  add    v2 3          -5        1\n");
}

TEST(ListingTest, WithoutAdjointsItHasNoSuchColumn) {
  Tape tape;
  const Var x = tape.Input(0.5);
  fma(x, 2.0, x);
  EXPECT_EQ(Listing(tape),
            "node  op     operands  primal\n"
            "  v0  input               0.5\n"
            "  v1  fma    v0 2 v0      1.5\n");
}

TEST(ListingTest, EmptyTapeIsItsHeading) {
  Tape tape;
  EXPECT_EQ(Listing(tape), "node  op  operands  primal\n");
}

TEST(ListingTest, NodesAfterTheRootHaveAdjointZero) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const Var y = x * 2.0;
  exp(y);
  EXPECT_THAT(Listing(tape, &tape.Backward(y)),
              HasSubstr("v2  exp    v1        7.38906        0\n"));
}

CustomOperation Called(const char* name) {
  return CustomOperation({.name = name, .value = [](auto x, auto y) { y[0] = x[0]; }});
}

TEST(ListingTest, AnyNameOfAUsersOperationIsOnOneLine) {
  Tape tape;
  const Var x = tape.Input(1.0);
  Called("a|b{c}\"\n<x>")({x});
  EXPECT_EQ(Listing(tape), R"(node  op             operands  primal
  v0  input                         1
  v1  a|b{c}\"\n<x>  v0             1
)");
}

TEST(DotTest, AnyNameOfAUsersOperationIsTextOfARecord) {
  Tape tape;
  const Var x = tape.Input(1.0);
  Called("a|b{c}\"\n<x>")({x});
  Called("\\&lt;")({x});
  const std::string dot = Dot(tape);
  EXPECT_THAT(dot, HasSubstr(R"(v1 [label="v1 a\|b\{c\}\\\"\\n\<x\> | primal 1"];)"));
  EXPECT_THAT(dot, HasSubstr(R"(v2 [label="v2 \\\\&amp;lt; | primal 1"];)"));
}

TEST(DotTest, EveryNodeShowsPrimalAndAdjointAndEveryOperandIsAnEdge) {
  Tape tape;
  const Var a = tape.Input(-4.0);
  const Var c = a * a + 3.0;
  const std::string dot = Dot(tape, &tape.Backward(c));
  EXPECT_THAT(dot, HasSubstr("digraph tape {"));
  EXPECT_THAT(dot, HasSubstr("v0 [label=\"v0 input | primal -4 | adjoint -8\"]"));
  EXPECT_THAT(dot, HasSubstr("v1 [label=\"v1 mul | primal 16 | adjoint 1\"]"));
  EXPECT_THAT(dot, HasSubstr("v0 -> v1;\n  v0 -> v1;"));
  EXPECT_THAT(dot, HasSubstr("v2_c0 [shape=plaintext, label=\"3\"]"));
  EXPECT_THAT(dot, HasSubstr("v1 -> v2;"));
}

}  // namespace
}  // namespace wengert
