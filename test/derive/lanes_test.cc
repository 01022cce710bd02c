// Lanes as a scalar: every operation of the table, lane by lane.

#include "wengert/ops/lanes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/reverse.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

constexpr int kWidth = 7;

bool SameBitsOrBothNan(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

template <class R, class... X>
void ExpectScalarRulesInEveryLane(const X&... x) {
  using L = Lanes<kWidth>;
  const L y = Apply<R::op, L>(x...);
  const L partial = R::template Partial<0>(x..., y);
  for (int k = 0; k < kWidth; ++k) {
    EXPECT_TRUE(SameBitsOrBothNan(y.lane[k], R::Value(x.lane[k]...))) << k;
    const double expected = R::template Partial<0>(x.lane[k]..., y.lane[k]);
    EXPECT_TRUE(SameBitsOrBothNan(partial.lane[k], expected)) << k;
  }
}

TEST(LanesTest, EveryOperationIsTheScalarOneInEveryLane) {
  const double points[kWidth] = {0.3, -0.0, 2.5, kInfinity, kNaN, -1.75, 1e-300};
  Lanes<kWidth> a, b, c;
  for (int k = 0; k < kWidth; ++k) {
    a.lane[k] = points[k];
    b.lane[k] = points[(k + 2) % kWidth];
    c.lane[k] = points[(k + 4) % kWidth];
  }
  for (int op = 1; op < kOpCount; ++op) {
    SCOPED_TRACE(InfoOf(static_cast<Op>(op)).name);
    VisitOp(static_cast<Op>(op), [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity == 1) ExpectScalarRulesInEveryLane<R>(a);
      if constexpr (R::arity == 2) ExpectScalarRulesInEveryLane<R>(a, b);
      if constexpr (R::arity == 3) ExpectScalarRulesInEveryLane<R>(a, b, c);
    });
  }
}

TEST(LanesTest, ASweepOverLanesDifferentiatesAtManyPoints) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const Var y = exp(x * 0.5) / x;
  std::vector<Lanes<4>> primals(tape.size()), adjoints(tape.size(), 0.0);
  for (int k = 0; k < 4; ++k) primals[0].lane[k] = 1.0 + k;
  ForwardSweep(tape, primals.data());
  adjoints.back() = 1.0;
  ReverseSweep(tape, primals.data(), adjoints.data(), tape.size());
  for (int k = 0; k < 4; ++k) {
    ASSERT_TRUE(tape.Replay({1.0 + k}).ok());
    EXPECT_EQ(primals.back().lane[k], tape.Primal(y));
    EXPECT_EQ(adjoints[0].lane[k], tape.Backward(y)[x]);
  }
}

}  // namespace
}  // namespace wengert
