// The Greeks of an option from one Monte Carlo run: the derivative of the mean pay-off by spot,
// volatility, rate and time, path by path, in one reverse sweep.
//
// The program is the plain simulation. Its loop over 20 000 paths is recorded once and found again
// by the compiler of recordings, so a new market costs a run through SIMD lanes. max is an
// operation, valid on both of its sides: no path that ends on the other side needs a recording.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using Vars = absl::Span<const wengert::Var>;

constexpr size_t kPaths = 20000;
constexpr double kStrike = 105.0;

// Normal numbers by Box and Muller, each with its opposite: the same on every platform.
std::vector<double> AntitheticNormals() {
  std::mt19937_64 random(42);
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  std::vector<double> z;
  while (z.size() < kPaths) {
    const double radius = std::sqrt(-2.0 * std::log(uniform())), angle = 2.0 * M_PI * uniform();
    for (double each : {radius * std::cos(angle), radius * std::sin(angle)}) {
      z.insert(z.end(), {each, -each});
    }
  }
  return z;
}

struct Greeks {
  double price, delta, vega, rho, theta;
};

// x = spot, volatility, rate, years.
Greeks BlackScholes(const std::vector<double>& x) {
  const double deviation = x[1] * std::sqrt(x[3]), discount = std::exp(-x[2] * x[3]);
  const double d1 = (std::log(x[0] / kStrike) + x[2] * x[3]) / deviation + deviation / 2.0;
  const double d2 = d1 - deviation, density = std::exp(-d1 * d1 / 2.0) / std::sqrt(2.0 * M_PI);
  const auto cdf = [](double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); };
  const double vega = x[0] * density * std::sqrt(x[3]), rho = kStrike * x[3] * discount * cdf(d2);
  return {x[0] * cdf(d1) - kStrike * discount * cdf(d2), cdf(d1), vega, rho,
          vega * x[1] / (2.0 * x[3]) + rho * x[2] / x[3]};
}

int main() {
  const std::vector<double> z = AntitheticNormals();
  const auto price = [&z](Vars x) {
    const wengert::Var drift = (x[2] - 0.5 * square(x[1])) * x[3], deviation = x[1] * sqrt(x[3]);
    wengert::Var sum = 0.0;
    for (double each : z) sum += max(x[0] * exp(drift + deviation * each) - kStrike, 0.0);
    return exp(-x[2] * x[3]) * sum / static_cast<double>(z.size());
  };
  std::vector<double> x = {100.0, 0.2, 0.03, 1.0}, g(4);
  const auto f = wengert::Function::Record(price, x);

  std::printf("                      price   delta    vega     rho  d/dyears\n");
  for (double spot : {90.0, 100.0, 110.0}) {
    x[0] = spot;
    const double value = f.Gradient(x, g);
    const Greeks exact = BlackScholes(x);
    std::printf("spot %3.0f  simulated  %6.3f  %.4f  %6.3f  %6.3f    %6.3f\n", spot, value, g[0],
                g[1], g[2], g[3]);
    std::printf("          formula    %6.3f  %.4f  %6.3f  %6.3f    %6.3f\n", exact.price,
                exact.delta, exact.vega, exact.rho, exact.theta);
  }
  std::printf("%zu paths, recorded %d time(s)\n", z.size(),
              static_cast<int>(f.statistics().recordings));
}
