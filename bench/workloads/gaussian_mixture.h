#ifndef BENCH_WORKLOADS_GAUSSIAN_MIXTURE_H_
#define BENCH_WORKLOADS_GAUSSIAN_MIXTURE_H_

// W4: the log likelihood of a Gaussian mixture with a Wishart prior, the objective of ADBench:
//
//   sum over points p of logsumexp_c(alpha_c + sum log diag Q_c - |Q_c (p - mu_c)|^2 / 2)
//     - points logsumexp(alpha) + sum over c of (gamma^2 |Q_c|^2 / 2 - m sum log diag Q_c) + const
//
// x holds alpha, then the means mu, then for every component the factor Q of its inverse
// covariance: the logarithms of the diagonal, then the strictly lower part by columns.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct GaussianMixture {
  size_t dimension = 10;
  size_t components = 25;
  size_t count = 100;
  std::vector<double> points;  // count x dimension
  std::vector<double> start;   // x0
  double gamma = 1.0;          // Wishart prior: scale, and degrees of freedom beyond dimension + 1
  double m = 0.0;

  static GaussianMixture Synthetic(size_t count) {
    GaussianMixture w;
    w.count = count;
    w.points = Normal(count * w.dimension, 8);
    w.start = Normal(w.components, 9);
    for (double each : Normal(w.components * w.dimension, 10)) w.start.push_back(each);
    for (double each : Normal(w.components * w.FactorSize(), 11, 0.0, 0.3)) w.start.push_back(each);
    return w;
  }

  size_t FactorSize() const { return dimension * (dimension + 1) / 2; }
  size_t n() const { return components * (1 + dimension + FactorSize()); }
  std::vector<double> x0() const { return start; }

  template <class T>
  T operator()(const T* x) const {
    const size_t d = dimension;
    const T* alpha = x;
    const T* means = alpha + components;
    const T* factors = means + components * d;
    std::vector<T> diagonals(components * d), log_diagonals(components), term(components);
    T prior(0.0);
    for (size_t c = 0; c < components; ++c) {
      const T* factor = factors + c * FactorSize();
      T sum(0.0), squares(0.0);
      for (size_t i = 0; i < d; ++i) {
        sum += factor[i];
        diagonals[c * d + i] = exp(factor[i]);
        squares += diagonals[c * d + i] * diagonals[c * d + i];
      }
      for (size_t i = d; i < FactorSize(); ++i) squares += factor[i] * factor[i];
      log_diagonals[c] = sum;
      prior += 0.5 * gamma * gamma * squares - m * sum;
    }
    std::vector<T> centered(d), scaled(d);
    T likelihood(0.0);
    for (size_t p = 0; p < count; ++p) {
      for (size_t c = 0; c < components; ++c) {
        for (size_t i = 0; i < d; ++i) {
          centered[i] = points[p * d + i] - means[c * d + i];
          scaled[i] = diagonals[c * d + i] * centered[i];
        }
        const T* lower = factors + c * FactorSize() + d;
        for (size_t i = 0; i < d; ++i) {
          for (size_t j = i + 1; j < d; ++j) scaled[j] += *lower++ * centered[i];
        }
        T norm = scaled[0] * scaled[0];
        for (size_t i = 1; i < d; ++i) norm += scaled[i] * scaled[i];
        term[c] = alpha[c] + log_diagonals[c] - 0.5 * norm;
      }
      likelihood += LogSumExp(term.data(), components);
    }
    T weights = LogSumExp(alpha, components);
    T value = Constant() + likelihood - static_cast<double>(count) * weights + prior;
    return value;
  }

  double hand(const double* x, double* g) const;

 private:
  template <class T>
  static T LogSumExp(const T* v, size_t size) {
    T largest = v[0];
    for (size_t i = 1; i < size; ++i) largest = Kinks<T>::Max(largest, v[i]);
    T sum(0.0);
    for (size_t i = 0; i < size; ++i) sum += exp(v[i] - largest);
    return log(sum) + largest;
  }

  // The normalisation of the Gaussians and of the prior.
  double Constant() const {
    const double d = static_cast<double>(dimension);
    const double freedom = d + m + 1.0;
    double log_gamma = 0.25 * d * (d - 1.0) * std::log(M_PI);
    for (double j = 0.0; j < d; ++j) log_gamma += std::lgamma(0.5 * (freedom - j));
    const double wishart = freedom * d * (std::log(gamma) - 0.5 * std::log(2.0)) - log_gamma;
    return -0.5 * static_cast<double>(count) * d * std::log(2.0 * M_PI) -
           static_cast<double>(components) * wishart;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_GAUSSIAN_MIXTURE_H_
