// The patterns that a user-defined operation is given.

#include <gtest/gtest.h>

#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

// Two outputs of two operands.
CustomRules TwoOfTwo() {
  return {
      .name = "pair", .outputs = 2, .value = [](absl::Span<const double> x, absl::Span<double> y) {
        y[0] = x[0] * x[1];
        y[1] = x[0] + x[1];
      }};
}

TEST(CustomPatternTest, APatternThatIsNotCompressedRowsIsAnError) {
  const std::vector<SparsityPattern> wrong = {
      {2, {0, 1, 2}, {0, 2}},  // a column that isn't there
      {2, {0, 2, 2}, {1, 0}},  // not ascending
      {2, {0, 2, 2}, {1, 1}},  // twice
      {2, {0, 2, 1}, {0, 1}},  // rows that go back
      {2, {0, 1, 3}, {0, 1}},  // more than there are
      {2, {1, 1, 2}, {0, 1}},  // an entry of no row
      {2, {}, {}},
  };
  for (const SparsityPattern& pattern : wrong) {
    CustomRules rules = TwoOfTwo();
    rules.jacobian = pattern;
    EXPECT_THROW(CustomOperation{rules}, UsageError);
    rules = TwoOfTwo();
    rules.hessian = pattern;
    EXPECT_THROW(CustomOperation{rules}, UsageError);
  }
}

TEST(CustomPatternTest, AHessiansPatternOfOneTriangleIsAnError) {
  CustomRules rules = TwoOfTwo();
  rules.hessian = SparsityPattern{2, {0, 2, 3}, {0, 1, 1}};
  EXPECT_THROW(CustomOperation{rules}, UsageError);
  rules.hessian = SparsityPattern{2, {0, 2, 4}, {0, 1, 0, 1}};
  EXPECT_NO_THROW(CustomOperation{rules});
}

}  // namespace
}  // namespace wengert
