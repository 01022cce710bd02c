#include "wengert/program/identities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "test/support/graphs.h"
#include "test/support/reference.h"
#include "test/support/rounding.h"
#include "wengert/program/dead_code.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

// "neg v1; add v0 v3" over the leaves v0, v1, v2; the root is the last node. A single word is the
// root itself.
Graph Expression(const std::string& text) {
  std::string listing = "v0 leaf 0\nv1 leaf 1\nv2 leaf 2\n";
  if (text.find(' ') == std::string::npos) {
    return testing::GraphOf(absl::StrCat(listing, "root ", text, "\n"));
  }
  int node = 3;
  for (const auto line : absl::StrSplit(text, "; ")) {
    absl::StrAppend(&listing, "v", node++, " ", line, "\n");
  }
  return testing::GraphOf(absl::StrCat(listing, "root v", node - 1, "\n"));
}

std::string Simplest(const std::string& text, bool assume_finite) {
  return Listing(RemoveDeadCode(ApplyIdentities(Expression(text), assume_finite)));
}

struct Case {
  const char *before, *after;
};

const std::vector<Case> kExact = {
    {"add v0 -0", "v0"},
    {"add -0 v0", "v0"},
    {"neg v1; add v0 v3", "sub v0 v1"},
    {"neg v0; add v3 v1", "sub v1 v0"},
    {"sub v0 0", "v0"},
    {"sub -0 v0", "neg v0"},
    {"neg v1; sub v0 v3", "add v0 v1"},
    {"less v0 v1; equal v3 0; sub 1 v4", "less v0 v1"},
    {"mul v0 1", "v0"},
    {"mul 1 v0", "v0"},
    {"mul v0 -1", "neg v0"},
    {"mul v0 v0", "square v0"},
    {"neg v0; neg v1; mul v3 v4", "mul v0 v1"},
    {"neg v0; mul v3 3", "mul v0 -3"},
    {"neg v0; mul v0 v3; neg v4; neg v5", "neg v0; mul v0 v3"},
    {"div v0 1", "v0"},
    {"div v0 -1", "neg v0"},
    {"div v0 4", "mul v0 0.25"},
    {"div v0 0x1p1023", "mul v0 0x1p-1023"},
    {"div v0 -0x1p-1022", "mul v0 -0x1p1022"},
    {"neg v0; neg v1; div v3 v4", "div v0 v1"},
    {"neg v0; div v3 3", "div v0 -3"},
    {"neg v0; div 3 v3", "div -3 v0"},
    {"neg v0; neg v3", "v0"},
    {"mul v0 3; neg v3", "mul v0 -3"},
    {"fma v0 1 v1", "add v0 v1"},
    {"fma -1 v0 v1", "sub v1 v0"},
    {"fma v0 v1 -0", "mul v0 v1"},
    {"neg v0; neg v1; fma v3 v4 v2", "fma v0 v1 v2"},
    {"neg v0; square v3", "square v0"},
    {"abs v0; square v3", "square v0"},
    {"neg v0; abs v3", "abs v0"},
    {"abs v0; abs v3", "abs v0"},
    {"exp v0; abs v3", "exp v0"},
    {"relu v0; relu v3", "relu v0"},
    {"hypot v0 0", "abs v0"},
    {"neg v0; abs v1; hypot v3 v4", "hypot v0 v1"},
    {"copysign v0 2", "abs v0"},
    {"neg v0; copysign v3 v1", "copysign v0 v1"},
    {"pow v0 0", "1"},
    {"pow v0 -0", "1"},
    {"pow 1 v0", "1"},
    {"max v0 v0", "v0"},
    {"min v0 v0", "v0"},
    {"sign v0; sign v3", "sign v0"},
    {"step v0; step v3", "step v0"},
    {"ceil v0; floor v3", "ceil v0"},
    {"round v0; trunc v3", "round v0"},
    {"less v0 v0", "0"},
    {"neg v0; neg v1; less v3 v4", "less v1 v0"},
    {"neg v0; less_equal v3 2", "less_equal -2 v0"},
    {"less v0 v1; equal v3 1", "less v0 v1"},
    {"where 1 v0 v1", "v0"},
    {"where nan v0 v1", "v0"},
    {"where -0 v0 v1", "v1"},
    {"where v0 v1 v1", "v1"},
    {"less v0 v1; where v3 1 0", "less v0 v1"},
    {"equal v0 0; where v3 v1 v2", "where v0 v2 v1"},
    {"where v0 v1 v2; where v0 v3 5", "where v0 v1 5"},
    {"where v0 v1 v2; where v0 5 v3", "where v0 5 v2"},
    {"azmul 0 v0", "0"},
    {"azmul -0 v0", "0"},
    {"azmul 3 v0", "mul v0 3"},
    {"azmul v0 v0", "square v0"},
};

const std::vector<Case> kFinite = {
    {"add v0 0", "v0"},
    {"sub v0 -0", "v0"},
    {"sub 0 v0", "neg v0"},
    {"sub v0 v0", "0"},
    {"mul v0 0", "0"},
    {"div v0 v0", "1"},
    {"div 0 v0", "0"},
    {"fma v0 v1 0", "mul v0 v1"},
    {"fma v0 0 v1", "v1"},
    {"azmul v0 v1", "mul v0 v1"},
    {"sub v0 v1; neg v3", "sub v1 v0"},
    {"equal v0 v0", "1"},
    {"less_equal v0 v0", "1"},
    {"max_share v0 v0", "0.5"},
    {"equal v0 v0; where v3 v1 v0", "v1"},
};

const std::vector<double> kEdges = {0,
                                    -0.0,
                                    1,
                                    -1,
                                    0.5,
                                    -2.5,
                                    3e-320,
                                    -4e-324,
                                    1e308,
                                    -1e308,
                                    0x1p-1022,
                                    std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN()};

std::vector<Case> AllCases() {
  std::vector<Case> all = kExact;
  all.insert(all.end(), kFinite.begin(), kFinite.end());
  return all;
}

std::vector<std::vector<double>> FiniteEdges() {
  const std::vector<double> edges = {0, -0.0, 1, -1, 0.5, -2.5, 3e-320};
  std::vector<std::vector<double>> points;
  for (double a : edges) {
    for (double b : edges) {
      for (double c : edges) points.push_back({a, b, c});
    }
  }
  return points;
}

TEST(Identities, EachIsFound) {
  for (const Case& each : kExact) {
    const Graph after = RemoveDeadCode(Expression(each.after));
    if (std::string(each.after).find("azmul") == std::string::npos) {
      EXPECT_EQ(Simplest(each.before, false), Simplest(each.after, false)) << each.before;
    }
    EXPECT_LE(RemoveDeadCode(ApplyIdentities(Expression(each.before))).nodes.size(),
              after.nodes.size())
        << each.before;
  }
}

TEST(Identities, EachKeepsEveryBitAtEveryEdge) {
  for (const Case& each : kExact) {
    const Graph before = Expression(each.before);
    const Graph after = ApplyIdentities(before);
    EXPECT_FALSE(testing::SameGraph(before, after)) << each.before;
    for (double a : kEdges) {
      for (double b : kEdges) {
        for (double c : kEdges) {
          if (testing::SeesSignOfNan(before, {a, b, c})) continue;
          const double expected = testing::RootValues(before, {a, b, c})[0];
          const double found = testing::RootValues(after, {a, b, c})[0];
          ASSERT_TRUE(truth::SameBits(expected, found))
              << each.before << " at " << a << " " << b << " " << c << ": " << expected
              << " became " << found;
        }
      }
    }
  }
}

// Rules and kinks are the op table's on both sides.
TEST(Identities, EachKeepsTheGradientAtEveryEdge) {
  const auto gradient = [](const Graph& graph, const std::vector<double>& x) {
    return testing::RoundingReference(graph, 1).At(x, {1.0}, 3).gradient;
  };
  size_t compared = 0;
  for (const Case& each : AllCases()) {
    const Graph before = Expression(each.before), after = ApplyIdentities(before, true);
    for (const std::vector<double>& x : FiniteEdges()) {
      const auto expected = gradient(before, x), found = gradient(after, x);
      for (size_t j = 0; j < 3; ++j) {
        if (!std::isfinite(expected[j].value)) continue;
        ++compared;
        EXPECT_TRUE(expected[j].Allows(found[j].value))
            << each.before << " in v" << j << " at " << x[0] << " " << x[1] << " " << x[2] << ": "
            << expected[j].value << " became " << found[j].value;
      }
    }
  }
  EXPECT_GT(compared, 50000);
}

TEST(Identities, WhatNeedsFiniteValuesIsAppliedOnlyIfTheyAreAssumed) {
  for (const Case& each : kFinite) {
    EXPECT_EQ(Simplest(each.before, true), Simplest(each.after, true)) << each.before;
    EXPECT_LE(RemoveDeadCode(ApplyIdentities(Expression(each.before), true)).nodes.size(),
              RemoveDeadCode(Expression(each.after)).nodes.size())
        << each.before;
    const Graph before = Expression(each.before);
    EXPECT_TRUE(testing::SameGraph(ApplyIdentities(before), before)) << each.before;
  }
}

TEST(Identities, WhatIsNoneStaysAsItIs) {
  for (const char* text :
       {"div v0 3", "div v0 0", "div v0 0x1p-1074", "div v0 inf", "mul v0 inf", "pow v0 1",
        "pow v0 2", "neg v0; mul v3 v1", "max v0 -inf", "copysign v0 -0", "copysign v0 nan",
        "copysign v0 v0", "where v0 1 0", "where v0 1 0; equal v3 1", "sqrt v0; abs v3",
        "add v0 v0", "azmul v0 1", "equal v0 v1; sub 2 v3", "equal v0 0; sub 1 v3"}) {
    const Graph graph = Expression(text);
    EXPECT_TRUE(testing::SameGraph(ApplyIdentities(graph), graph)) << text;
  }
}

}  // namespace
}  // namespace wengert::program
