#include "bench/workloads/heston.h"

#include <algorithm>

namespace bench {
namespace {

// What one step's derivative needs again: sqrt(p), p, and dp/dv.
struct Step {
  double root, p, slope;
};

}  // namespace

double Heston::hand(const double* x, double* g) const {
  const Market<double> market = Prepare(x);
  const double theta = x[3], xi = x[4], rho = x[5], rate = x[6], strike = x[8];
  const double discount = std::exp(-rate * x[9]), count = static_cast<double>(paths);
  Market<double> bar{};
  std::fill_n(g, n(), 0.0);
  std::vector<Step> trace(steps);
  double sum = 0.0;
  for (size_t path = 0; path < paths; ++path) {
    const double* w = &draws[2 * path * steps];
    double v = x[1], s = market.log_spot;
    for (size_t t = 0; t < steps; ++t) {
      const double q = std::sqrt(v * v + kEpsilon), p = 0.5 * (v + q), root = std::sqrt(p);
      const double deviation = root * market.root_step;
      trace[t] = {root, p, 0.5 * (1.0 + v / q)};
      s += market.drift - 0.5 * p * market.step + deviation * w[2 * t];
      v += market.reversion * (theta - p) +
           xi * deviation * (rho * w[2 * t] + market.complement * w[2 * t + 1]);
    }
    const double spot = std::exp(s);
    if (spot <= strike) continue;
    sum += spot - strike;
    g[8] -= discount / count;
    const double s_bar = discount / count * spot;  // the same at every step
    double v_bar = 0.0;
    for (size_t t = steps; t > 0;) {
      --t;
      const auto [root, p, slope] = trace[t];
      const double deviation = root * market.root_step;
      const double mix = rho * w[2 * t] + market.complement * w[2 * t + 1];
      const double mix_bar = v_bar * xi * deviation;
      const double deviation_bar = s_bar * w[2 * t] + v_bar * xi * mix;
      const double p_bar = -0.5 * s_bar * market.step - v_bar * market.reversion +
                           deviation_bar * market.root_step * 0.5 / root;
      bar.drift += s_bar;
      bar.step -= 0.5 * s_bar * p;
      bar.reversion += v_bar * (theta - p);
      bar.complement += mix_bar * w[2 * t + 1];
      bar.root_step += deviation_bar * root;
      g[3] += v_bar * market.reversion;
      g[4] += v_bar * deviation * mix;
      g[5] += mix_bar * w[2 * t];
      v_bar += p_bar * slope;
    }
    g[1] += v_bar;
    bar.log_spot += s_bar;
  }
  const double price = sum / count * discount;
  bar.step +=
      bar.reversion * x[2] + bar.drift * (rate - x[7]) + bar.root_step * 0.5 / market.root_step;
  g[0] = bar.log_spot / x[0];
  g[2] = bar.reversion * market.step;
  g[5] -= bar.complement * rho / market.complement;
  g[6] = bar.drift * market.step - x[9] * price;
  g[7] = -bar.drift * market.step;
  g[9] = bar.step / static_cast<double>(steps) - rate * price;
  return price;
}

}  // namespace bench
