#ifndef TEST_EMBED_EIGEN_GRADIENTS_H_
#define TEST_EMBED_EIGEN_GRADIENTS_H_

// Gradients of Eigen's functions against central differences of the same code on doubles.

#include <gtest/gtest.h>

#include <cmath>

#include "wengert/embed/eigen.h"
#include "wengert/wengert.h"

namespace wengert::testing {

using Eigen::MatrixXd;
using Eigen::VectorXd;

inline MatrixXd SomeMatrix(Eigen::Index rows, Eigen::Index columns) {
  MatrixXd a(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (Eigen::Index j = 0; j < columns; ++j) {
      a(i, j) = std::sin(1.0 + 3.0 * static_cast<double>(i) + 7.0 * static_cast<double>(j * j));
    }
  }
  return a;
}

inline VectorXd SomePoint(Eigen::Index n, double phase = 0.0) {
  return VectorXd::LinSpaced(n, 0.4 + phase, 1.7 - phase);
}

// x as a square matrix, well away from singular ones.
template <class V>
auto SquareOf(const V& x) {
  using Scalar = typename V::Scalar;
  const auto n = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(x.size()))));
  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> a =
      Eigen::Map<const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>>(x.data(), n, n);
  a += 3.0 * MatrixXd::Identity(n, n);
  return a;
}

// The Function has the value that the callable has on doubles, and its gradient is that of central
// differences, at the point of the recording and at another.
template <class Callable>
void ExpectGradientOf(Callable callable, Eigen::Index n, double tolerance = 1e-7) {
  const Function f = RecordEigen(callable, SomePoint(n));
  for (double phase : {0.0, 0.05}) {
    VectorXd x = SomePoint(n, phase);
    VectorXd gradient;
    const Eigen::Map<const VectorXd> point(x.data(), n);
    const double value = callable(point);
    EXPECT_NEAR(Gradient(f, x, gradient), value, 1e-12 * (1.0 + std::abs(value)));
    constexpr double kStep = 1e-5;
    for (Eigen::Index k = 0; k < n; ++k) {
      const double here = x[k];
      x[k] = here + kStep;
      const double above = callable(point);
      x[k] = here - kStep;
      const double below = callable(point);
      x[k] = here;
      EXPECT_NEAR(gradient[k], (above - below) / (2 * kStep), tolerance) << "x" << k;
    }
    EXPECT_GT(gradient.norm(), 1e-3);
  }
}

}  // namespace wengert::testing

#endif  // TEST_EMBED_EIGEN_GRADIENTS_H_
