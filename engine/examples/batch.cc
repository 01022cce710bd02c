// Many points at once: the implied volatilities of 1000 option quotes by Newton's method, where one
// GradientBatch is a step for all of them.
//
// The points of a batch go through the compiled recording in SIMD lanes. Each is a row of its own
// numbers: volatility, strike, years, and the price that was quoted.

#include <wengert/wengert.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

constexpr double kSpot = 100.0, kRate = 0.02;

// Black and Scholes' price of a call, for numbers and Vars.
template <class T>
T Call(const T& volatility, const T& strike, const T& years) {
  const T deviation = volatility * sqrt(years);
  const T d1 = (log(kSpot / strike) + kRate * years) / deviation + 0.5 * deviation;
  const auto cdf = [](const T& z) { return 0.5 * erfc(-z * M_SQRT1_2); };
  return kSpot * cdf(d1) - strike * exp(-kRate * years) * cdf(d1 - deviation);
}

int main() {
  constexpr size_t kQuotes = 1000, kInputs = 4;
  std::vector<double> points, truth;
  for (size_t i = 0; i < kQuotes; ++i) {
    const double u = static_cast<double>(i) / kQuotes;
    const double strike = 80.0 + 40.0 * u, years = 0.25 + std::fmod(7.0 * u, 1.75);
    truth.push_back(0.2 + 0.15 * (u - 0.5) * (u - 0.5));
    points.insert(points.end(), {0.5, strike, years, Call(truth[i], strike, years)});
  }

  const auto f = wengert::Function::Record(
      [](absl::Span<const wengert::Var> x) { return Call(x[0], x[1], x[2]) - x[3]; },
      absl::MakeConstSpan(points).first(kInputs));
  std::vector<double> excess(kQuotes), gradients(kQuotes * kInputs);
  std::printf("step   largest error of a price\n");
  for (int step = 0; step < 6; ++step) {
    f.GradientBatch(points, excess, gradients);
    double largest = 0.0;
    for (size_t i = 0; i < kQuotes; ++i) {
      largest = std::max(largest, std::abs(excess[i]));
      points[i * kInputs] -= excess[i] / gradients[i * kInputs];  // d price / d volatility
    }
    std::printf("%4d   %.0e\n", step, largest);
  }

  double largest = 0.0;
  for (size_t i = 0; i < kQuotes; ++i) {
    largest = std::max(largest, std::abs(points[i * kInputs] - truth[i]));
  }
  std::printf("\nstrike  years  price   volatility\n");
  for (size_t i : {size_t{0}, kQuotes / 3, kQuotes / 2, kQuotes - 1}) {
    const double* row = &points[i * kInputs];
    std::printf("%6.2f  %5.3f  %6.3f  %.6f\n", row[1], row[2], row[3], row[0]);
  }
  std::printf("all %zu volatilities within 1e-9: %s\n", kQuotes, largest < 1e-9 ? "yes" : "no");
}
