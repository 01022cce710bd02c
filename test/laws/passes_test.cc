// What every pass keeps, on random graphs over all operations and at points full of edges.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "test/support/graphs.h"
#include "test/support/reference.h"
#include "wengert/program/clean.h"
#include "wengert/program/common.h"
#include "wengert/program/dead_code.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/fold.h"
#include "wengert/program/identities.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

using testing::OrdinaryPoint;
using testing::RandomGraph;
using testing::RootValues;
using testing::SpecialPoint;

constexpr uint64_t kGraphs = 400;
constexpr int kPoints = 40;

struct Pass {
  std::string name;
  std::function<Graph(Graph)> run;
};

class PassLaws : public ::testing::TestWithParam<Pass> {};

TEST_P(PassLaws, EveryRootKeepsEveryBit) {
  int compared = 0, numbers = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph before = RandomGraph(seed);
    const Graph after = GetParam().run(before);
    ASSERT_EQ(after.roots.size(), before.roots.size());
    std::mt19937_64 random(seed);
    for (int k = 0; k < kPoints; ++k) {
      const std::vector<double> x = SpecialPoint(random, 4);
      if (testing::SeesSignOfNan(before, x)) continue;
      const std::vector<double> expected = RootValues(before, x), found = RootValues(after, x);
      for (size_t r = 0; r < expected.size(); ++r) {
        ASSERT_TRUE(truth::SameBits(expected[r], found[r]))
            << "root " << r << ": " << expected[r] << " became " << found[r] << " at " << x[0]
            << " " << x[1] << " " << x[2] << " " << x[3] << "\n"
            << Listing(before) << Listing(after);
        ++compared;
        numbers += std::isnan(expected[r]) ? 0 : 1;
      }
    }
  }
  EXPECT_GT(compared, 20000);
  EXPECT_GT(numbers, 10000);
}

TEST_P(PassLaws, TheGraphDoesNotGrow) {
  size_t removed = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph before = RandomGraph(seed);
    const Graph after = GetParam().run(before);
    ASSERT_LE(after.nodes.size(), before.nodes.size());
    removed += before.nodes.size() - after.nodes.size();
  }
  EXPECT_GT(removed, kGraphs / 2);
}

TEST_P(PassLaws, ASecondTimeChangesNothing) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph once = GetParam().run(RandomGraph(seed));
    const Graph twice = GetParam().run(once);
    ASSERT_TRUE(testing::SameGraph(once, twice)) << Listing(once) << Listing(twice);
  }
}

TEST_P(PassLaws, OperandsStayBeforeTheirUses) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = GetParam().run(RandomGraph(seed));
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      for (Operand operand : graph.nodes[i].arguments()) {
        ASSERT_LT(operand.index(), operand.is_constant() ? graph.constants.size() : i);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Passes, PassLaws,
                         ::testing::Values(Pass{"DeadCode", RemoveDeadCode},
                                           Pass{"Fold", FoldConstants}, Pass{"Common", MergeCommon},
                                           Pass{"Identities",
                                                [](Graph graph) { return ApplyIdentities(graph); }},
                                           Pass{"Clean", [](Graph graph) { return Clean(graph); }}),
                         [](const auto& each) { return each.param.name; });

// Where every value is finite, what assumes so keeps the results; a zero may change its sign, so
// the two operations that can see that are left out.
TEST(AssumeFinite, ResultsStayWhereEveryValueIsFinite) {
  testing::RandomGraphOptions options = {.nodes = 14, .special = false};
  for (int i = 1; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (op != Op::kAtan2 && op != Op::kCopysign) options.ops.push_back(op);
  }
  int compared = 0;
  size_t removed = 0;
  for (uint64_t seed = 0; seed < 10 * kGraphs; ++seed) {
    const Graph before = RandomGraph(seed, options);
    const Graph after = Clean(before, {.assume_finite = true});
    removed += Clean(before).nodes.size() - after.nodes.size();
    std::mt19937_64 random(seed);
    for (int k = 0; k < 4; ++k) {
      const std::vector<double> x = OrdinaryPoint(random, 4);
      std::vector<double> values;
      Evaluate(before, x, values);
      bool finite = true;
      for (double value : values) finite &= std::isfinite(value);
      if (!finite) continue;
      const std::vector<double> expected = RootValues(before, x), found = RootValues(after, x);
      for (size_t r = 0; r < expected.size(); ++r) {
        ASSERT_EQ(expected[r], found[r]) << Listing(before) << Listing(after);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 5000);
  EXPECT_GT(removed, 500u);
}

}  // namespace
}  // namespace wengert::program
