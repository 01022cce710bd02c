// Products with Jacobians and Hessians as programs, and matrices made of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "test/function/waves.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using testing::At;
using testing::ExpectRounded;
using testing::kInterpreted;
using testing::kSize;
using testing::Point;
using testing::SumOfWaves;
using testing::Vars;
using testing::Vector;

TEST(ProgramProducts, ProductsAreCompiledWhenTheyAreAskedForOften) {
  const auto model = [](Vars x, Vars p) {
    return std::vector<Var>{p[0] * SumOfWaves(x), 2.0, square(SumOfWaves(x)) + exp(p[0] * x[3])};
  };
  const Vector x0 = Point(), p = {0.5};
  const Function f = Function::Record(model, x0, p);
  const Function g = Function::Record(model, x0, p, kInterpreted);
  Vector v(kSize), y(3), expected_y(3);
  for (size_t k = 0; k < kSize; ++k) v[k] = 1.0 - 0.03 * static_cast<double>(k);
  const auto compare = [&](const Vector& x) {
    f.Jvp({x, p}, v, absl::MakeSpan(y));
    g.Jvp({x, p}, v, absl::MakeSpan(expected_y));
    ExpectRounded(y, expected_y);
  };
  for (int k = 0; k < 40; ++k) compare(Point(0.01 * k));
  const int64_t compiled = f.statistics().compiled_evaluations;
  EXPECT_GT(compiled, 20);
  Vector special = Point();
  special[10] = 0.0;
  f.Jvp({special, p}, v, absl::MakeSpan(y));
  g.Jvp({special, p}, v, absl::MakeSpan(expected_y));
  for (size_t j = 0; j < 3; ++j) {
    EXPECT_THAT(y[j], ::testing::NanSensitiveDoubleEq(expected_y[j]));
  }
  compare(Point(0.5));
}

TEST(ProgramProducts, AHessianTimesAVectorIsAProgramToo) {
  const Function f = Function::Record(SumOfWaves, Point(), {.compile_after = 0});
  const Function g = Function::Record(SumOfWaves, Point(), kInterpreted);
  Vector v(kSize), h(kSize), expected(kSize);
  for (size_t k = 0; k < kSize; ++k) v[k] = 1.0 - 0.03 * static_cast<double>(k);
  for (int k = 0; k < 20; ++k) {
    const Vector x = Point(0.02 * k);
    if (k % 3 == 0) ExpectRounded(At(f, x), At(g, x));
    f.Hvp(x, v, absl::MakeSpan(h));
    g.Hvp(x, v, absl::MakeSpan(expected));
    ExpectRounded(h, expected);
    if (k % 4 == 0) ExpectRounded(Vector{f.Value(x)}, Vector{g.Value(x)});
  }
  EXPECT_GT(f.statistics().compiled_evaluations, 20);
}

TEST(ProgramProducts, MatricesAreMadeOfProducts) {
  const auto model = [](Vars x) {
    std::vector<Var> y;
    for (size_t k = 0; k + 1 < x.size(); ++k) y.push_back(sin(x[k]) * x[k + 1] * x[k + 1]);
    y.push_back(7.0);
    return y;
  };
  const auto sum = [&](Vars x) {
    Var total = 0.0;
    for (const Var& each : model(x)) total += each;
    return total;
  };
  const auto few = [](Vars x) {
    const Var waves = SumOfWaves(x);
    return std::vector<Var>{waves, exp(x[0]), 7.0, square(waves), sin(waves), x[3] * waves};
  };
  const FunctionOptions at_once = {.compile_after = 0};
  const Function f = Function::Record(model, Point(), at_once);
  const Function g = Function::Record(model, Point(), kInterpreted);
  const Function fs = Function::Record(sum, Point(), at_once);
  const Function gs = Function::Record(sum, Point(), kInterpreted);
  const Function ff = Function::Record(few, Point(), at_once);
  const Function gf = Function::Record(few, Point(), kInterpreted);
  for (double shift : {0.0, 0.3}) {
    const Vector x = Point(shift);
    ExpectRounded(f.Jacobian(x), g.Jacobian(x));
    ExpectRounded(ff.Jacobian(x), gf.Jacobian(x));
    ExpectRounded(fs.Hessian(x), gs.Hessian(x));
    const CsrMatrix jacobian = f.SparseJacobian(x), rows = ff.SparseJacobian(x);
    const CsrMatrix hessian = fs.SparseHessian(x);
    EXPECT_TRUE(jacobian.pattern == g.SparseJacobian(x).pattern);
    ExpectRounded(jacobian.values, g.SparseJacobian(x).values);
    ExpectRounded(rows.values, gf.SparseJacobian(x).values);
    ExpectRounded(hessian.values, gs.SparseHessian(x).values);
    for (size_t i = 0; i < kSize; ++i) {
      for (size_t j = 0; j < i; ++j) EXPECT_EQ(hessian.At(i, j), hessian.At(j, i));
    }
    ExpectRounded(At(fs, x), At(gs, x));
  }
  for (const Function* each : {&f, &fs}) {
    EXPECT_EQ(each->statistics().compiled_evaluations, 2) << "one a point: the rest was there";
  }
  EXPECT_EQ(ff.statistics().compiled_evaluations, 4) << "a reverse sweep leaves no values behind";
}

// A logarithm's derivatives are finite where it is NaN.
TEST(ProgramProducts, ProductsWhereAValueIsNotFiniteAreAskedOfTheNodes) {
  const auto logs = [](Vars x) {
    Var sum = 0.0;
    for (const Var& each : x) sum += log(each);
    return sum;
  };
  const auto few = [&](Vars x) {
    return std::vector<Var>{logs(x), square(logs(x)), exp(x[0]), x[1]};
  };
  const FunctionOptions at_once = {.compile_after = 0};
  const Function f = Function::Record(logs, Point(), at_once),
                 fs = Function::Record(few, Point(), at_once);
  const Function g = Function::Record(logs, Point(), kInterpreted),
                 gs = Function::Record(few, Point(), kInterpreted);
  const auto expect_same = [](const Vector& found, const Vector& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (size_t k = 0; k < found.size(); ++k) {
      EXPECT_THAT(found[k], ::testing::NanSensitiveDoubleEq(expected[k])) << k;
    }
  };
  const Vector v(kSize, 1.0);
  Vector h(kSize), expected(kSize);
  for (double special : {-1.0, 0.0, std::numeric_limits<double>::infinity()}) {
    Vector x = Point();
    x[1] = special;
    f.Hvp(x, v, absl::MakeSpan(h));
    g.Hvp(x, v, absl::MakeSpan(expected));
    expect_same(h, expected);
    expect_same(f.Hessian(x), g.Hessian(x));
    expect_same(f.SparseHessian(x).values, g.SparseHessian(x).values);
    expect_same(fs.Jacobian(x), gs.Jacobian(x));
  }
}

}  // namespace
}  // namespace wengert
