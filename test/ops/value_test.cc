// Rule R1: the primal of every operation is, bit for bit, what its C++ function returns for plain
// doubles: from the value rule, from a recorded Var, from a constant Var, and from a Dual.

#include <cmath>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/wengert.h"

namespace wengert::truth {
namespace {

// The table's function on doubles, called through its home.
template <Op op>
struct Plain;

#define PLAIN_std(function, ...) std::function(__VA_ARGS__)
#define PLAIN_real(function, ...) real::function(__VA_ARGS__)
#define PLAIN_builtin(function, ...) Builtin(#function, __VA_ARGS__)

double Builtin(const char*, double a) { return -a; }
double Builtin(const char* name, double a, double b) {
  switch (name[sizeof("operator") - 1]) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return a / b;
  }
}

#define UNARY(Name, home, function, ...)                               \
  template <>                                                          \
  struct Plain<Op::k##Name> {                                          \
    static double Call(double a) { return PLAIN_##home(function, a); } \
  };
#define BINARY(Name, home, function, ...)                                           \
  template <>                                                                       \
  struct Plain<Op::k##Name> {                                                       \
    static double Call(double a, double b) { return PLAIN_##home(function, a, b); } \
  };
#define TERNARY(Name, home, function, ...)                                                       \
  template <>                                                                                    \
  struct Plain<Op::k##Name> {                                                                    \
    static double Call(double a, double b, double c) { return PLAIN_##home(function, a, b, c); } \
  };
#define ALIAS(...)
#include "wengert/ops/op_table.inc"

double PlainValue(Op op, const Point& x) {
  return VisitOp(op, [&](auto rule) -> double {
    using R = decltype(rule);
    if constexpr (R::arity == 0) {
      return 0;
    } else {
      return Spread<R::arity>(x, [](auto... each) { return Plain<R::op>::Call(each...); });
    }
  });
}

// The samples of the domain, and every combination of the values at the edges.
std::vector<Point> PointsAndEdges(Op op) {
  std::vector<Point> points = SamplePoints(op, PointCount(), 3);
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double max = std::numeric_limits<double>::max();
  const std::vector<double> edges = {0.0, -0.0, 1,         -1,         0.5,  -0.5,
                                     2,   -2,   2.5,       3,          tiny, -tiny,
                                     max, -max, kInfinity, -kInfinity, kNaN, 1000};
  const size_t n = edges.size();
  const size_t arity = static_cast<size_t>(ArityOf(op));
  const size_t count = arity == 1 ? n : arity == 2 ? n * n : n * n * n;
  for (size_t i = 0; i < count; ++i) {
    Point x = {edges[i % n], 0, 0};
    if (arity > 1) x[1] = edges[i / n % n];
    if (arity > 2) x[2] = edges[i / n / n];
    points.push_back(x);
  }
  return points;
}

class Value : public testing::TestWithParam<Op> {};

template <class T>
std::array<T, 3> Lifted(const Point& x) {
  return {T(x[0]), T(x[1]), T(x[2])};
}

TEST_P(Value, IsThePlainFunctionInEveryBit) {
  const Op op = GetParam();
  for (const Point& x : PointsAndEdges(op)) {
    const double plain = PlainValue(op, x);
    EXPECT_PRED2(SameBits, RuleValue(op, x), plain)
        << InfoOf(op).text << " " << x[0] << " " << x[1] << " " << x[2];
    EXPECT_PRED2(SameBits, RuleValue(op, Lifted<Dual<double>>(x)).primal, plain);
    EXPECT_PRED2(SameBits, RuleValue(op, Lifted<Dual<Dual<double>>>(x)).primal.primal, plain);
  }
}

TEST_P(Value, IsTheSameRecordedReplayedAndOfConstants) {
  const Op op = GetParam();
  for (const Point& x : PointsAndEdges(op)) {
    const double plain = PlainValue(op, x);
    Tape tape;
    const Var constant = RuleValue(op, Lifted<Var>(x));
    EXPECT_TRUE(constant.is_constant());
    EXPECT_PRED2(SameBits, constant.value(), plain);
    EXPECT_EQ(tape.size(), 0u);

    const std::array<Var, 3> inputs = {tape.Input(1), tape.Input(1), tape.Input(1)};
    const Var y = RuleValue(op, inputs);
    EXPECT_EQ(tape.size(), 4u) << "one operation is one node";
    ASSERT_TRUE(tape.Replay(x).ok());
    EXPECT_PRED2(SameBits, tape.Primal(y), plain);
    tape.Clear();
    const std::array<Var, 3> here = {tape.Input(x[0]), tape.Input(x[1]), tape.Input(x[2])};
    EXPECT_PRED2(SameBits, RuleValue(op, here).value(), plain);
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, Value, testing::ValuesIn(AllOps()), OpName());

TEST(Alias, IsTheOperationItNames) {
  Tape tape;
  const Var a = tape.Input(1), b = tape.Input(2);
  EXPECT_EQ(fmax(a, b).value(), std::fmax(1.0, 2.0));
  EXPECT_EQ(fmin(a, b).value(), std::fmin(1.0, 2.0));
  EXPECT_EQ(tape.nodes()[2].op, Op::kMax);
  EXPECT_EQ(tape.nodes()[3].op, Op::kMin);
}

// Where floor(b) is no int any more: found by test/fuzz/expression.cc. psi_n(1 - b) is next to
// nothing there, so what is left is the derivative of -pi cot(pi b).
TEST(PolygammaTest, FarBelowZeroItIsPeriodic) {
  for (const double whole : {0x1p31, 0x1p33 + 1.0, 0x1p45}) {
    const double b = -whole - 0.25;
    EXPECT_NEAR(real::polygamma(1.0, b) / (2.0 * M_PI * M_PI), 1.0, 1e-9);
    EXPECT_NEAR(real::polygamma(2.0, b) / (4.0 * M_PI * M_PI * M_PI), 1.0, 1e-14);
  }
  EXPECT_NEAR(real::polygamma(2.0, -0x1p30 - 0.25) / real::polygamma(2.0, 1024.0 - 0x1p30 - 0.25),
              1.0, 1e-13);
}

}  // namespace
}  // namespace wengert::truth
