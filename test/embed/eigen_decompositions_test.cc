// Eigen's decompositions with Var as their scalar. Compiled without optimisation, which would take
// minutes for code that runs for a millisecond.

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "test/embed/eigen_gradients.h"

namespace wengert {
namespace {

using Eigen::VectorXd;
using testing::ExpectGradientOf;
using testing::SomePoint;
using testing::SquareOf;

TEST(EigenScalar, Decomposes) {
  const VectorXd b = SomePoint(3);
  const auto spd = [](const auto& x) {
    const auto a = SquareOf(x);
    return (a * a.transpose()).eval();
  };
  ExpectGradientOf([&](const auto& x) { return SquareOf(x).determinant(); }, 9, 1e-6);
  ExpectGradientOf([&](const auto& x) { return SquareOf(x).inverse().sum(); }, 9);
  const auto rhs = [&](const auto& x) { return (x.head(3) + b).eval(); };
  ExpectGradientOf([&](const auto& x) { return SquareOf(x).partialPivLu().solve(rhs(x)).sum(); },
                   9);
  ExpectGradientOf([&](const auto& x) { return spd(x).llt().solve(rhs(x)).sum(); }, 9);
  ExpectGradientOf([&](const auto& x) { return spd(x).ldlt().solve(rhs(x)).sum(); }, 9);
  ExpectGradientOf([&](const auto& x) { return SquareOf(x).householderQr().solve(rhs(x)).sum(); },
                   9);
  ExpectGradientOf(
      [&](const auto& x) { return SquareOf(x).colPivHouseholderQr().solve(rhs(x)).sum(); }, 9);
}

TEST(EigenScalar, FindsEigenvaluesAndSingularValues) {
  ExpectGradientOf(
      [](const auto& x) {
        const auto a = SquareOf(x);
        using Matrix = std::decay_t<decltype(a)>;
        const Matrix symmetric = a + a.transpose();
        return Eigen::SelfAdjointEigenSolver<Matrix>(symmetric).eigenvalues()[0];
      },
      9);
  ExpectGradientOf(
      [](const auto& x) {
        const auto a = SquareOf(x);
        return Eigen::JacobiSVD<std::decay_t<decltype(a)>>(a).singularValues()[2];
      },
      9);
}

}  // namespace
}  // namespace wengert
