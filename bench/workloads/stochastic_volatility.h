#ifndef BENCH_WORKLOADS_STOCHASTIC_VOLATILITY_H_
#define BENCH_WORKLOADS_STOCHASTIC_VOLATILITY_H_

// W10: the log posterior of a stochastic volatility model, a standard one of the Stan manual. With
// x holding innovations z_0 ... z_{m-1}, then phi, sigma, mu:
//
//   h_0 = z_0 sigma / sqrt(1 - phi^2) + mu,   h_t = z_t sigma + mu + phi (h_{t-1} - mu)
//   z_t ~ N(0, 1),   y_t ~ N(0, e^(h_t / 2)),   sigma ~ Cauchy(0, 5),   mu ~ Cauchy(0, 10)

#include <cmath>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct StochasticVolatility {
  static constexpr double kMinusHalfLog2Pi = -0.91893853320467274178;

  size_t times = 1000;
  std::vector<double> returns = Normal(times, 23, 0.0, 0.6);

  size_t n() const { return times + 3; }

  std::vector<double> x0() const {
    std::vector<double> x = Normal(times, 24);
    x.insert(x.end(), {0.9, 0.3, -1.0});
    return x;
  }

  template <class T>
  T operator()(const T* x) const {
    const T &phi = x[times], &sigma = x[times + 1], &mu = x[times + 2];
    T sum(0.0), h, previous;
    for (size_t t = 0; t < times; ++t) {
      if (t == 0) {
        h = x[0] * sigma / sqrt(1.0 - phi * phi) + mu;
      } else {
        h = x[t] * sigma + mu + phi * (previous - mu);
      }
      sum += kMinusHalfLog2Pi - 0.5 * x[t] * x[t];
      sum += kMinusHalfLog2Pi - 0.5 * h - 0.5 * (returns[t] * returns[t]) * exp(-h);
      previous = h;
    }
    sum += -log(1.0 + sigma * sigma * (1.0 / 25.0)) - log(1.0 + mu * mu * (1.0 / 100.0));
    return sum;
  }

  double hand(const double* x, double* g) const {
    const double phi = x[times], sigma = x[times + 1], mu = x[times + 2];
    const double root = std::sqrt(1.0 - phi * phi);
    static thread_local std::vector<double> h, fit;  // fit: y^2 e^-h / 2
    h.resize(times);
    fit.resize(times);
    double sum = 0.0;
    for (size_t t = 0; t < times; ++t) {
      h[t] = t == 0 ? x[0] * sigma / root + mu : x[t] * sigma + mu + phi * (h[t - 1] - mu);
      fit[t] = 0.5 * returns[t] * returns[t] * std::exp(-h[t]);
      sum += 2.0 * kMinusHalfLog2Pi - 0.5 * x[t] * x[t] - 0.5 * h[t] - fit[t];
    }
    double phi_bar = 0.0, sigma_bar = 0.0, mu_bar = 0.0, carried = 0.0;
    for (size_t t = times - 1; t > 0; --t) {
      const double h_bar = carried - 0.5 + fit[t];
      g[t] = h_bar * sigma - x[t];
      sigma_bar += h_bar * x[t];
      mu_bar += h_bar * (1.0 - phi);
      phi_bar += h_bar * (h[t - 1] - mu);
      carried = h_bar * phi;
    }
    const double h_bar = carried - 0.5 + fit[0];
    g[0] = h_bar * sigma / root - x[0];
    const double sigma_prior = 1.0 + sigma * sigma / 25.0, mu_prior = 1.0 + mu * mu / 100.0;
    g[times] = phi_bar + h_bar * x[0] * sigma * phi / (root * root * root);
    g[times + 1] = sigma_bar + h_bar * x[0] / root - 2.0 * sigma / 25.0 / sigma_prior;
    g[times + 2] = mu_bar + h_bar - 2.0 * mu / 100.0 / mu_prior;
    return sum - std::log(sigma_prior) - std::log(mu_prior);
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_STOCHASTIC_VOLATILITY_H_
