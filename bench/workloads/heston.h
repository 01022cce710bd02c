#ifndef BENCH_WORKLOADS_HESTON_H_
#define BENCH_WORKLOADS_HESTON_H_

// W9: the price of a European call under Heston's stochastic volatility, by Monte Carlo with fixed
// normal draws (w1, w2). With p = (v + sqrt(v^2 + eps)) / 2, a smooth positive part of the variance
// v, an Euler step of the logarithm s of the price and of v is
//
//   s += (r - q) dt - p dt / 2 + sqrt(p dt) w1
//   v += kappa dt (theta - p) + xi sqrt(p dt) (rho w1 + sqrt(1 - rho^2) w2)
//
// Ten unknowns S0 v0 kappa theta xi rho r q K T; long chains of scalars with square roots.

#include <cmath>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct Heston {
  static constexpr double kEpsilon = 1e-6;

  size_t paths = 64;
  size_t steps = 100;
  std::vector<double> draws = Normal(2 * paths * steps, 22);

  // What all paths share, of x or of its adjoints.
  template <class T>
  struct Market {
    T step, root_step, complement, drift, log_spot, reversion;
  };

  size_t n() const { return 10; }
  std::vector<double> x0() const {
    return {100.0, 0.04, 1.5, 0.05, 0.4, -0.6, 0.03, 0.01, 95.0, 1.5};
  }

  template <class T>
  T operator()(const T* x) const {
    const Market<T> market = Prepare(x);
    T sum(0.0);
    for (size_t path = 0; path < paths; ++path) {
      T v = x[1], s = market.log_spot;
      const double* w = &draws[2 * path * steps];
      for (size_t t = 0; t < steps; ++t, w += 2) {
        T p = 0.5 * (v + sqrt(v * v + kEpsilon));
        T deviation = sqrt(p) * market.root_step;
        s += market.drift - 0.5 * p * market.step + deviation * w[0];
        v += market.reversion * (x[3] - p) +
             x[4] * deviation * (x[5] * w[0] + market.complement * w[1]);
      }
      T gain = exp(s) - x[8];
      sum += Kinks<T>::Relu(gain);
    }
    T price = sum * (1.0 / static_cast<double>(paths)) * exp(-x[6] * x[9]);
    return price;
  }

  double hand(const double* x, double* g) const;

 private:
  template <class T>
  Market<T> Prepare(const T* x) const {
    Market<T> market;
    market.step = x[9] * (1.0 / static_cast<double>(steps));
    market.root_step = sqrt(market.step);
    market.complement = sqrt(1.0 - x[5] * x[5]);
    market.drift = (x[6] - x[7]) * market.step;
    market.log_spot = log(x[0]);
    market.reversion = x[2] * market.step;
    return market;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_HESTON_H_
