// Laws of the search for loops: on random graphs what is found is legal, generated loops are found,
// its parts agree with what their definitions say, and its work is linear whatever it is given.

#include "wengert/program/find_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/support/graph_builder.h"
#include "test/support/legal_run.h"
#include "wengert/program/choose.h"
#include "wengert/program/repeats.h"

namespace wengert::program {
namespace {

using testing::GraphBuilder;

// Run is a member of a test.
using Runs = std::vector<Run>;

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(engine_() % n); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  std::mt19937 engine_;
};

Op RandomOp(Random& random, uint32_t ops) {
  static constexpr Op kOps[] = {Op::kAdd, Op::kMul, Op::kSub, Op::kExp, Op::kSin, Op::kFma};
  return kOps[random.Below(ops)];
}

Operand RandomOperand(Random& random, GraphBuilder& g, uint32_t leaves = 0) {
  if (leaves > 0 && !random.OneIn(8)) return Operand::Node(random.Below(leaves));
  if (random.OneIn(8)) return g.Constant(1.0);
  const uint32_t far = random.OneIn(2) ? g.size() : std::min<uint32_t>(g.size(), 8);
  return Operand::Node(g.size() - 1 - random.Below(far));
}

// Mostly of the first `leaves` nodes, if there are any.
void AddRandomNode(Random& random, GraphBuilder& g, uint32_t ops, uint32_t leaves = 0) {
  const Operand a = RandomOperand(random, g, leaves), b = RandomOperand(random, g, leaves);
  g.Apply(RandomOp(random, ops), {a, b, RandomOperand(random, g, leaves)});
}

uint64_t Covered(const Runs& runs) {
  uint64_t covered = 0;
  for (const Run& run : runs) covered += uint64_t{run.period} * run.count;
  return covered;
}

// What is found, by default and with recurrences, is legal. Returns how much that is together.
uint64_t ExpectLegal(const RecordedGraph& graph, const std::string& name) {
  const testing::RunChecker checker(graph);
  uint64_t covered = 0;
  for (bool recurrences : {false, true}) {
    const Runs runs = FindRuns(graph, {.recurrences = recurrences});
    std::string why;
    EXPECT_TRUE(checker.AreLegal(runs, &why)) << name << ": " << why;
    for (const Run& run : runs) EXPECT_TRUE(recurrences || !run.is_recurrence()) << name;
    covered += Covered(runs);
  }
  return covered;
}

TEST(FindRunsLawTest, RunsOfRandomGraphsAreLegal) {
  uint64_t covered = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    GraphBuilder g;
    g.Leaves(10);
    const uint32_t ops = 1 + random.Below(6), size = 50 + random.Below(1500);
    const uint32_t leaves = random.OneIn(2) ? 10 : 0;
    while (g.size() < size) AddRandomNode(random, g, ops, leaves);
    g.Root(Operand::Node(g.size() - 1));
    covered += ExpectLegal(g.graph(), absl::StrCat("seed ", seed));
  }
  EXPECT_GT(covered, 0u);  // else nothing was tested
}

// A random loop: a body of operations with local, uniform, leaf and constant operands, and sums.
// One in `carried` operands, if that isn't 0, is of the iteration before.
class RandomLoop {
 public:
  RandomLoop(Random& random, GraphBuilder& g, uint32_t carried = 0) : random_(random), g_(g) {
    const uint32_t size = 2 + random.Below(30);
    for (uint32_t p = 0; p < size; ++p) {
      Position position{RandomOp(random, 6), {}, {}};
      for (int k = 0; k < 3; ++k) {
        position.kind[k] = random.Below(p == 0 ? 3 : 4);
        position.local[k] = p == 0 ? 0 : random.Below(p);
        if (carried > 0 && random.OneIn(carried)) {
          position.kind[k] = 4;
          position.local[k] = random.Below(size);
        }
      }
      body_.push_back(position);
    }
    before_.resize(size, g.Constant(0.5));
    sums_.resize(random.Below(3), g.Constant(0.0));
  }

  // One iteration, in which one in `noise` operands isn't what it should be.
  void Iterate(uint32_t noise) {
    std::vector<Operand> values;
    for (const Position& position : body_) {
      Operand operands[3];
      for (int k = 0; k < 3; ++k) operands[k] = OperandOf(position, k, values);
      if (noise > 0 && random_.OneIn(noise)) operands[0] = RandomOperand(random_, g_);
      values.push_back(g_.Apply(position.op, {operands[0], operands[1], operands[2]}));
    }
    before_ = values;
    for (size_t i = 0; i < sums_.size(); ++i) sums_[i] = g_.Add(sums_[i], values[i]);
  }

 private:
  struct Position {
    Op op;
    uint32_t kind[3];
    uint32_t local[3];
  };

  Operand OperandOf(const Position& position, int k, const std::vector<Operand>& values) {
    switch (position.kind[k]) {
      case 0:
        return g_.Constant(random_.Below(5));
      case 1:
        return Operand::Node(random_.Below(kLeaves));
      case 2:
        return Operand::Node(position.local[k] % kLeaves);
      case 3:
        return values[position.local[k]];
      default:
        return before_[position.local[k]];
    }
  }

 public:
  static constexpr uint32_t kLeaves = 20;

 private:
  Random& random_;
  GraphBuilder& g_;
  std::vector<Position> body_;
  std::vector<Operand> before_;  // the values of the iteration before
  std::vector<Operand> sums_;
};

// A recurrence that isn't linear may be left alone for its cost, so of these most are enough.
void ExpectRandomLoopsAreFound(uint32_t carried) {
  double found_of_all = 0.0, in_all_loops = 0.0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    GraphBuilder g;
    g.Leaves(RandomLoop::kLeaves);
    std::string made, found;
    double in_loops = 0.0;
    for (int i = 0; i < 3; ++i) {
      RandomLoop loop(random, g, carried);
      const uint32_t begin = g.size(), count = 20 + random.Below(50);
      for (uint32_t k = 0; k < count; ++k) loop.Iterate(0);
      in_loops += g.size() - begin;
      absl::StrAppend(&made, begin, ": ", (g.size() - begin) / count, " x ", count, "; ");
      for (uint32_t k = random.Below(30); k > 0; --k) {
        g.Apply(
            RandomOp(random, 6),
            {Operand::Node(0), Operand::Node(random.Below(RandomLoop::kLeaves)), Operand::Node(0)});
      }
    }
    const Runs runs = FindRuns(g.graph(), {.recurrences = carried > 0});
    ExpectLegal(g.graph(), absl::StrCat("seed ", seed));
    for (const auto& run : runs) {
      absl::StrAppend(&found, run.first, ": ", run.period, " x ", run.count, "; ");
    }
    found_of_all += static_cast<double>(Covered(runs));
    in_all_loops += in_loops;
    if (carried > 0) continue;
    // An iteration of each may fall prey to what stands before it.
    EXPECT_GT(static_cast<double>(Covered(runs)), 0.95 * in_loops)
        << "seed " << seed << "\nmade " << made << "\nfound " << found;
  }
  EXPECT_GT(found_of_all, 0.6 * in_all_loops);
}

TEST(FindRunsLawTest, RandomLoopsAmongRandomNodesAreFound) { ExpectRandomLoopsAreFound(0); }

TEST(FindRunsLawTest, RandomRecurrencesAmongRandomNodesAreFound) {
  for (uint32_t carried : {15u, 60u}) ExpectRandomLoopsAreFound(carried);
}

TEST(FindRunsLawTest, RunsOfAlmostPeriodicGraphsAreLegal) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    GraphBuilder g;
    g.Leaves(RandomLoop::kLeaves);
    RandomLoop one(random, g), other(random, g, seed % 3 == 0 ? 5 : 0);
    const uint32_t noise = 20 + random.Below(2000), change = 1 + random.Below(20);
    for (uint32_t k = 0; k < 200; ++k) (k / change % 2 == 0 ? one : other).Iterate(noise);
    ExpectLegal(g.graph(), absl::StrCat("seed ", seed));
  }
}

TEST(FindRunsLawTest, RepeatsAreTheMaximalOnes) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    GraphBuilder g;
    g.Leaf();
    const uint32_t period = 1 + random.Below(40), min_periods = 2 + random.Below(6);
    for (uint32_t part = 0; part < 4; ++part) {
      const uint32_t begin = g.size(), length = random.Below(10 * period);
      for (uint32_t i = 0; i < length; ++i) {
        const Op op = i < period ? RandomOp(random, 3) : g.node(begin + i - period).op;
        g.Apply(op, {Operand::Node(0), Operand::Node(0)});
      }
    }
    const RecordedGraph graph = g.graph();
    const Recording recording(graph);
    std::vector<Interval> found, expected;
    uint64_t visits = 0;
    FindRepeats(recording, {1, g.size()}, period, min_periods, found, visits);
    EXPECT_LE(visits, 2 * g.size());

    for (uint32_t begin = 1; begin + period < g.size();) {
      uint32_t i = begin;
      while (i + period < g.size() && recording.ops[i] == recording.ops[i + period]) ++i;
      if (i + period - begin >= period * min_periods) expected.push_back({begin, i + period});
      begin = i + 1;
    }
    ASSERT_EQ(found.size(), expected.size()) << seed;
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].begin, expected[i].begin) << seed;
      EXPECT_EQ(found[i].end, expected[i].end) << seed;
    }
  }
}

// By trying all subsets.
double BestSaving(const std::vector<Offer>& offers) {
  double best = 0.0;
  for (uint32_t subset = 0; subset < 1u << offers.size(); ++subset) {
    double saving = 0.0;
    bool disjoint = true;
    for (size_t i = 0; i < offers.size(); ++i) {
      if ((subset >> i & 1) == 0) continue;
      saving += offers[i].saving;
      for (size_t j = 0; j < i; ++j) {
        const Interval a = offers[i].nodes, b = offers[j].nodes;
        disjoint &= (subset >> j & 1) == 0 || a.end <= b.begin || b.end <= a.begin;
      }
    }
    if (disjoint) best = std::max(best, saving);
  }
  return best;
}

TEST(FindRunsLawTest, ChoiceIsDisjointAndWorthMost) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    std::vector<Offer> offers(random.Below(11));
    for (Offer& offer : offers) {
      const uint32_t begin = random.Below(30);
      offer = {{begin, begin + 1 + random.Below(15)}, random.Below(20) - 3.0};
    }
    double saving = 0.0;
    uint32_t end = 0;
    for (size_t i : ChooseDisjoint(offers)) {
      EXPECT_GE(offers[i].nodes.begin, end);
      end = offers[i].nodes.end;
      saving += offers[i].saving;
    }
    EXPECT_EQ(saving, BestSaving(offers)) << seed;
  }
}

// Inputs that a careless search is quadratic on.
struct HardInput {
  std::string name;
  std::function<void(Random&, GraphBuilder&, uint32_t size)> make;
};

const std::vector<HardInput>& HardInputs() {
  static const auto* inputs = new std::vector<HardInput>{
      {"one operation, one chain",
       [](Random&, GraphBuilder& g, uint32_t size) {
         while (g.size() < size) g.Exp(Operand::Node(g.size() - 1));
       }},
      {"one operation, random operands",
       [](Random& random, GraphBuilder& g, uint32_t size) {
         while (g.size() < size) AddRandomNode(random, g, 1);
       }},
      {"random operations",
       [](Random& random, GraphBuilder& g, uint32_t size) {
         while (g.size() < size) AddRandomNode(random, g, 6);
       }},
      {"two loops that change at random",
       [](Random& random, GraphBuilder& g, uint32_t size) {
         RandomLoop one(random, g), other(random, g);
         while (g.size() < size) (random.OneIn(2) ? one : other).Iterate(0);
       }},
      {"a loop with noise",
       [](Random& random, GraphBuilder& g, uint32_t size) {
         RandomLoop loop(random, g);
         while (g.size() < size) loop.Iterate(40);
       }},
      {"every operand just within reach",
       [](Random&, GraphBuilder& g, uint32_t size) {
         while (g.size() < size) g.Mul(Operand::Node(g.size() - 7), Operand::Node(g.size() - 8));
       }},
      {"runs of eight",
       [](Random& random, GraphBuilder& g, uint32_t size) {
         while (g.size() < size) {
           for (int i = 0; i < 8; ++i)
             g.Mul(g.Exp(Operand::Node(random.Below(20))), Operand::Node(0));
           for (int i = 0; i < 7; ++i) g.Sin(Operand::Node(0));
         }
       }},
      {"Fibonacci word",  // equal pieces everywhere, no long repeats
       [](Random&, GraphBuilder& g, uint32_t size) {
         std::string shorter = "a", word = "ab";
         while (word.size() < size) shorter = std::exchange(word, word + shorter);
         for (char letter : word) g.Apply(letter == 'a' ? Op::kExp : Op::kSin, {Operand::Node(0)});
       }},
  };
  return *inputs;
}

TEST(FindRunsLawTest, WorkIsLinearOnEveryInput) {
  constexpr double kVisitsANode = 80.0;
  for (const HardInput& input : HardInputs()) {
    for (uint32_t size : {2000u, 20000u, 200000u}) {
      Random random(1);
      GraphBuilder g;
      g.Leaves(RandomLoop::kLeaves);
      input.make(random, g, size);
      g.Root(Operand::Node(g.size() - 1));
      ExpectLegal(g.graph(), input.name);
      for (bool recurrences : {false, true}) {
        uint64_t visits = 0;
        FindRuns(g.graph(), {.recurrences = recurrences, .visits = &visits});
        EXPECT_LT(static_cast<double>(visits) / g.size(), kVisitsANode)
            << input.name << ", " << size << " nodes, recurrences: " << recurrences;
      }
    }
  }
}

}  // namespace
}  // namespace wengert::program
