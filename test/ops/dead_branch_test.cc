// A branch that isn't chosen contributes exactly zero, even where its partial is infinite or NaN:
// in the reverse sweep, in forward mode, and in a reverse sweep over Dual.

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/reverse.h"
#include "wengert/wengert.h"

namespace wengert::truth {
namespace {

using D = Dual<double>;
using VarFunction = std::function<Var(Var)>;
using DualFunction = std::function<D(D)>;

struct Case {
  const char* name;
  double x;
  double derivative;
  VarFunction f;
  DualFunction f_dual;
};

// One text for both scalars.
template <class F>
Case Make(const char* name, double x, double derivative, F f) {
  return {name, x, derivative, [f](Var u) -> Var { return f(u, Var(0.0)); },
          [f](D u) -> D { return f(u, D(0.0)); }};
}

const Case kCases[] = {
    Make("WhereOfSqrtAtZero", 0, 2,
         [](auto u, [[maybe_unused]] auto zero) { return Where(Less(zero, u), sqrt(u), u + u); }),
    Make(
        "WhereOfLogOfNegative", -1, 3,
        [](auto u, [[maybe_unused]] auto zero) { return Where(Less(zero, u), log(u), u + u + u); }),
    Make("WhereOfQuotientByZero", 0, 1,
         [](auto u, [[maybe_unused]] auto zero) { return Where(Equal(u, zero), u, sin(u) / u); }),
    Make("WhereChoosesThird", 0, 1,
         [](auto u, [[maybe_unused]] auto zero) {
           return Where(LessEqual(u, zero), u, pow(u, decltype(u)(-0.5)));
         }),
    Make("MaxWithSqrtBelow", 0, 0,
         [](auto u, [[maybe_unused]] auto zero) { return max(sqrt(u), exp(zero)); }),
    Make("MinWithLogAbove", 0, 1,
         [](auto u, [[maybe_unused]] auto zero) { return min(u, -log(u)); }),
    Make("ReluOfLogOfZero", 0, 0, [](auto u, [[maybe_unused]] auto zero) { return relu(log(u)); }),
    Make("ZeroTimesSqrtOfZero", 0, 0,
         [](auto u, [[maybe_unused]] auto zero) { return zero * sqrt(u); }),
    Make("FdimOfLog", 0, 0, [](auto u, [[maybe_unused]] auto zero) { return fdim(log(u), zero); }),
    Make("FloorOfSqrt", 0, 0, [](auto u, [[maybe_unused]] auto zero) { return floor(sqrt(u)); }),
    Make("HypotAtTheOriginOfRoots", 0, 0,
         [](auto u, [[maybe_unused]] auto zero) { return hypot(sqrt(u), cbrt(u)); }),
    Make("ConstantExponentOfNegativeBase", -2, 12,
         [](auto u, [[maybe_unused]] auto zero) { return pow(u, decltype(u)(3.0)); }),
    Make("SquareAsPowerAtZero", 0, 0,
         [](auto u, [[maybe_unused]] auto zero) { return pow(u, decltype(u)(2.0)); }),
    Make("FirstPowerAtZero", 0, 1,
         [](auto u, [[maybe_unused]] auto zero) { return pow(u, decltype(u)(1.0)); }),
    Make("ZerothPowerAtZero", 0, 0,
         [](auto u, [[maybe_unused]] auto zero) { return pow(u, decltype(u)(0.0)); }),
};

TEST(DeadBranch, ContributesZeroInReverse) {
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.name);
    Tape tape;
    const Var x = tape.Input(each.x);
    EXPECT_PRED2(SameBits, tape.Backward(each.f(x))[x], each.derivative);
  }
}

TEST(DeadBranch, ContributesZeroInForwardMode) {
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.name);
    EXPECT_PRED2(SameBits, each.f_dual(D(each.x, 1.0)).tangent, each.derivative);
  }
}

// The adjoint's primal, too, when the sweep carries tangents along.
TEST(DeadBranch, ContributesZeroInAReverseSweepOverDual) {
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.name);
    Tape tape;
    const Var x = tape.Input(each.x);
    const size_t end = tape.NodeOf(each.f(x), "test") + size_t{1};
    std::vector<D> primals(end), adjoints(end);
    primals[0] = D(each.x, 1.0);
    ForwardSweep(tape, primals.data());
    adjoints[end - 1] = D(1.0);
    ReverseSweep(tape, primals.data(), adjoints.data(), end);
    EXPECT_PRED2(SameBits, adjoints[0].primal, each.derivative);
  }
}

TEST(DeadBranch, NoPartialIsComputedTowardsAConstant) {
  Tape tape;
  const Var x = tape.Input(-2.0);
  const Var y = pow(x, 3.0);
  const Adjoints& adjoints = tape.Backward(y);
  EXPECT_EQ(adjoints[x], 12);
  EXPECT_EQ(adjoints.nodes().size(), 2u);
}

// sqrt(u^2) is the abs whose kink the two steps can't see; hypot sees it.
TEST(DeadBranch, AnInfinitePartialAgainstALiveZeroIsNan) {
  Tape tape;
  const Var x = tape.Input(0.0);
  EXPECT_TRUE(std::isnan(tape.Backward(sqrt(x * x))[x]));
  EXPECT_EQ(tape.Backward(hypot(x, 0.0))[x], 0);
}

}  // namespace
}  // namespace wengert::truth
