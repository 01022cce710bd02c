// The operations as a set: their number, names and texts, and what a row looks like from outside.

#include "wengert/ops/op.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "test/support/op_domains.h"
#include "test/support/rules.h"

namespace wengert::truth {
namespace {

TEST(OpTable, NamesAndTextsAreUnique) {
  std::set<std::string> names, texts;
  for (Op op : AllOps()) {
    EXPECT_TRUE(names.insert(InfoOf(op).name).second) << InfoOf(op).name;
    EXPECT_TRUE(texts.insert(InfoOf(op).text).second) << InfoOf(op).text;
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kOpCount) - 1);
}

TEST(OpTable, EveryOperationHasADomainRowOfItsArity) {
  for (Op op : AllOps()) {
    const OpDomain& domain = DomainOf(op);
    ASSERT_NE(domain.truth, nullptr);
    for (size_t k = 0; k < 3; ++k) {
      const bool is_operand = k < static_cast<size_t>(ArityOf(op));
      EXPECT_EQ(domain.where[k].lo < domain.where[k].hi, is_operand) << InfoOf(op).name << " " << k;
    }
  }
}

TEST(OpTable, VisitOpVisitsTheOpItIsGiven) {
  for (int i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    VisitOp(op, [&](auto rule) {
      using R = decltype(rule);
      EXPECT_EQ(R::op, op);
      EXPECT_EQ(R::arity, ArityOf(op));
    });
  }
}

TEST(OpTable, TraitsSpeakOfOperandsThatExist) {
  for (Op op : AllOps()) {
    const int arity = ArityOf(op);
    const bool speaks_of_b = HasTrait(op, kCurvedB) || HasTrait(op, kCurvedAB);
    const bool speaks_of_c =
        HasTrait(op, kCurvedC) || HasTrait(op, kCurvedAC) || HasTrait(op, kCurvedBC);
    EXPECT_TRUE(arity >= 2 || (!speaks_of_b && !HasTrait(op, kCommutes))) << InfoOf(op).name;
    EXPECT_TRUE(arity >= 3 || !speaks_of_c) << InfoOf(op).name;
  }
}

TEST(Samples, AreTheSameForTheSameSeedOnly) {
  EXPECT_EQ(SamplePoints(Op::kAtan2, 50, 1), SamplePoints(Op::kAtan2, 50, 1));
  EXPECT_NE(SamplePoints(Op::kAtan2, 50, 1), SamplePoints(Op::kAtan2, 50, 2));
}

TEST(Samples, StayInTheDomainAndReachSubnormalsAndBothEnds) {
  int subnormal = 0, near_one = 0, near_minus_one = 0;
  for (const Point& x : SamplePoints(Op::kAcos, 2000)) {
    EXPECT_TRUE(DomainOf(Op::kAcos).Contains(1, x));
    subnormal += std::abs(x[0]) < std::numeric_limits<double>::min() ? 1 : 0;
    near_one += x[0] > 1 - 1e-12 ? 1 : 0;
    near_minus_one += x[0] < -1 + 1e-12 ? 1 : 0;
  }
  EXPECT_GT(subnormal, 5);
  EXPECT_GT(near_one, 5);
  EXPECT_GT(near_minus_one, 5);
}

}  // namespace
}  // namespace wengert::truth
