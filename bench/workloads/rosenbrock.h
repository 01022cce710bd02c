#ifndef BENCH_WORKLOADS_ROSENBROCK_H_
#define BENCH_WORKLOADS_ROSENBROCK_H_

// W1: the chained Rosenbrock function, sum over i of (1 - x_i)^2 + 100 (x_{i+1} - x_i^2)^2.
// Short statements, no calls: the compiler runs the plain function in vector lanes.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"

namespace bench {

struct Rosenbrock {
  size_t size = 1000;

  size_t n() const { return size; }
  std::vector<double> x0() const { return Uniform(size, 1, -1.5, 1.5); }

  template <class T>
  T operator()(const T* x) const {
    T sum(0.0);
    for (size_t i = 0; i + 1 < size; ++i) {
      T a = 1.0 - x[i];
      T b = x[i + 1] - x[i] * x[i];
      sum += a * a + 100.0 * b * b;
    }
    return sum;
  }

  double hand(const double* x, double* g) const {
    std::fill_n(g, size, 0.0);
    double sum = 0.0;
    for (size_t i = 0; i + 1 < size; ++i) {
      const double a = 1.0 - x[i];
      const double b = x[i + 1] - x[i] * x[i];
      sum += a * a + 100.0 * b * b;
      g[i] += -2.0 * a - 400.0 * b * x[i];
      g[i + 1] += 200.0 * b;
    }
    return sum;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_ROSENBROCK_H_
