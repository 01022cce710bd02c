// The programs of a Function as text and as pictures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "test/function/waves.h"
#include "wengert/function/tier.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::kInterpreted;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Vars;
using testing::Vector;

const FunctionOptions kAtOnce = {.compile_after = 0};

Function Compiled(const std::function<Var(Vars)>& f, size_t n) {
  return Function::Record(f, Vector(n, 0.5), kAtOnce);
}

Var Neighbours(Vars x) {
  Var sum = 0.0;
  for (size_t k = 0; k + 1 < x.size(); ++k) sum += sin(x[k]) * x[k + 1];
  return sum;
}

// A sum of a stencil along a chain.
Var Filtered(Vars x) {
  Var h = 0.5, sum = 0.0;
  for (size_t k = 1; k + 1 < x.size(); ++k) {
    const Var before = h * 0.9;
    const Var bend = exp(x[k - 1] - 2.0 * x[k] + x[k + 1]);
    h = bend + before;
    sum += exp(h);
  }
  return sum;
}

// Layers of two kinds in no order, each a loop of its own, as it reads its neighbours'.
Var Layers(Vars x) {
  std::vector<Var> y(x.begin(), x.end());
  for (int layer = 0; layer < 100; ++layer) {
    for (Var& each : y) each = layer * layer % 101 % 2 == 0 ? sin(each) : exp(each);
    std::rotate(y.begin(), y.begin() + 1, y.end());
  }
  Var sum = 0.0;
  for (const Var& each : y) sum += each;
  return sum;
}

TEST(FunctionListing, ASmallLoopIsItsBlocks) {
  EXPECT_EQ(Listing(Compiled(Neighbours, 20)), R"(trace 0: 77 nodes, compiled
  gradient in cell[56] .. cell[75]
  inputs in cell[8] .. cell[27], outputs in cell[40]
  cell[48] .. cell[95] = 0
  cell[41] = 0
  cell[96] = 1
  block 0, 19 times in lanes
    cell[40] = cell[41]
    v0  cell[8 + k]
    v1  sin  v0
    v2  cell[9 + k]
    v3  mul  v1 v2
    v4  add  v3 0
    v5  cos  v0
    v6  mul  v2 v5
    cell[40] += v4
    cell[57 + k] += v1
    cell[56 + k] += v6
  block 1, moves
    cell[88] += cell[96]
)");
}

TEST(FunctionListing, AChainAndWhatStaysANumberAtATime) {
  const Function f = Compiled(Filtered, 60);
  EXPECT_THAT(Listing(f), AllOf(HasSubstr("times in lanes\n"), HasSubstr(", one after the other\n"),
                                HasSubstr("one after the other, the last one first\n"),
                                HasSubstr("once, a number at a time\n")));
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr(" in no loop: "),
                                 HasSubstr("in 2 chains, whose iterations need the one before")));
}

TEST(FunctionListing, TablesColumnsAndChecksAreNamed) {
  const auto model = [](Vars x) {
    Var sum = 0.0;
    for (size_t k = 0; k < x.size(); ++k) {
      const Var& each = x[k * k % x.size()];
      sum += each < 2.0 ? each * (0.5 + static_cast<double>(k * k % 7)) : each;
    }
    return sum;
  };
  EXPECT_THAT(Listing(Compiled(model, 61)),
              AllOf(HasSubstr("cell[t0[k]"), HasSubstr("c0[k]"), HasSubstr("  check v"),
                    HasSubstr("\n  t0 = "), HasSubstr("\n  c0 = ")));
}

TEST(FunctionListing, ABodyIsListedOnce) {
  const std::string text = Listing(Compiled(Layers, 20));
  EXPECT_THAT(text, HasSubstr(", the operations of block "));
  EXPECT_THAT(text, HasSubstr("    leaves cell["));
}

TEST(FunctionListing, WhatIsNotCompiledSaysWhy) {
  const auto small = [](Vars x) { return sin(x[0]) * x[1]; };
  const auto why = [&](const FunctionOptions& options) {
    const Function f = Function::Record(small, {1.0, 2.0}, options);
    const std::string text = Listing(f);
    EXPECT_THAT(text, StartsWith("trace 0: 4 nodes, interpreted: "));
    const std::string reason = text.substr(text.find(": ", text.find(": ") + 1) + 2);
    EXPECT_THAT(f.Explain(), HasSubstr(": " + reason));
    return reason;
  };
  EXPECT_EQ(why({}), "it is compiled after 8 evaluations\n");
  EXPECT_EQ(why({.compile_after = FunctionOptions::kNever}), "it is never compiled\n");
  EXPECT_EQ(why(kInterpreted), "there is no compiler\n");
  EXPECT_EQ(why(kAtOnce),
            "0 of 2 nodes are in loops; the others: 2 that nothing repeats often enough; "
            "batches in lanes\n");
}

TEST(FunctionDot, ASmallLoopIsANodeBetweenInputsAndResults) {
  EXPECT_EQ(Dot(Compiled(Neighbours, 20)), R"(digraph function {
  rankdir=LR;
  fontname="Helvetica";
  node [shape=record, fontname="Helvetica"];
  subgraph cluster_t0 {
    label="trace 0: 77 nodes, compiled";
    t0x [label="20 inputs"];
    t0b0 [label="block 0 | 19 x 5 operations of 2 streams; 1 sum, 2 added | in lanes"];
    t0x -> t0b0;
    t0b1 [label="block 1 | moves"];
    t0y [label="1 output | 20 adjoints"];
    t0b0 -> t0y;
  }
}
)");
}

TEST(FunctionDot, WhatABlockReadsComesFromWhoWroteIt) {
  const std::string dot = Dot(Compiled(Filtered, 60));
  EXPECT_THAT(
      dot, AllOf(HasSubstr("t0x -> t0b0;"), HasSubstr("t0b0 -> t0b1;"), HasSubstr("t0b1 -> t0b2;"),
                 HasSubstr(" -> t0y;"), HasSubstr("one after the other; 1 stored\"];")));
  EXPECT_THAT(dot, Not(HasSubstr("t0b0 -> t0b0;")));
}

TEST(FunctionDot, ALargeProgramEndsWithTheNumberOfTheOtherBlocks) {
  const std::string dot = Dot(Compiled(Layers, 20));
  size_t nodes = 0, edges = 0;
  for (absl::string_view line : absl::StrSplit(dot, '\n')) {
    nodes += line.find(" [label=") != line.npos ? 1 : 0;
    edges += line.find(" -> ") != line.npos ? 1 : 0;
  }
  EXPECT_EQ(nodes, 63u);  // the inputs, 60 blocks, the others, the results
  EXPECT_LT(edges, 4 * nodes);
  EXPECT_THAT(dot, HasSubstr(" more blocks\"];"));
}

// Two loops a step.
Var Steps(Vars x) {
  std::vector<Var> u(x.begin(), x.end()), half(x.size() - 1);
  for (int step = 0; step < 100; ++step) {
    for (size_t k = 0; k < half.size(); ++k) half[k] = u[k] * u[k + 1];
    for (size_t k = 1; k < half.size(); ++k) u[k] = u[k] - sin(half[k] - half[k - 1]);
  }
  Var sum = 0.0;
  for (const Var& each : u) sum += each;
  return sum;
}

TEST(FunctionDot, BlocksInTurnShareANode) {
  const Function f = Compiled(Steps, 40);
  EXPECT_THAT(Dot(f), AllOf(HasSubstr(", alike | "), Not(HasSubstr("more block"))));
  EXPECT_THAT(f.Explain(), AllOf(HasSubstr(" times, in turn with that\n"), Not(HasSubstr("more"))));
}

TEST(FunctionDot, TracesAreClustersAndManyAreCounted) {
  const auto branching = [](Vars x) {
    for (int k = 0; k < 12; ++k) {
      if (x[0] < k) return Neighbours(x) * k;
    }
    return x[0];
  };
  const Function f = Function::Record(branching, Vector(20, 0.5), kAtOnce);
  for (int k = 1; k < 11; ++k) (void)f.Value(Vector(20, 0.5 + k));
  EXPECT_THAT(Dot(f), AllOf(HasSubstr("cluster_t7"), HasSubstr("more [label=\"3 more traces\"];"),
                            Not(HasSubstr("cluster_t8"))));
  EXPECT_THAT(Listing(f), HasSubstr("\ntrace 10: "));
}

// A compiler may say anything.
FunctionOptions Refusing(const char* why) {
  return {.compile_after = 0,
          .compiler = [why](const TierSource&) -> absl::StatusOr<std::unique_ptr<const Tier>> {
            return absl::FailedPreconditionError(why);
          }};
}

TEST(FunctionDot, AnyReasonIsTextOfALabel) {
  const Function f = Function::Record(Neighbours, Vector(3, 0.5), Refusing("a|b{c}\"\n<x>"));
  EXPECT_THAT(Dot(f), HasSubstr(R"(interpreted: a\|b\{c\}\\\"\\n\<x\>"];)"));
}

TEST(FunctionDot, GraphvizDrawsIt) {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) GTEST_SKIP() << "no Graphviz here";
  for (const Function& f :
       {Compiled(Neighbours, 20), Compiled(Filtered, 60), Compiled(Layers, 20),
        Function::Record(Neighbours, Vector(3, 0.5), Refusing("a|b{c}\"\n<x>"))}) {
    std::FILE* const graphviz = popen("dot -Tsvg >/dev/null 2>&1", "w");
    ASSERT_NE(graphviz, nullptr);
    const std::string dot = Dot(f);
    EXPECT_EQ(std::fwrite(dot.data(), 1, dot.size(), graphviz), dot.size());
    EXPECT_EQ(pclose(graphviz), 0) << dot;
  }
}

}  // namespace
}  // namespace wengert
