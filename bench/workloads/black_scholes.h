#ifndef BENCH_WORKLOADS_BLACK_SCHOLES_H_
#define BENCH_WORKLOADS_BLACK_SCHOLES_H_

// W8: the value of a portfolio of European calls by Black and Scholes' formula,
// sum of S N(d1) - K e^(-r t) N(d2), with N(d) = erfc(-d / sqrt 2) / 2. Five unknowns an option:
// S, K, r, sigma, t. Independent terms of 25 operations, a fifth of them calls.

#include <cmath>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct BlackScholes {
  size_t options = 1000;

  size_t n() const { return 5 * options; }

  std::vector<double> x0() const {
    constexpr double kLow[] = {80.0, 80.0, 0.01, 0.1, 0.2};
    constexpr double kWidth[] = {40.0, 40.0, 0.05, 0.4, 2.0};
    std::vector<double> x = Uniform(n(), 21);
    for (size_t i = 0; i < x.size(); ++i) x[i] = kLow[i % 5] + kWidth[i % 5] * x[i];
    return x;
  }

  template <class T>
  T operator()(const T* x) const {
    T sum(0.0);
    for (size_t i = 0; i < options; ++i, x += 5) {
      const T &spot = x[0], &strike = x[1], &rate = x[2], &sigma = x[3], &time = x[4];
      T deviation = sigma * sqrt(time);
      T d1 = (log(spot / strike) + (rate + 0.5 * sigma * sigma) * time) / deviation;
      T d2 = d1 - deviation;
      T a1 = d1 * -M_SQRT1_2, a2 = d2 * -M_SQRT1_2;
      T n1 = 0.5 * erfc(a1), n2 = 0.5 * erfc(a2);
      sum += spot * n1 - strike * exp(-rate * time) * n2;
    }
    return sum;
  }

  double hand(const double* x, double* g) const {
    constexpr double kInverseSqrtTwoPi = 0.3989422804014326779;
    double sum = 0.0;
    for (size_t i = 0; i < options; ++i, x += 5, g += 5) {
      const double spot = x[0], strike = x[1], rate = x[2], sigma = x[3], time = x[4];
      const double root = std::sqrt(time);
      const double deviation = sigma * root;
      const double d1 = (std::log(spot / strike) + (rate + 0.5 * sigma * sigma) * time) / deviation;
      const double d2 = d1 - deviation;
      const double n1 = 0.5 * std::erfc(-M_SQRT1_2 * d1), n2 = 0.5 * std::erfc(-M_SQRT1_2 * d2);
      const double discount = std::exp(-rate * time);
      const double density = std::exp(-0.5 * d1 * d1) * kInverseSqrtTwoPi;
      sum += spot * n1 - strike * discount * n2;
      g[0] = n1;
      g[1] = -discount * n2;
      g[2] = strike * time * discount * n2;
      g[3] = spot * density * root;
      g[4] = spot * density * sigma / (2.0 * root) + rate * strike * discount * n2;
    }
    return sum;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_BLACK_SCHOLES_H_
