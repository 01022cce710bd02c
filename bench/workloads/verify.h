#ifndef BENCH_WORKLOADS_VERIFY_H_
#define BENCH_WORKLOADS_VERIFY_H_

// How far a derivative is from the hand-written one, and the points where both are asked.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "bench/workloads/random.h"

namespace bench {

// What the benchmarks accept, as GradientError and ValueError measure it. Two derivatives that add
// up the same terms in different orders differ by some roundings of the largest term; the longest
// sums here have 1000 terms of both signs.
inline constexpr double kTolerance = 1e-12;

// For ADBench's bundle adjustment files: one observation 31843 times, so that what its cancelling
// residual loses to contraction (1.3e-12 where it begins, 1.1e-11 near by) never averages out.
inline constexpr double kRepeatedTolerance = 3e-11;

// The larger of two errors; one that is NaN is the worst there is.
inline double Worse(double a, double b) { return std::isnan(a) || a > b ? a : b; }

inline double ValueError(double value, double expected) {
  return std::abs(value - expected) / std::abs(expected);
}

// The largest relative error of a component. A component below a hundredth of the root mean square
// of all is measured against that: it is left over where larger terms cancelled.
inline double GradientError(absl::Span<const double> gradient, absl::Span<const double> expected) {
  double squares = 0.0;
  for (double each : expected) squares += each * each;
  const double floor = 0.01 * std::sqrt(squares / static_cast<double>(expected.size()));
  double worst = 0.0;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (gradient[i] == expected[i]) continue;
    const double scale = std::max(std::abs(expected[i]), floor);
    const double error = std::abs(gradient[i] - expected[i]) / scale;
    if (std::isnan(error)) return error;
    worst = std::max(worst, error);
  }
  return worst;
}

// x0, then points whose coordinates are up to 1 % away from it.
inline std::vector<std::vector<double>> PointsAround(const std::vector<double>& x0, size_t count) {
  std::vector<std::vector<double>> points(count, x0);
  for (size_t k = 1; k < count; ++k) {
    const std::vector<double> factors =
        Uniform(x0.size(), 100 + static_cast<unsigned>(k), 0.99, 1.01);
    for (size_t i = 0; i < x0.size(); ++i) points[k][i] *= factors[i];
  }
  return points;
}

}  // namespace bench

#endif  // BENCH_WORKLOADS_VERIFY_H_
