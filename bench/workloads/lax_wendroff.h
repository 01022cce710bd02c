#ifndef BENCH_WORKLOADS_LAX_WENDROFF_H_
#define BENCH_WORKLOADS_LAX_WENDROFF_H_

// W7: how far linear advection, 2000 steps of the Lax-Wendroff scheme on 100 periodic cells, ends
// from a target, as a function of the initial values (after Adept's benchmark):
//
//   flux_i = c/2 (q_i + q_{i+1} + c (q_i - q_{i+1})),   q_i += flux_{i-1} - flux_i
//
// A long chain of wide steps without a call: the plain function runs in vector lanes.

#include <cmath>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"

namespace bench {

struct LaxWendroff {
  size_t cells = 100;
  size_t steps = 2000;
  double courant = 0.125;

  size_t n() const { return cells; }

  std::vector<double> x0() const {
    std::vector<double> x = Normal(cells, 20, 0.0, 0.01);
    const double period = static_cast<double>(cells) - 1.5;
    for (size_t i = 0; i < cells; ++i) {
      x[i] += 0.5 + 0.5 * std::sin(static_cast<double>(i) * 2.0 * M_PI / period) + 1e-4;
    }
    return x;
  }

  template <class T>
  T operator()(const T* x) const {
    std::vector<T> q(x, x + cells);
    Advect(q);
    T sum(0.0);
    for (size_t i = 0; i < cells; ++i) {
      T error = q[i] - Target(i);
      sum += error * error;
    }
    return sum;
  }

  double hand(const double* x, double* g) const {
    std::vector<double> q(x, x + cells);
    Advect(q);
    double sum = 0.0;
    for (size_t i = 0; i < cells; ++i) {
      const double error = q[i] - Target(i);
      sum += error * error;
      g[i] = 2.0 * error;
    }
    AdvectBack(g);
    return sum;
  }

 private:
  static double Target(size_t i) { return 0.3 + 0.001 * static_cast<double>(i); }

  template <class T>
  void Advect(std::vector<T>& q) const {
    std::vector<T> flux(cells - 1);
    for (size_t t = 0; t < steps; ++t) {
      for (size_t i = 0; i + 1 < cells; ++i) {
        flux[i] = 0.5 * courant * (q[i] + q[i + 1] + courant * (q[i] - q[i + 1]));
      }
      for (size_t i = 1; i + 1 < cells; ++i) q[i] += flux[i - 1] - flux[i];
      q[0] = q[cells - 2];
      q[cells - 1] = q[1];
    }
  }

  // The scheme is linear, so its adjoint needs none of the values it passed through.
  void AdvectBack(double* q_bar) const {
    const double upwind = 0.5 * courant * (1.0 + courant);
    const double downwind = 0.5 * courant * (1.0 - courant);
    const size_t last = cells - 1;
    std::vector<double> flux_bar(last);
    for (size_t t = 0; t < steps; ++t) {
      q_bar[1] += q_bar[last];
      q_bar[last - 1] += q_bar[0];
      q_bar[0] = q_bar[last] = 0.0;
      for (size_t i = 0; i < last; ++i) flux_bar[i] = q_bar[i + 1] - q_bar[i];
      q_bar[0] = upwind * flux_bar[0];
      for (size_t i = 1; i < last; ++i) {
        q_bar[i] += upwind * flux_bar[i] + downwind * flux_bar[i - 1];
      }
      q_bar[last] = downwind * flux_bar[last - 1];
    }
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_LAX_WENDROFF_H_
