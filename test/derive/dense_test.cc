#include "wengert/derive/dense.h"

#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "test/support/functions.h"
#include "wengert/derive/products.h"

namespace wengert {
namespace {

using Vector = std::vector<double>;

TEST(DenseTest, MatricesOfPolynomials) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0, 4.0});
  const std::vector<Var> y = {x[0] * x[0] * x[1], x[2] + 5.0};
  Vector jacobian(6), hessian(9);
  Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
  EXPECT_EQ(jacobian, (Vector{12, 4, 0, 0, 0, 1}));
  Hessian(tape, y[0], absl::MakeSpan(hessian), workspace);
  EXPECT_EQ(hessian, (Vector{6, 4, 0, 4, 0, 0, 0, 0, 0}));
  Hessian(tape, y, {-2, 5}, absl::MakeSpan(hessian), workspace);
  EXPECT_EQ(hessian, (Vector{-12, -8, 0, -8, 0, 0, 0, 0, 0}));
}

// Tall, wide and square: both ways of making a Jacobian, whole batches and rests of them.
TEST(DenseTest, ColumnsOfTheJacobianAreJvpsAndRowsAreVjps) {
  for (const auto& [name, f, x0] : testing::Zoo()) {
    SCOPED_TRACE(name);
    Tape tape;
    Workspace workspace;
    const std::vector<Var> x = tape.Inputs(x0);
    const std::vector<Var> y = f(x);
    const size_t n = x.size(), m = y.size();
    Vector jacobian(m * n), column(m), row(n);
    Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
    for (size_t j = 0; j < n; ++j) {
      Vector v(n);
      v[j] = 1;
      Jvp(tape, y, v, absl::MakeSpan(column), workspace);
      for (size_t i = 0; i < m; ++i) {
        EXPECT_NEAR(jacobian[i * n + j], column[i], 1e-14 * (1 + std::abs(column[i])));
      }
    }
    for (size_t i = 0; i < m; ++i) {
      Vector w(m);
      w[i] = 1;
      Vjp(tape, y, w, absl::MakeSpan(row), workspace);
      for (size_t j = 0; j < n; ++j) {
        EXPECT_NEAR(jacobian[i * n + j], row[j], 1e-14 * (1 + std::abs(row[j])));
      }
    }
  }
}

TEST(DenseTest, TheHessianIsSymmetricToTheLastBit) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({.2, 1.1, -.4, 1.5, .3, .9, -1.1, .8, .7, 2.1});
  Var y = 1.0;
  for (size_t i = 0; i + 1 < x.size(); ++i) y *= sin(x[i] * x[i + 1]) + 2.0;
  Vector h(x.size() * x.size());
  Hessian(tape, y, absl::MakeSpan(h), workspace);
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      EXPECT_EQ(h[i * x.size() + j], h[j * x.size() + i]);
      EXPECT_NE(h[i * x.size() + j], 0.0);
    }
  }
}

// What doesn't move stays out of it, though an adjoint is infinite.
TEST(DenseTest, AnInfiniteEntryLeavesItsNeighboursAlone) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({0.5, 0.0});
  Var sum = 0.0;
  for (int k = 0; k < 3; ++k) {
    for (const Var& each : x) sum += sqrt(each * (1.0 + 0.5 * k));
  }
  Vector hessian(4);
  Hessian(tape, sum, absl::MakeSpan(hessian), workspace);
  EXPECT_LT(hessian[0], 0.0);
  EXPECT_EQ(hessian[1], 0.0);
  EXPECT_EQ(hessian[2], 0.0);
  EXPECT_EQ(hessian[3], -std::numeric_limits<double>::infinity());
}

TEST(DenseTest, NothingToDifferentiateIsAnEmptyMatrixOrZeros) {
  Tape tape;
  Workspace workspace;
  Jacobian(tape, {}, {}, workspace);
  Hessian(tape, {}, {}, {}, workspace);
  Hessian(tape, Var(1.0), {}, workspace);
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  Vector jacobian(4, -7.0), hessian(4, -7.0);
  Jacobian(tape, {}, {}, workspace);
  Jacobian(tape, {Var(2.0), floor(x[0])}, absl::MakeSpan(jacobian), workspace);
  EXPECT_EQ(jacobian, Vector(4));
  Hessian(tape, {}, {}, absl::MakeSpan(hessian), workspace);
  EXPECT_EQ(hessian, Vector(4));
}

TEST(DenseTest, MisuseIsAnError) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({2.0, 3.0});
  const std::vector<Var> y = {x[0] * x[1]};
  Vector three(3);
  EXPECT_THROW(Jacobian(tape, y, absl::MakeSpan(three), workspace), UsageError);
  EXPECT_THROW(Hessian(tape, y[0], absl::MakeSpan(three), workspace), UsageError);
  EXPECT_THROW(Hessian(tape, y, {}, absl::MakeSpan(three), workspace), UsageError);
}

}  // namespace
}  // namespace wengert
