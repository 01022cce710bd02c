#include "wengert/program/margins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "test/support/graphs.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;
using Vector = std::vector<double>;

// The first root is y, the others are guards.
Recorded RecordedAs(const char* text, std::vector<double> outcomes) {
  return {RecordedGraph::Of(testing::GraphOf(text)), 1, std::move(outcomes)};
}

// Whether each guard, those of the margins last, comes out as it should.
std::vector<bool> Held(const Recorded& recorded, const Vector& x) {
  Vector values;
  const Graph graph = GraphOf(recorded.graph);
  Evaluate(graph, x, values);
  std::vector<bool> held;
  for (size_t g = 0; g < recorded.outcomes.size(); ++g) {
    const Operand guard = graph.roots[recorded.dependents + g];
    held.push_back(ValueOf(graph, values, guard) == recorded.outcomes[g]);
  }
  return held;
}

TEST(Margins, AProductAndItsComparison) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 leaf 1\n"
                             "v2 mul v0 v1\n"
                             "v3 less v2 1\n"
                             "roots v2 v3\n",
                             {1.0}));
  EXPECT_EQ(Listing(GraphOf(margins.graph)),
            " v0  leaf 0\n"
            " v1  leaf 1\n"
            " v2  mul   v0 v1\n"
            " v3  abs   v1\n"
            " v4  abs   v0\n"
            " v5  mul   v3 v4\n"
            " v6  abs   v0\n"
            " v7  abs   v1\n"
            " v8  mul   v6 v7\n"
            " v9  add   2.22507e-308 v5\n"
            "v10  add   v9 v8\n"
            "v11  less  v2 1\n"
            "v12  sub   v2 1\n"
            "v13  abs   v12\n"
            "v14  mul   1.77636e-15 v10\n"
            "v15  less  v14 v13\n"
            "roots v2 v11 v15\n");
  EXPECT_THAT(margins.outcomes, ElementsAre(1.0, 1.0));
}

TEST(Margins, WhatIsComparedAsItIsNeedsNone) {
  for (const char* text : {"v0 leaf 0\nv1 leaf 1\nv2 exp v0\nv3 less v0 v1\nroots v2 v3\n",
                           "v0 leaf 0\nv1 sign v0\nv2 exp v0\nv3 equal v1 1\nroots v2 v3\n"}) {
    const Recorded recorded = RecordedAs(text, {1.0});
    const Recorded margins = WithMargins(recorded);
    EXPECT_EQ(Listing(GraphOf(margins.graph)), Listing(GraphOf(recorded.graph)));
    EXPECT_EQ(margins.outcomes, recorded.outcomes);
  }
}

TEST(Margins, OnlyWhatIsNearIsRefused) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 leaf 1\n"
                             "v2 sin v0\n"
                             "v3 less v2 v1\n"
                             "roots v2 v3\n",
                             {1.0}));
  const double y = std::sin(0.5);
  EXPECT_THAT(Held(margins, {0.5, y + 1e-14}), ElementsAre(true, true));
  EXPECT_THAT(Held(margins, {0.5, y + 1e-16}), ElementsAre(true, false));
  EXPECT_THAT(Held(margins, {0.5, y - 1e-16}), ElementsAre(false, false));
  EXPECT_THAT(Held(margins, {0.5, y - 1e-14}), ElementsAre(false, true));
}

TEST(Margins, DigitsThatCancelCount) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 add v0 1e10\n"
                             "v2 sub v1 1e10\n"
                             "v3 less v2 1e-7\n"
                             "roots v2 v3\n",
                             {1.0}));
  EXPECT_THAT(Held(margins, {0.0}), ElementsAre(true, false));
  EXPECT_THAT(Held(margins, {-1.0}), ElementsAre(true, true));
}

// v1 - 1e16 is known to a few units only, and 0 here.
TEST(Margins, WhatIsOffByMoreThanItIsSaysNothingOfACurve) {
  for (const char* guard : {"v3 mul v2 v2\nv4 less v3 0.5\n", "v3 square v2\nv4 less v3 0.5\n",
                            "v3 tanh v2\nv4 less v3 0.5\n", "v3 exp v2\nv4 less v3 1e9\n"}) {
    const Recorded margins = WithMargins(RecordedAs(
        ("v0 leaf 0\nv1 add v0 1e16\nv2 sub v1 1e16\n" + std::string(guard) + "roots v3 v4\n")
            .c_str(),
        {1.0}));
    const std::vector<bool> held = Held(margins, {0.0});
    EXPECT_TRUE(held.front()) << guard;
    EXPECT_THAT(held, ::testing::Contains(false)) << guard;
  }
}

TEST(Margins, WhatJumpsOnTheWayMustBeFarFromItsJump) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 exp v0\n"
                             "v2 floor v1\n"
                             "v3 copysign v0 v1\n"
                             "v4 add v2 v3\n"
                             "v5 less v4 10.5\n"
                             "roots v2 v5\n",
                             {1.0}));
  EXPECT_THAT(Held(margins, {1.0}), ::testing::Each(true));
  EXPECT_THAT(Held(margins, {std::log(3.0)}), ::testing::Contains(false));
}

TEST(Margins, WhatIsBehindARemainderIsNotKnown) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 exp v0\n"
                             "v2 fmod v1 2\n"
                             "v3 less v2 100\n"
                             "roots v2 v3\n",
                             {1.0}));
  EXPECT_THAT(Held(margins, {1.0}), ElementsAre(true, false));
}

TEST(Margins, ALookupIsNotNearAWholeNumber) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 square v0\n"
                             "v2 floor v1\n"
                             "roots v1 v2\n",
                             {4.0}));
  EXPECT_THAT(Held(margins, {2.1}), ElementsAre(true, true, true));
  EXPECT_THAT(Held(margins, {2.0}), ElementsAre(true, true, false));
}

TEST(Margins, InfinityAsABoundIsFarFromEverythingFinite) {
  const Recorded margins =
      WithMargins(RecordedAs("v0 leaf 0\n"
                             "v1 exp v0\n"
                             "v2 less v1 inf\n"
                             "roots v1 v2\n",
                             {1.0}));
  EXPECT_THAT(Held(margins, {1.0}), ElementsAre(true, true));
  EXPECT_THAT(Held(margins, {1000.0}), ElementsAre(false, false));
  EXPECT_THAT(Held(margins, {std::numeric_limits<double>::quiet_NaN()}), ElementsAre(false, false));
}

}  // namespace
}  // namespace wengert::program
