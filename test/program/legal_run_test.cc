// The checker of runs can say no, and says why.

#include "test/support/legal_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/support/graph_builder.h"

namespace wengert::testing {
namespace {

using program::Run;
using ::testing::HasSubstr;

constexpr uint32_t kCount = 10;

// sum += exp(x_i) * c
struct Sum {
  explicit Sum(uint32_t used_again = kCount) {
    const std::vector<Operand> x = g.Leaves(kCount);
    Operand sum = g.Constant(0.0);
    for (uint32_t i = 0; i < kCount; ++i) {
      sum = g.Add(sum, g.Mul(g.Exp(x[i]), g.Constant(i)));
      if (i == used_again) g.Root(sum);
    }
    g.Root(sum);
  }
  GraphBuilder g;
  Run run{kCount, 3, kCount, {0, 0, 1}};
};

std::string WhyNot(const program::RecordedGraph& graph, const Run& run) {
  std::string why = "it is legal";
  IsLegal(graph, run, &why);
  return why;
}

TEST(LegalRunTest, SumIsLegal) {
  const Sum sum;
  EXPECT_EQ(WhyNot(sum.g.graph(), sum.run), "it is legal");
  EXPECT_TRUE(IsLegal(sum.g.graph(), sum.run, nullptr));
}

TEST(LegalRunTest, RunMustFit) {
  Sum sum;
  ++sum.run.count;
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("beyond the graph"));
  sum.run.links.pop_back();
  sum.run.count = 2;
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("one for each position"));
}

TEST(LegalRunTest, OperationsMustAgree) {
  Sum sum;
  sum.run.period = 2;
  sum.run.links = {0, 0};
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("isn't the operation of node"));
  sum.run.first = 0;
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("leaf"));
}

TEST(LegalRunTest, SumWithoutLinksIsNoLoop) {
  Sum sum;
  sum.run.links = {0, 0, 0};
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("not of the iteration"));
}

TEST(LegalRunTest, LinkMustBeAddend) {
  Sum sum;
  sum.run.links = {0, 1, 0};
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("isn't an addend"));
  sum.run.links = {0, 0, 2};
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("no link before"));
}

TEST(LegalRunTest, IterationsMustBeginWhereNothingLocalCrosses) {
  Sum sum;
  sum.run = {kCount + 1, 3, kCount - 1, {0, 1, 0}};  // mul, add, exp of the next one
  EXPECT_THAT(WhyNot(sum.g.graph(), sum.run), HasSubstr("of the loop, but not of the iteration"));
}

TEST(LegalRunTest, PartialSumMustNotBeUsed) {
  EXPECT_THAT(WhyNot(Sum(4).g.graph(), Sum().run), HasSubstr("used by more than the next link"));
  EXPECT_EQ(WhyNot(Sum(kCount - 1).g.graph(), Sum().run), "it is legal");  // the result may
}

TEST(LegalRunTest, TwoSumsMustNotChangePlaces) {
  GraphBuilder g;
  const Operand x = g.Leaf();
  Operand s = x, t = x;
  for (uint32_t i = 0; i < kCount; ++i) {
    const Operand from_t = g.Add(t, x), from_s = g.Add(s, x);
    t = g.Add(from_s, x);
    s = g.Add(from_t, x);
  }
  EXPECT_THAT(WhyNot(g.graph(), {1, 4, kCount, {1, 1, 1, 1}}), HasSubstr("isn't one round"));
  EXPECT_EQ(WhyNot(g.graph(), {1, 8, kCount / 2, std::vector<uint8_t>(8, 1)}), "it is legal");
}

TEST(LegalRunTest, OverlapIsSeen) {
  const Sum sum;
  std::string why;
  auto begin = sum.run, end = sum.run;
  begin.count = 5;
  end.first += 4 * sum.run.period;
  end.count -= 4;
  EXPECT_FALSE(RunChecker(sum.g.graph()).AreLegal({begin, end}, &why));
  EXPECT_THAT(why, HasSubstr("overlap"));
}

}  // namespace
}  // namespace wengert::testing
