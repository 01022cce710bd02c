#include "wengert/embed/eigen.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <Eigen/SparseCholesky>
#include <cmath>
#include <functional>
#include <sstream>
#include <vector>

#include "test/embed/allocations.h"
#include "test/embed/eigen_gradients.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using testing::ExpectGradientOf;
using testing::SomeMatrix;
using testing::SomePoint;
using testing::SquareOf;

TEST(EigenScalar, DotNormAndArrays) {
  ExpectGradientOf([](const auto& x) { return x.dot(x) + x.norm() * x.sum(); }, 5);
  ExpectGradientOf([](const auto& x) { return (x.array().exp() * x.array().sin()).sum(); }, 5);
  ExpectGradientOf(
      [](const auto& x) { return x.template head<3>().cross(x.template tail<3>()).squaredNorm(); },
      6, 1e-6);
  ExpectGradientOf([](const auto& x) { return x.maxCoeff() * x.minCoeff() + x.mean(); }, 4);
}

TEST(EigenScalar, MixesWithDoubles) {
  const MatrixXd a = SomeMatrix(4, 4), wide = SomeMatrix(40, 4);
  const VectorXd b = SomePoint(4);
  ExpectGradientOf([&](const auto& x) { return (a * x - b).squaredNorm(); }, 4, 1e-6);
  ExpectGradientOf([&](const auto& x) { return (2.0 * x + x * 3.0 - x / 4.0 + b).dot(b); }, 4);
  ExpectGradientOf([&](const auto& x) { return b.dot(x) + x.dot(b); }, 4);
  ExpectGradientOf([&](const auto& x) { return (x.transpose() * a * x).value(); }, 4);
  ExpectGradientOf([&](const auto& x) { return (wide * x).array().square().sum(); }, 4, 1e-6);
  ExpectGradientOf([&](const auto& x) { return x.cwiseProduct(b).sum() + (b - 3.0 * x).norm(); },
                   4);
}

TEST(EigenScalar, MultipliesMatrices) {
  const MatrixXd a = SomeMatrix(3, 3);
  ExpectGradientOf([&](const auto& x) { return (SquareOf(x) * a * SquareOf(x)).trace(); }, 9, 1e-6);
  // Large enough for the blocked kernels.
  const MatrixXd left = SomeMatrix(30, 2), right = SomeMatrix(2, 30);
  ExpectGradientOf([&](const auto& x) { return (left * SquareOf(x) * right).sum(); }, 4, 1e-6);
  ExpectGradientOf(
      [&](const auto& x) { return ((left * SquareOf(x)) * (SquareOf(x) * right)).trace(); }, 4,
      1e-6);
}

TEST(EigenScalar, FixedSizesAndAllCoefficientsAreOperations) {
  Tape tape;
  Eigen::Matrix<Var, 2, 2> a;
  a << tape.Input(1.0), tape.Input(2.0), tape.Input(3.0), tape.Input(4.0);
  const Eigen::Matrix<Var, 2, 2> inverse = a.inverse();
  const std::vector<double> gradient = tape.Backward(inverse(0, 0)).Gradient();
  // d(A^-1)_00 / dA_ij = -(A^-1)_0i (A^-1)_j0
  const Eigen::Matrix2d numbers = inverse.cast<double>();
  EXPECT_NEAR(gradient[1], -numbers(0, 0) * numbers(1, 0), 1e-12);
  EXPECT_NEAR(gradient[2], -numbers(0, 1) * numbers(0, 0), 1e-12);
}

TEST(EigenScalar, ConstantsAndPrinting) {
  Eigen::Matrix<Var, 2, 1> a;
  a << 1.5, 2.0;
  EXPECT_TRUE(a[0].is_constant());
  std::ostringstream out;
  out << a.transpose() << " " << MatrixXVar::Identity(1, 1) << " " << VectorXVar::Zero(1);
  EXPECT_EQ(out.str(), "1.5   2 1 0");
}

TEST(EigenScalar, AnotherPivotIsAnotherRecording) {
  const auto solve = [](const auto& x) {
    const auto a = SquareOf(x);
    return a.partialPivLu().solve(x.head(2)).sum();
  };
  const VectorXd first = (VectorXd(4) << 5.0, 1.0, 2.0, 5.0).finished();
  const VectorXd other = (VectorXd(4) << -2.5, 1.0, 2.0, 5.0).finished();
  const Function f = RecordEigen(solve, first);
  EXPECT_NEAR(Value(f, other), solve(Eigen::Map<const VectorXd>(other.data(), 4)), 1e-12);
  EXPECT_EQ(f.statistics().recordings, 2);
}

TEST(EigenFunction, DrivesVectorsAndMatrices) {
  const MatrixXd a = SomeMatrix(3, 4);
  const Function f = RecordEigen(
      [&](const auto& x) { return ((a * x).array() * (a * x).array()).matrix(); }, SomePoint(4));
  const VectorXd x = SomePoint(4, 0.1), y = a * x;
  EXPECT_LT((Values(f, x) - y.cwiseAbs2()).norm(), 1e-12);
  EXPECT_LT((Jacobian(f, x) - 2.0 * y.asDiagonal() * a).norm(), 1e-12);
  const Function g = RecordEigen([&](const auto& v) { return (a * v).squaredNorm(); }, x);
  EXPECT_LT((Gradient(g, x) - 2.0 * a.transpose() * y).norm(), 1e-12);
  EXPECT_LT((Hessian(g, x) - 2.0 * a.transpose() * a).norm(), 1e-12);
}

TEST(EigenFunction, TakesVectorsThatStride) {
  const Function f = RecordEigen([](const auto& x) { return x[0] * x[1] + x[2]; }, SomePoint(3));
  MatrixXd rows(2, 3);
  rows << 2, 3, 4,  //
      5, 6, 7;
  EXPECT_EQ(Value(f, rows.row(1)), 37.0);
  EXPECT_EQ(f.Value(rows.row(1).transpose().eval()), 37.0);
  static_assert(std::is_constructible_v<Arguments, VectorXd>);
  static_assert(!std::is_constructible_v<Arguments, decltype(rows.row(1))>, "would be misread");
  EXPECT_EQ(Value(f, rows.row(0).reverse()), 14.0);
}

// Laplace's operator on a line, squared and cubed.
Function Chain(Eigen::Index n) {
  return RecordEigen(
      [](const auto& x) {
        const auto steps = (x.tail(x.size() - 1) - x.head(x.size() - 1)).eval();
        return steps.array().square().sum() + x.array().pow(4).sum() - x.sum();
      },
      SomePoint(n));
}

TEST(EigenFunction, SparseMatricesAreViews) {
  const Function f = Chain(20);
  const VectorXd x = SomePoint(20);
  EigenSparse sparse;
  const EigenSparse::ByColumns h = SparseHessian(f, x, sparse);
  EXPECT_EQ(h.nonZeros(), 20 + 2 * 19);
  EXPECT_EQ(h.valuePtr(), sparse.matrix().values.data());
  EXPECT_EQ(static_cast<const void*>(h.innerIndexPtr()), sparse.matrix().pattern.column.data());
  EXPECT_LT((MatrixXd(h) - Hessian(f, x)).norm(), 1e-12);

  const Function g =
      RecordEigen([](const auto& v) { return (v.tail(v.size() - 2).array() * v[0]).matrix(); }, x);
  const EigenSparse::ByRows j = SparseJacobian(g, x, sparse);
  EXPECT_EQ(j.rows(), 18);
  EXPECT_EQ(j.nonZeros(), 2 * 18);
  EXPECT_LT((MatrixXd(j) - Jacobian(g, x)).norm(), 1e-12);
}

TEST(EigenFunction, NewtonsMethodWithASparseFactorization) {
  const Function f = Chain(200);
  VectorXd x = SomePoint(200);
  EigenSparse h;
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> solver;
  for (int k = 0; k < 12; ++k) x -= solver.compute(SparseHessian(f, x, h)).solve(Gradient(f, x));
  EXPECT_LT(Gradient(f, x).norm(), 1e-12);
  EXPECT_NEAR(x[100], std::cbrt(0.25), 1e-6);
}

TEST(EigenFunction, WarmCallsAllocateNothing) {
  const Function f = Chain(20);
  VectorXd x = SomePoint(20), g;
  RowMajorXd hessian;
  EigenSparse sparse;
  double sum = 0.0;
  const auto evaluate_all = [&] {
    x[3] += 0.01;
    sum += Value(f, x) + Gradient(f, x, g);
    Hessian(f, x, hessian);
    sum += SparseHessian(f, x, sparse).coeff(3, 3) - hessian(3, 3);
  };
  for (int k = 0; k < 12; ++k) evaluate_all();
  EXPECT_EQ(testing::AllocationsOf(evaluate_all), 0u);
  EXPECT_NEAR(g[3], 4 * std::pow(x[3], 3) - 1 + 2 * (2 * x[3] - x[2] - x[4]), 1e-10);
}

}  // namespace
}  // namespace wengert
