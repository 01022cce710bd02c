#ifndef BENCH_WORKLOADS_LOGISTIC_REGRESSION_H_
#define BENCH_WORKLOADS_LOGISTIC_REGRESSION_H_

// W2: the loss of a logistic regression, sum over samples of log(1 + exp(-label (w . row + w_0))).
// Long dot products with constants, then two calls.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct LogisticRegression {
  size_t samples = 1000;
  size_t features = 20;
  std::vector<double> rows = Normal(samples * features, 2);
  std::vector<double> labels = DrawLabels();

  size_t n() const { return features + 1; }
  std::vector<double> x0() const { return Normal(n(), 5, 0.0, 0.5); }

  template <class T>
  T operator()(const T* x) const {
    T loss(0.0);
    for (size_t i = 0; i < samples; ++i) {
      const double* row = &rows[i * features];
      T z = x[features];
      for (size_t j = 0; j < features; ++j) z += x[j] * row[j];
      loss += log(1.0 + exp(-labels[i] * z));
    }
    return loss;
  }

  double hand(const double* x, double* g) const {
    std::fill_n(g, n(), 0.0);
    double loss = 0.0;
    for (size_t i = 0; i < samples; ++i) {
      const double* row = &rows[i * features];
      double z = x[features];
      for (size_t j = 0; j < features; ++j) z += x[j] * row[j];
      const double e = std::exp(-labels[i] * z);
      loss += std::log(1.0 + e);
      const double z_bar = -labels[i] * e / (1.0 + e);
      for (size_t j = 0; j < features; ++j) g[j] += z_bar * row[j];
      g[features] += z_bar;
    }
    return loss;
  }

 private:
  // +1 or -1, drawn from the model with hidden weights.
  std::vector<double> DrawLabels() const {
    const std::vector<double> weights = Normal(features, 3);
    std::vector<double> drawn = Uniform(samples, 4);
    for (size_t i = 0; i < samples; ++i) {
      const double* row = &rows[i * features];
      const double z = std::inner_product(weights.begin(), weights.end(), row, 0.0);
      drawn[i] = drawn[i] < 1.0 / (1.0 + std::exp(-z)) ? 1.0 : -1.0;
    }
    return drawn;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_LOGISTIC_REGRESSION_H_
