// Var inside Eigen: the likelihood of a Gaussian process, Cholesky decomposition included, written
// with matrices of Var as it would be with matrices of double.
//
// The derivative comes from the recording of Eigen's own code. It is compared here with the formula
// of the textbook, tr(K^-1 dK) / 2 - y' K^-1 dK K^-1 y / 2 (Rasmussen and Williams, equation 5.9).

#include <wengert/embed/eigen.h>
#include <wengert/wengert.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstdio>

using wengert::Var;

constexpr int kPoints = 30;

// The covariance of the measurements: a squared exponential of length exp(x[0]) and deviation
// exp(x[1]), and noise of deviation exp(x[2]).
template <class Vector>
auto Covariance(const Vector& x) {
  using T = typename Vector::Scalar;
  using std::exp;
  Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> k(kPoints, kPoints);
  for (int i = 0; i < kPoints; ++i) {
    for (int j = 0; j < kPoints; ++j) {
      const T z = 0.2 * (i - j) / exp(x[0]);
      k(i, j) = exp(2.0 * x[1] - 0.5 * z * z);
      if (i == j) k(i, j) += exp(2.0 * x[2]);
    }
  }
  return k;
}

int main() {
  Eigen::VectorXd y(kPoints);
  for (int i = 0; i < kPoints; ++i) y[i] = std::sin(0.2 * i) + 0.1 * std::sin(40.0 * i * i);

  // -log p(y | x), without its constant.
  const auto likelihood = [&y](const auto& x) -> Var {
    const wengert::MatrixXVar k = Covariance(x);
    const Eigen::LLT<wengert::MatrixXVar> cholesky(k);
    const wengert::VectorXVar whitened = cholesky.matrixL().solve(y.cast<Var>());
    Var log_determinant = 0.0;
    for (int i = 0; i < kPoints; ++i) log_determinant += log(cholesky.matrixLLT()(i, i));
    return 0.5 * whitened.squaredNorm() + log_determinant;
  };
  Eigen::VectorXd x(3);
  x << std::log(1.0), std::log(1.0), std::log(0.1);
  const wengert::Function f = wengert::RecordEigen(likelihood, x);
  Eigen::VectorXd g;
  std::printf("-log p = %.6f\n", wengert::Gradient(f, x, g));

  const Eigen::MatrixXd inverse = Covariance(x).inverse();
  const Eigen::VectorXd alpha = inverse * y;
  const char* const names[] = {"log length", "log deviation", "log noise"};
  std::printf("%-14s  %11s  %11s\n", "derivative by", "recorded", "textbook");
  for (int k = 0; k < 3; ++k) {
    const double h = 1e-4;
    Eigen::VectorXd up = x, down = x;
    up[k] += h;
    down[k] -= h;
    const Eigen::MatrixXd slope = (Covariance(up) - Covariance(down)) / (2.0 * h);
    std::printf("%-14s  %11.5f  %11.5f\n", names[k], g[k],
                0.5 * (inverse * slope).trace() - 0.5 * alpha.dot(slope * alpha));
  }

  // Ten Newton steps to the most likely parameters, with Eigen's vectors throughout.
  for (int k = 0; k < 10; ++k) {
    wengert::Gradient(f, x, g);
    const Eigen::MatrixXd hessian = wengert::Hessian(f, x);
    x -= hessian.ldlt().solve(g);
  }
  std::printf("most likely: length %.3f, deviation %.3f, noise %.3f\n", std::exp(x[0]),
              std::exp(x[1]), std::exp(x[2]));
}
