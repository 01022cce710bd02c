// The loops of real recordings are found, and of small ones with everything that can go wrong.

#include "wengert/program/find_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/workloads/suite.h"
#include "bench/workloads/wengert.h"
#include "test/support/graph_builder.h"
#include "test/support/legal_run.h"
#include "wengert/program/from_tape.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;

// Run is a member of a test.
using Runs = std::vector<Run>;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// period x count, the biggest first.
struct Size {
  uint32_t period, count;
  uint64_t nodes() const { return uint64_t{period} * count; }
  friend bool operator==(const Size&, const Size&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Size& size) {
    return out << size.period << " x " << size.count;
  }
};

Runs LegalRuns(const RecordedGraph& graph) {
  Runs runs = FindRuns(graph);
  std::string why;
  EXPECT_TRUE(testing::RunChecker(graph).AreLegal(runs, &why)) << why;
  return runs;
}

std::vector<Size> SizesOf(const Runs& runs) {
  std::vector<Size> sizes;
  for (const Run& run : runs) sizes.push_back({run.period, run.count});
  std::stable_sort(sizes.begin(), sizes.end(),
                   [](Size a, Size b) { return a.nodes() > b.nodes(); });
  return sizes;
}

std::vector<Size> LegalSizes(const GraphBuilder& g) { return SizesOf(LegalRuns(g.graph())); }

double Coverage(const RecordedGraph& graph, const Runs& runs) {
  uint64_t operations = 0, covered = 0;
  for (const Node& node : graph.nodes) operations += node.is_leaf() ? 0 : 1;
  for (const Run& run : runs) covered += uint64_t{run.period} * run.count;
  return static_cast<double>(covered) / static_cast<double>(operations);
}

struct Expectation {
  std::string name;  // the beginning of the workload's
  double coverage;   // at least
  size_t runs;       // exactly
  std::vector<Size> biggest;
};

class WorkloadRunsTest : public ::testing::TestWithParam<Expectation> {};

// The loops as the workloads are written: W3's over samples rather than units, W4's over points
// rather than components, W9's over paths; W6's and W7's inner ones, for their time steps depend
// on each other.
INSTANTIATE_TEST_SUITE_P(
    Workloads, WorkloadRunsTest,
    ::testing::Values(Expectation{"W1 ", 0.9999, 1, {{8, 999}}},
                      Expectation{"W2 ", 0.9999, 1, {{45, 1000}}},
                      Expectation{"W3 ", 0.9999, 2, {{644, 100}, {2, 337}}},
                      Expectation{"W4a ", 0.999, 3, {{3402, 100}, {134, 25}}},
                      Expectation{"W4b ", 0.9999, 3, {{3402, 1000}, {134, 25}}},
                      Expectation{"W5 ", 0.9999, 1, {{74, 1000}}},
                      Expectation{"W6 ", 0.998, 155, {{26, 14}, {26, 14}}},
                      Expectation{"W7 ", 0.9999, 4001, {{5, 99}, {5, 99}}},
                      Expectation{"W8 ", 0.9999, 1, {{25, 1000}}},
                      Expectation{"W9 ", 0.999, 1, {{2204, 64}}}, Expectation{"W10 ", 0.0, 0, {}},
                      Expectation{"W11 ", 0.0, 0, {}}),
    [](const ::testing::TestParamInfo<Expectation>& test) {
      return test.param.name.substr(0, test.param.name.size() - 1);
    });

TEST_P(WorkloadRunsTest, LoopsAreFound) {
  const Expectation& expected = GetParam();
  for (const bench::NamedWorkload& named : bench::MadeUpWorkloads()) {
    if (named.name.rfind(expected.name, 0) != 0) continue;
    const RecordedGraph graph = std::visit(
        [](const auto& workload) {
          Tape tape;
          std::vector<Var> inputs;
          const std::vector<double> x = workload.x0();
          const Var root = bench::RecordAt(workload, x.data(), tape, inputs);
          return testing::Kept(FromTape(tape, {Operand::Node(tape.NodeOf(root, "test"))}));
        },
        named.workload);
    const Runs runs = LegalRuns(graph);
    EXPECT_GE(Coverage(graph, runs), expected.coverage);
    EXPECT_THAT(runs, SizeIs(expected.runs));
    std::vector<Size> biggest = SizesOf(runs);
    biggest.resize(std::min(biggest.size(), expected.biggest.size()));
    EXPECT_EQ(biggest, expected.biggest);
    return;
  }
  FAIL() << "no such workload";
}

// A term of a sum, three nodes.
Operand Term(GraphBuilder& g, Operand x) { return g.Sin(g.Mul(g.Exp(x), x)); }

TEST(FindRunsTest, SumFromAConstantHasNoPeeledIteration) {
  GraphBuilder g;
  Operand sum = g.Constant(0.0);
  for (Operand x : g.Leaves(20)) sum = g.Add(sum, Term(g, x));
  g.Root(sum);
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(SizesOf(runs), ElementsAre(Size{4, 20}));
  EXPECT_EQ(runs[0].first, 20u);
  EXPECT_THAT(runs[0].links, ElementsAre(0, 0, 0, 1));
}

TEST(FindRunsTest, SumMayBeTheSecondOperand) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(20);
  Operand sum = g.Exp(x[0]);
  for (Operand each : x) sum = g.Add(Term(g, each), sum);
  g.Root(sum);
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(SizesOf(runs), ElementsAre(Size{4, 20}));
  EXPECT_THAT(runs[0].links, ElementsAre(0, 0, 0, 2));
}

TEST(FindRunsTest, SeveralSumsOfSeveralLinks) {
  GraphBuilder g;
  Operand s = g.Constant(0.0), t = g.Constant(1.0);
  for (Operand x : g.Leaves(20)) {
    s = g.Sub(g.Add(s, Term(g, x)), x);
    t = g.Apply(Op::kFma, {x, x, t});
  }
  g.Root(s);
  g.Root(t);
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(SizesOf(runs), ElementsAre(Size{6, 20}));
  EXPECT_THAT(runs[0].links, ElementsAre(0, 0, 0, 1, 1, 3));
}

// Where loops meet, the repeat of the one runs into the other: sixteen squares and the first of the
// others' products are seventeen.
TEST(FindRunsTest, ALoopOfSquaresThenASumOfSquares) {
  GraphBuilder g;
  std::vector<Operand> squares;
  for (Operand x : g.Leaves(16)) squares.push_back(g.Mul(x, x));
  Operand sum = g.Constant(0.0);
  for (Operand square : squares) sum = g.Add(sum, g.Mul(square, square));
  g.Root(sum);
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{2, 16}, Size{1, 16}));
}

TEST(FindRunsTest, ALoopThatEndsInASumThenASum) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(20);
  std::vector<Operand> terms;
  for (size_t i = 0; i < x.size(); ++i) {
    terms.push_back(g.Add(g.Mul(x[i], x[i]), x[(i + 1) % x.size()]));
  }
  Operand sum = g.Constant(0.0);
  for (Operand term : terms) sum = g.Add(sum, term);
  g.Root(sum);
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{2, 20}, Size{1, 20}));
}

TEST(FindRunsTest, SumsThatTakeTurnsHaveTheirPeriodTogether) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(3 * 60);
  Operand sums[3] = {x[0], x[1], x[2]};
  for (size_t i = 0; i < x.size(); ++i) sums[i % 3] = g.Add(sums[i % 3], x[i]);
  for (Operand sum : sums) g.Root(sum);
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{3, 60}));
}

TEST(FindRunsTest, BodyOfEqualOperationsShowsItsPeriodInItsOperands) {
  GraphBuilder g;
  for (Operand x : g.Leaves(50)) g.Root(g.Mul(g.Mul(g.Mul(x, x), x), g.Constant(2.0)));
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{3, 50}));
}

TEST(FindRunsTest, PrefixSumsAreNoLoop) {
  GraphBuilder g;
  Operand sum = g.Constant(0.0);
  for (Operand x : g.Leaves(40)) {
    sum = g.Add(sum, x);
    g.Root(g.Exp(sum));
  }
  EXPECT_THAT(LegalSizes(g), IsEmpty());
}

TEST(FindRunsTest, RecurrenceIsNoLoopButWhatFeedsItIs) {
  GraphBuilder g;
  Operand h = g.Constant(0.5);
  const std::vector<Operand> x = g.Leaves(40);
  std::vector<Operand> terms;
  for (Operand each : x) terms.push_back(Term(g, each));
  for (Operand term : terms) h = g.Exp(g.Mul(h, term));
  g.Root(h);
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{3, 40}));
}

TEST(FindRunsTest, SumThatIsReadOnceEndsARunThere) {
  GraphBuilder g;
  Operand sum = g.Constant(0.0);
  const std::vector<Operand> x = g.Leaves(40);
  for (size_t i = 0; i < x.size(); ++i) {
    sum = g.Add(sum, Term(g, x[i]));
    if (i == 14) g.Root(sum);
  }
  g.Root(sum);
  const Runs runs = LegalRuns(g.graph());
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].count, 15u);
  EXPECT_EQ(runs[1].count, 25u);
}

TEST(FindRunsTest, SevenIterationsAreTooFew) {
  for (uint32_t count : {7u, 8u}) {
    GraphBuilder g;
    for (Operand x : g.Leaves(count)) g.Root(Term(g, x));
    EXPECT_THAT(LegalRuns(g.graph()), SizeIs(count - 7));
  }
}

TEST(FindRunsTest, ConstantsAndNodesAreTheSameOperand) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(30);
  for (size_t i = 0; i < x.size(); ++i) {
    const Operand factor = i == 0 || i == 17 ? g.Constant(3.0) : x[i - 1];
    g.Root(g.Exp(g.Mul(x[i], factor)));
  }
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{2, 30}));
}

TEST(FindRunsTest, FirstIterationThatSharesASubexpressionIsPeeled) {
  GraphBuilder g;
  const std::vector<Operand> x = g.Leaves(30);
  Operand shared = g.Exp(x[0]);
  for (size_t i = 0; i < x.size(); ++i) {
    const Operand own = g.Exp(x[i]);
    g.Root(g.Sin(g.Mul(i == 0 ? shared : own, x[i])));
  }
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{3, 29}));
}

TEST(FindRunsTest, AnOddIterationDividesTheLoop) {
  for (uint32_t odd : {0u, 10u, 15u, 20u, 29u}) {  // samples are among them
    GraphBuilder g;
    const std::vector<Operand> x = g.Leaves(30);
    Operand sum = x[0];
    for (uint32_t i = 0; i < 30; ++i) {
      const Operand own = g.Exp(x[i]);
      sum = g.Add(sum, g.Sin(g.Mul(i == odd ? x[i] : own, x[i])));
    }
    g.Root(sum);
    uint64_t covered = 0;
    for (Size size : LegalSizes(g)) covered += size.nodes();
    EXPECT_EQ(covered, 29u * 4) << odd;
  }
}

TEST(FindRunsTest, StackedLayersAreRunsOfOneLayer) {
  GraphBuilder g;
  std::vector<Operand> state = g.Leaves(14);
  for (int layer = 0; layer < 5; ++layer) {
    for (Operand& each : state) each = Term(g, each);
  }
  for (Operand each : state) g.Root(each);
  EXPECT_THAT(LegalSizes(g),
              ElementsAre(Size{3, 14}, Size{3, 14}, Size{3, 14}, Size{3, 14}, Size{3, 14}));
}

TEST(FindRunsTest, LoopInsideASequentialLoop) {
  GraphBuilder g;
  std::vector<Operand> cells = g.Leaves(30);
  for (int step = 0; step < 40; ++step) {
    std::vector<Operand> next = cells;
    for (size_t i = 0; i < cells.size(); ++i) {
      next[i] = g.Sub(cells[i], g.Mul(g.Exp(cells[(i + 1) % cells.size()]), g.Constant(0.1)));
    }
    next[0] = g.Sin(next[0]);
    cells = next;
  }
  for (Operand cell : cells) g.Root(cell);
  const std::vector<Size> sizes = LegalSizes(g);
  ASSERT_THAT(sizes, SizeIs(40));
  EXPECT_EQ(sizes.back(), (Size{3, 30}));
}

TEST(FindRunsTest, RaggedLoopsAreRunsOfWhatIsLongEnough) {
  GraphBuilder g;
  Operand total = g.Constant(0.0);
  const std::vector<Operand> x = g.Leaves(40);
  for (uint32_t length : {5u, 30u, 11u, 40u, 3u, 17u}) {
    Operand sum = g.Constant(0.0);
    for (uint32_t i = 0; i < length; ++i) sum = g.Add(sum, Term(g, x[i]));
    total = g.Add(total, g.Exp(sum));
  }
  g.Root(total);
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{4, 40}, Size{4, 30}, Size{4, 17}, Size{4, 11}));
}

TEST(FindRunsTest, LeavesBetweenTheOperationsEndARun) {
  GraphBuilder g;
  for (int part = 0; part < 2; ++part) {
    for (Operand x : g.Leaves(20)) g.Root(Term(g, x));
  }
  EXPECT_THAT(LegalSizes(g), ElementsAre(Size{3, 20}, Size{3, 20}));
}

TEST(FindRunsTest, EmptyAndTinyGraphs) {
  EXPECT_THAT(FindRuns({}), IsEmpty());
  GraphBuilder g;
  const Operand x = g.Leaf();
  EXPECT_THAT(FindRuns(g.graph()), IsEmpty());
  g.Root(g.Exp(x));
  EXPECT_THAT(FindRuns(g.graph()), IsEmpty());
}

// `points` times a workload, each at inputs of its own: what a batch is.
template <class Workload>
RecordedGraph BatchOf(const Workload& workload, size_t points) {
  Tape tape;
  const std::vector<double> x = workload.x0();
  std::vector<Var> inputs;
  for (size_t p = 0; p < points; ++p) {
    for (double each : x) inputs.push_back(tape.Input(each));
  }
  Var sum = 0.0;
  for (size_t p = 0; p < points; ++p) sum += workload(&inputs[p * x.size()]);
  return testing::Kept(FromTape(tape, {Operand::Node(tape.NodeOf(sum, "test"))}));
}

TEST(FindRunsTest, OuterLoopIsChosenWhereItsOperandsAreFew) {
  bench::LogisticRegression workload;
  workload.samples = 100;
  const RecordedGraph graph = BatchOf(workload, 64);
  EXPECT_EQ(SizesOf(LegalRuns(graph)).front().count, 64u);
}

TEST(FindRunsTest, InnerLoopIsChosenWhereTheOuterOneIsTooLongForTheCache) {
  const RecordedGraph graph = BatchOf(bench::LogisticRegression(), 64);
  EXPECT_EQ(SizesOf(LegalRuns(graph)).front(), (Size{45, 1000}));
}

TEST(FindRunsTest, InnerLoopIsChosenWhereTheOuterOneGathersEverything) {
  const RecordedGraph graph = BatchOf(bench::Rosenbrock(), 64);
  EXPECT_EQ(SizesOf(LegalRuns(graph)).front(), (Size{8, 999}));
}

}  // namespace
}  // namespace wengert::program
