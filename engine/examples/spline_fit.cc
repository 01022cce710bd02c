// A fit with branches: which piece of a spline a measurement falls on is an `if`, and as the knots
// are moved by the fit, measurements change sides.
//
// A recording holds one outcome of each comparison. Function checks them at every new point and
// records anew where one flips, so the answer is always that of the program as written; recordings
// that were made stay, and are found again by their outcomes.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <vector>

using wengert::Var;
using Vars = absl::Span<const Var>;

constexpr size_t kKnots = 2, kInputs = 2 + 2 * kKnots, kPoints = 60;

double Time(size_t i) { return 10.0 * (static_cast<double>(i) + 0.5) / kPoints; }

// Continuous, made of straight pieces: x = value at 0, first slope, then (knot, change of slope).
template <class T>
T Spline(absl::Span<const T> x, double t) {
  T y = x[0] + x[1] * t;
  for (size_t k = 0; k < kKnots; ++k) {
    const T& knot = x[2 + 2 * k];
    if (t > knot) y = y + x[3 + 2 * k] * (t - knot);
  }
  return y;
}

// Rise, fall, rise: knots at 3 and 6.5.
const std::vector<double> kTruth = {1.0, 0.8, 3.0, -1.3, 6.5, 0.9};

int main() {
  std::vector<double> data;
  for (size_t i = 0; i < kPoints; ++i) {
    const double noise = 0.05 * std::sin(37.0 * static_cast<double>(i * i));
    data.push_back(Spline(absl::MakeConstSpan(kTruth), Time(i)) + noise);
  }
  const auto misfit = [&data](Vars x) {
    Var sum = 0.0;
    for (size_t i = 0; i < kPoints; ++i) sum += square(Spline(x, Time(i)) - data[i]);
    return sum;
  };

  // Adam's steps (Kingma and Ba, arXiv 1412.6980), which shrink to nothing.
  std::vector<double> x = {0.0, 0.0, 2.0, 0.0, 8.0, 0.0}, g(kInputs), mean(kInputs), power(kInputs);
  const auto f = wengert::Function::Record(misfit, x);
  std::printf("steps    misfit   knots\n");
  for (int k = 0; k <= 4000; ++k) {
    const double value = f.Gradient(x, g);
    if (k % 1000 == 0) std::printf("%5d  %8.3f   %.2f  %.2f\n", k, value, x[2], x[4]);
    for (size_t j = 0; j < kInputs; ++j) {
      mean[j] += 0.1 * (g[j] - mean[j]);
      power[j] += 0.01 * (g[j] * g[j] - power[j]);
      x[j] -= 0.01 * (1.0 - k / 4000.0) * mean[j] / (std::sqrt(power[j]) + 1e-12);
    }
  }
  std::printf("made with knots at %.2f  %.2f\n", kTruth[2], kTruth[4]);
  std::printf("4001 gradients, %d recordings\n", static_cast<int>(f.statistics().recordings));
}
