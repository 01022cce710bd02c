#ifndef BENCH_WORKLOADS_CHAIN_H_
#define BENCH_WORKLOADS_CHAIN_H_

// W11: y <- -y^2 / 2 + 1.001 y, a thousand times, of one unknown. Every step uses its operand three
// times: an expression tree of it has 3^1000 paths. The step is bound by latency, not by work.

#include <cstddef>
#include <vector>

namespace bench {

struct Chain {
  size_t steps = 1000;

  size_t n() const { return 1; }
  std::vector<double> x0() const { return {0.5}; }

  template <class T>
  T operator()(const T* x) const {
    T y = x[0];
    for (size_t i = 0; i < steps; ++i) y = y * y * -0.5 + y * 1.001;
    return y;
  }

  double hand(const double* x, double* g) const {
    double y = x[0], y_dot = 1.0;
    for (size_t i = 0; i < steps; ++i) {
      y_dot *= 1.001 - y;
      y = y * y * -0.5 + y * 1.001;
    }
    g[0] = y_dot;
    return y;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_CHAIN_H_
