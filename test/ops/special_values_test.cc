// The table of special values, bit for bit: tape and reverse sweep, a tape moved there by Replay,
// constants beside the operand asked for, Dual. The engines above the tape: test/function.

#include "test/ops/special_values.h"

#include <set>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert::truth {
namespace {

using special_values::kInf, special_values::kMax, special_values::kNan;

TEST(SpecialValues, AreManyAndOfManyOperations) {
  std::set<Op> ops;
  for (const Special& row : kSpecials) ops.insert(row.op);
  EXPECT_GE(std::size(kSpecials), 120u);
  EXPECT_EQ(ops.size(), AllOps().size()) << "every operation has a row";
}

TEST(SpecialValues, OnTheTape) {
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    Tape tape;
    const std::array<Var, 3> x = {tape.Input(row.x[0]), tape.Input(row.x[1]), tape.Input(row.x[2])};
    const Var y = RuleValue(row.op, x);
    ExpectSame(y.value(), row.y, -1);
    const Adjoints& adjoints = tape.Backward(y);
    for (int k = 0; k < ArityOf(row.op); ++k) {
      const size_t i = static_cast<size_t>(k);
      ExpectSame(adjoints[x[i]], row.partials[i], k);
    }
  }
}

TEST(SpecialValues, OnATapeMovedThere) {
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    Tape tape;
    const std::array<Var, 3> x = {tape.Input(0.25), tape.Input(0.5), tape.Input(0.75)};
    const Var y = RuleValue(row.op, x);
    ASSERT_TRUE(tape.Replay(row.x).ok());
    ExpectSame(tape.Primal(y), row.y, -1);
    const Adjoints& adjoints = tape.Backward(y);
    for (int k = 0; k < ArityOf(row.op); ++k) {
      const size_t i = static_cast<size_t>(k);
      ExpectSame(adjoints[x[i]], row.partials[i], k);
    }
  }
}

TEST(SpecialValues, TowardsOneOperandAmongConstants) {
  for (const Special& row : kSpecials) {
    for (int k = 0; k < ArityOf(row.op); ++k) {
      SCOPED_TRACE(Text(row));
      const size_t i = static_cast<size_t>(k);
      Tape tape;
      std::array<Var, 3> x = {row.x[0], row.x[1], row.x[2]};
      x[i] = tape.Input(row.x[i]);
      const Var y = RuleValue(row.op, x);
      ExpectSame(y.value(), row.y, -1);
      ExpectSame(tape.Backward(y)[x[i]], row.partials[i], k);
    }
  }
}

TEST(SpecialValues, OnDual) {
  for (const Special& row : kSpecials) {
    for (int k = 0; k < ArityOf(row.op); ++k) {
      SCOPED_TRACE(Text(row));
      const size_t i = static_cast<size_t>(k);
      std::array<Dual<double>, 3> x = {row.x[0], row.x[1], row.x[2]};
      x[i].tangent = 1;
      const Dual<double> y = RuleValue(row.op, x);
      ExpectSame(y.primal, row.y, -1);
      ExpectSame(y.tangent, row.partials[i], k);
    }
  }
}

// R2 over every combination of values at the edges.
TEST(SpecialValues, ANanValueHasNanPartials) {
  const std::vector<double> edges = {0, -0.0, 1, -1, 0.5, -2.5, kMax, -kMax, kInf, -kInf, kNan};
  const std::set<Op> exempt = {Op::kAdd, Op::kSub, Op::kMul,  Op::kAzmul,
                               Op::kNeg, Op::kFma, Op::kWhere};
  int nan_values = 0;
  for (Op op : AllOps()) {
    if (exempt.count(op) != 0) continue;
    for (double a : edges) {
      for (double b : edges) {
        for (double c : edges) {
          const Point x = {a, b, c};
          const double y = RuleValue(op, x);
          if (!std::isnan(y)) continue;
          ++nan_values;
          for (int k = 0; k < ArityOf(op); ++k) {
            EXPECT_TRUE(std::isnan(RulePartial(op, x, k, y)))
                << InfoOf(op).name << " " << a << " " << b << " " << c << " d/d" << char('a' + k);
          }
        }
      }
    }
  }
  EXPECT_GT(nan_values, 1000);
}

}  // namespace
}  // namespace wengert::truth
