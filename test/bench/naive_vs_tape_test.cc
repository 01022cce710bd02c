// What bench/naive_vs_tape checks before it times anything, at sizes small enough for every build.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "bench/naive_vs_tape/contestants.h"
#include "bench/naive_vs_tape/verify.h"
#include "bench/naive_vs_tape/workloads.h"

namespace bench {
namespace {

using ::testing::HasSubstr;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(NaiveVsTapeTest, ContestantsAgreeOnEveryWorkload) {
  EXPECT_EQ(Message(Verify<SeedsExpression>("seeds_expression", 1)), "");
  for (size_t leaves : {4u, 16u, 1024u}) {
    EXPECT_EQ(Message(Verify<BalancedTree>("balanced_tree", leaves)), "");
  }
  for (size_t depth : {2u, 16u, 512u}) {
    EXPECT_EQ(Message(Verify<MultiplyChain>("multiply_chain", depth)), "");
  }
  for (size_t times : {1u, 2u, 12u}) {
    EXPECT_EQ(Message(Verify<SharedDoubling>("shared_doubling", times)), "");
  }
  for (size_t layers : {1u, 2u, 3u}) {
    EXPECT_EQ(Message(Verify<ReluNetwork>("relu_network", layers)), "");
  }
}

TEST(NaiveVsTapeTest, ADifferenceOfOneBitIsReportedWithItsPlace) {
  const double next = std::nextafter(1.0, 2.0);
  EXPECT_THAT(Message(CheckSameGradient("chain of size 2", {3.0, 1.0}, {3.0, next})),
              HasSubstr("chain of size 2: component 1 of the gradient: the naive tree has 0x1p+0, "
                        "the tape 0x1.0000000000001p+0"));
}

TEST(NaiveVsTapeTest, AnInfinityIsReported) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Message(CheckSameBits("the value", infinity, infinity)), HasSubstr("isn't finite"));
}

TEST(NaiveVsTapeTest, EvaluationsAreCountedNotAssumed) {
  const SharedDoubling doubling(10);
  NaiveContestant<SharedDoubling> naive(doubling);
  TapeContestant<SharedDoubling> tape(doubling);
  naive.Record({1.0});
  tape.Record({1.0});
  EXPECT_EQ(naive.Evaluations(Phase::kRecord), 0u);
  EXPECT_EQ(naive.Evaluations(Phase::kReplay), 1023u);
  EXPECT_EQ(naive.Evaluations(Phase::kReverse), 10u * 1024 - 2048 + 2);
  EXPECT_EQ(tape.Evaluations(Phase::kReplay), 10u);
  EXPECT_EQ(tape.Evaluations(Phase::kReverse), 0u);
}

}  // namespace
}  // namespace bench
