// Long chains of maxima, products and their like are found and become trees.

#include "wengert/program/trees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "test/support/graph_builder.h"
#include "test/support/legal_run.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/long_chains.h"
#include "wengert/program/term_pieces.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Operands = std::vector<Operand>;
using Runs = std::vector<Run>;
using Vector = std::vector<double>;

constexpr double kInf = std::numeric_limits<double>::infinity();

std::vector<LongChain> ChainsOf(const GraphBuilder& g) {
  const RecordedGraph graph = g.graph();
  return LongChainsOf(Recording(graph));
}

std::optional<WithTrees> Grown(const GraphBuilder& g) {
  const RecordedGraph graph = g.graph();
  const Recorded recorded{graph, graph.roots.size(), {}};
  std::optional<WithTrees> grown = GrowTrees(recorded, ChainsOf(g));
  if (grown.has_value()) {
    std::string why;
    EXPECT_TRUE(testing::RunChecker(grown->recorded.graph).AreLegal(grown->runs, &why)) << why;
  }
  return grown;
}

Operand ChainOf(GraphBuilder& g, Op op, Operand start, const Operands& terms) {
  for (Operand term : terms) start = g.Apply(op, {start, term});
  return start;
}

Operands Sines(GraphBuilder& g, const Operands& x) {
  Operands sines;
  for (Operand each : x) sines.push_back(g.Sin(each));
  return sines;
}

Vector RootsAt(const RecordedGraph& recorded, const Vector& x) {
  const Graph graph = GraphOf(recorded);
  Vector values, roots;
  Evaluate(graph, x, values);
  for (Operand root : graph.roots) roots.push_back(ValueOf(graph, values, root));
  return roots;
}

const std::vector<Op>& Associative() {
  static const auto* const ops = [] {
    auto* all = new std::vector<Op>;
    for (int op = 0; op < kOpCount; ++op) {
      if (HasTrait(static_cast<Op>(op), kAssociates)) all->push_back(static_cast<Op>(op));
    }
    return all;
  }();
  return *ops;
}

TEST(LongChainsTest, EitherOperandMayBeTheLinkBefore) {
  for (Op op : Associative()) {
    GraphBuilder g;
    const Operands x = g.Leaves(100);
    Operand y = x[0];
    for (size_t k = 1; k < 100; ++k) {
      y = k % 3 == 0 ? g.Apply(op, {x[k], y}) : g.Apply(op, {y, x[k]});
    }
    g.Root(y);
    const std::vector<LongChain> chains = ChainsOf(g);
    ASSERT_THAT(chains, SizeIs(1));
    EXPECT_EQ(chains[0].op, op);
    EXPECT_EQ(chains[0].start, std::nullopt);
    EXPECT_EQ(chains[0].terms, x);
    EXPECT_THAT(chains[0].links, SizeIs(99));
    EXPECT_EQ(chains[0].last(), y.index());
  }
}

TEST(LongChainsTest, AProductOfProductsGoesOnFromTheLongerOne) {
  GraphBuilder g;
  const Operands x = g.Leaves(160);
  Operand y = g.Constant(2.0);
  Operands terms;
  for (size_t k = 0; k < 160; k += 2) {
    terms.push_back(g.Mul(x[k], x[k + 1]));
    y = k % 4 == 0 ? g.Mul(y, terms.back()) : g.Mul(terms.back(), y);
  }
  g.Root(y);
  const std::vector<LongChain> chains = ChainsOf(g);
  ASSERT_THAT(chains, SizeIs(1));
  EXPECT_EQ(chains[0].start, 2.0);
  EXPECT_EQ(chains[0].terms, terms);
}

TEST(LongChainsTest, OfTwoLongOnesOneIsATermOfTheOther) {
  GraphBuilder g;
  const Operands x = g.Leaves(300);
  const Operand a = ChainOf(g, Op::kMax, x[0], {x.begin() + 1, x.begin() + 200});
  const Operand b = ChainOf(g, Op::kMax, x[200], {x.begin() + 201, x.end()});
  g.Root(g.Apply(Op::kMax, {b, a}));
  const std::vector<LongChain> chains = ChainsOf(g);
  ASSERT_THAT(chains, SizeIs(2));
  EXPECT_EQ(chains[0].last(), b.index());
  EXPECT_THAT(chains[1].links, SizeIs(200));
  EXPECT_EQ(chains[1].terms.back(), b);
}

TEST(LongChainsTest, AreCutWhereAValueIsUsedElsewhere) {
  for (int what = 0; what < 4; ++what) {
    GraphBuilder g;
    const Operands x = g.Leaves(100);
    const Operands first(x.begin(), x.begin() + 50), second(x.begin() + 50, x.end());
    Operand y = ChainOf(g, Op::kMax, g.Constant(-1.0), first);
    if (what == 0) g.Root(g.Exp(y));
    if (what == 1) g.Root(y);
    if (what == 2) y = g.Apply(Op::kMax, {y, g.Constant(0.5)});
    g.Root(ChainOf(g, Op::kMax, y, second));
    EXPECT_THAT(ChainsOf(g), SizeIs(what == 3 ? 1 : 0)) << what;
  }
}

TEST(LongChainsTest, SixtyThreeLinksAreTooFew) {
  for (uint32_t n : {63u, 64u}) {
    GraphBuilder g;
    g.Root(ChainOf(g, Op::kMax, g.Constant(0.0), g.Leaves(n)));
    EXPECT_THAT(ChainsOf(g), SizeIs(n == 64 ? 1 : 0));
  }
}

TEST(LongChainsTest, OfEachRowInALaneOfItsOwnAreLeftAlone) {
  GraphBuilder g;
  const Operands x = g.Leaves(100 * 70);
  Operands rows;
  for (size_t row = 0; row < 100; ++row) {
    const Operands terms(x.begin() + long(row) * 70, x.begin() + long(row + 1) * 70);
    rows.push_back(ChainOf(g, Op::kMax, g.Constant(-1.0), Sines(g, terms)));
  }
  g.Root(ChainOf(g, Op::kMul, rows[0], {rows.begin() + 1, rows.end()}));
  const RecordedGraph graph = g.graph();
  const Runs runs = FindRuns(graph, {.recurrences = true});
  ASSERT_EQ(runs.front().count, 100u);
  EXPECT_THAT(ChainsOf(g), SizeIs(101));
  const std::vector<LongChain> chains = LongChainsOf(Recording(graph), runs);
  ASSERT_THAT(chains, SizeIs(1));
  EXPECT_EQ(chains[0].op, Op::kMul);
  EXPECT_EQ(chains[0].terms, rows);
}

TEST(LongChainsTest, MayHaveALinkAfterEachOfManyLoops) {
  GraphBuilder g;
  const Operands x = g.Leaves(50);
  Operand y = g.Constant(-1.0), row = x[0];
  for (int k = 0; k < 80; ++k) {
    Operand sum = g.Constant(0.5);
    for (Operand each : x) sum = g.Add(sum, g.Exp(g.Mul(each, row)));
    row = sum;
    y = g.Apply(Op::kMax, {y, sum});
  }
  g.Root(y);
  const RecordedGraph graph = g.graph();
  const Runs runs = FindRuns(graph, {.recurrences = true});
  EXPECT_THAT(runs, SizeIs(80));
  EXPECT_THAT(LongChainsOf(Recording(graph), runs), SizeIs(1));
}

// Values near one: of no other have products of hundreds room.
TEST(TreesTest, HaveTheValueOfTheChainAndTheirChecksHold) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> near_one(0.8, 1.25);
  for (Op op : Associative()) {
    for (uint32_t n : {64u, 65u, 100u, 127u, 128u, 500u, 1000u, 1001u}) {
      for (double start : {0.0, 1.0, -0.5}) {
        GraphBuilder g;
        const Operands x = g.Leaves(n);
        Operands terms;
        for (Operand each : x) terms.push_back(g.Exp(g.Sin(each)));
        g.Root(ChainOf(g, op, g.Constant(start), terms));
        const std::optional<WithTrees> grown = Grown(g);
        ASSERT_EQ(grown.has_value(), op != Op::kMul || start != 0.0) << InfoOf(op).text;
        if (!grown.has_value()) continue;
        EXPECT_THAT(grown->runs, Not(IsEmpty()));
        Vector point;
        for (uint32_t k = 0; k < n; ++k) point.push_back(near_one(random) * (k % 2 == 0 ? 1 : -1));
        const Vector expected = RootsAt(g.graph(), point);
        const Vector roots = RootsAt(grown->recorded.graph, point);
        EXPECT_NEAR(roots[0], expected[0], 1e-13 * std::abs(expected[0])) << InfoOf(op).text << n;
        ASSERT_EQ(roots.size(), 1 + grown->recorded.outcomes.size());
        for (size_t check = 1; check < roots.size(); ++check) {
          EXPECT_EQ(roots[check], grown->recorded.outcomes[check - 1]);
        }
      }
    }
  }
}

TEST(TreesTest, TermsAreReadInARow) {
  GraphBuilder g;
  g.Root(ChainOf(g, Op::kMax, g.Constant(-1.0), Sines(g, g.Leaves(1000))));
  const std::optional<WithTrees> grown = Grown(g);
  ASSERT_TRUE(grown.has_value());
  ASSERT_THAT(grown->runs, SizeIs(4));  // three levels, and the ties
  EXPECT_EQ(grown->runs[0].period, 7u);
  EXPECT_EQ(grown->runs[0].count, 125u);
  EXPECT_EQ(grown->runs[1].count, 15u);
  EXPECT_EQ(grown->runs[2].count, 10u);
  EXPECT_EQ(grown->runs[3].count, 1000u);
  const absl::Span<const Node> nodes = grown->recorded.graph.nodes;
  for (uint32_t k = 0; k < 125; ++k) {
    EXPECT_EQ(nodes[grown->runs[0].first + 7 * k].operands[0].index(), 1000 + k);
    EXPECT_EQ(nodes[grown->runs[0].first + 7 * k].operands[1].index(), 1125 + k);
  }
}

TEST(TreesTest, TermsOfTwoArraysInTurnAreReadOneArrayAfterTheOther) {
  GraphBuilder g;
  const Operands x = g.Leaves(100);
  Operand y = g.Constant(-1.0);
  Operands sines, exponentials;
  for (Operand each : x) {
    sines.push_back(g.Sin(each));
    y = g.Apply(Op::kMax, {y, sines.back()});
    exponentials.push_back(g.Exp(each));
    y = g.Apply(Op::kMax, {y, exponentials.back()});
  }
  g.Root(y);
  const std::vector<LongChain> chains = ChainsOf(g);
  ASSERT_THAT(chains, SizeIs(1));
  const std::vector<TermPiece> pieces = PiecesOf(g.graph(), chains[0].terms);
  ASSERT_THAT(pieces, SizeIs(2));
  EXPECT_TRUE(pieces[0].is_even && pieces[1].is_even);
  EXPECT_EQ(pieces[0].terms, sines);
  EXPECT_EQ(pieces[1].terms, exponentials);
}

TEST(TreesTest, AMinimumAndAMaximumOfTheSameTerms) {
  GraphBuilder g;
  Operand low = g.Constant(kInf), high = g.Constant(-kInf);
  for (Operand each : g.Leaves(200)) {
    const Operand term = g.Sin(each);
    low = g.Apply(Op::kMin, {low, term});
    high = g.Apply(Op::kMax, {high, term});
  }
  g.Root(g.Sub(high, low));
  const std::optional<WithTrees> grown = Grown(g);
  ASSERT_TRUE(grown.has_value());
  EXPECT_EQ(TreesText(grown->trees), "min of 200 terms, max of 200 terms");
}

TEST(TreesTest, FewTermsFromAnywhereStayAChain) {
  for (uint32_t n : {64u, 2000u}) {
    GraphBuilder g;
    const Operands x = g.Leaves(n);
    Operands anywhere;
    for (uint32_t k = 0; k < n; ++k) anywhere.push_back(x[(k * k + 7 * k) % n]);
    g.Root(ChainOf(g, Op::kMax, g.Constant(0.0), anywhere));
    EXPECT_EQ(Grown(g).has_value(), n == 2000);
  }
}

TEST(TreesTest, StartsThatNoCheckIsForStayAChain) {
  const auto grows = [](Op op, double start) {
    GraphBuilder g;
    g.Root(ChainOf(g, op, g.Constant(start), Sines(g, g.Leaves(100))));
    return Grown(g).has_value();
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (Op op : Associative()) EXPECT_FALSE(grows(op, nan)) << InfoOf(op).text;
  EXPECT_FALSE(grows(Op::kMul, 0.0));
  EXPECT_FALSE(grows(Op::kMul, 1e-200));
  EXPECT_FALSE(grows(Op::kMul, -kInf));
  EXPECT_TRUE(grows(Op::kMul, -3.0));
  EXPECT_FALSE(grows(Op::kMax, kInf));
  EXPECT_TRUE(grows(Op::kMax, -1e300));
  EXPECT_FALSE(grows(Op::kMin, -kInf));
  EXPECT_FALSE(grows(Op::kHypot, 1e-300));
  EXPECT_FALSE(grows(Op::kHypot, 1e300));
  EXPECT_TRUE(grows(Op::kHypot, 0.0));
  EXPECT_FALSE(grows(Op::kLogAddExp, kInf));
  EXPECT_TRUE(grows(Op::kLogAddExp, -kInf));
}

// At the point of the recording the factors up to half of the range.
TEST(TreesTest, AProductThatItsPointHasNoRoomForStaysAChain) {
  for (const auto& [factor, is_tree] :
       {std::pair(1.5, true), {30.0, false}, {0.01, false}, {0.0, false}}) {
    const Vector x(100, factor);
    const Function f = Function::Record(
        [](absl::Span<const Var> v) {
          Var product = 1.0;
          for (const Var& each : v) product *= each;
          return product;
        },
        x, {.compile_after = 0});
    EXPECT_EQ(f.Explain().find("as trees: mul of 100 terms") != std::string::npos, is_tree)
        << f.Explain();
  }
}

TEST(TreesTest, ExplainNamesThem) {
  const Function f = Function::Record(
      [](absl::Span<const Var> x) {
        Var largest = -kInf, sum = 0.0;
        for (const Var& each : x) largest = max(largest, each * each);
        for (const Var& each : x) sum += exp(each * each - largest);
        return largest + log(sum);
      },
      Vector(300, 0.5), {.compile_after = 0});
  EXPECT_THAT(f.Explain(), HasSubstr("as trees: max of 300 terms\n"));
}

TEST(TreesTest, EqualOnesInARowAreCounted) {
  EXPECT_EQ(TreesText(std::vector<TreeSummary>{{Op::kMul, 64}, {Op::kMul, 64}, {Op::kMax, 70}}),
            "2 x mul of 64 terms, max of 70 terms");
}

}  // namespace
}  // namespace wengert::program
