#ifndef WENGERT_DERIVE_DIFFERENCES_H_
#define WENGERT_DERIVE_DIFFERENCES_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace wengert {

// A derivative estimated from values, and how far off it may be.
struct DifferenceQuotient {
  double value = std::numeric_limits<double>::quiet_NaN();  // the derivative
  double error = std::numeric_limits<double>::infinity();   // its estimate
  double rounding = 0.0;  // the part of the error that the values' rounding explains

  // Whether the differences settled. At a jump they don't.
  bool converged() const { return error <= std::max(0.1 * std::abs(value), 1000 * rounding); }
};

inline constexpr int kDifferenceSteps = 12;

// d f(t) / dt at t = 0: central differences at halved steps, from `step` down, extrapolated to
// step 0, of which the estimate is kept that differs least from its neighbors in the tableau. The
// error is that difference and the rounding of the values. Steps at which f isn't finite are passed
// over. At most 2 * kDifferenceSteps values. (Ridders, Advances in Engineering Software 4 (1982).)
template <class F>
DifferenceQuotient RichardsonDerivative(F f, double step) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  DifferenceQuotient best;
  std::array<double, kDifferenceSteps> last = {}, row = {};
  int order = 0;  // of the next row
  for (int k = 0; k < kDifferenceSteps; ++k, step /= 2) {
    const double ahead = f(step), behind = f(-step);
    row[0] = (ahead - behind) / (2 * step);
    if (!std::isfinite(row[0])) continue;
    const double rounding = kEpsilon * std::max(std::abs(ahead), std::abs(behind)) / step;
    double weight = 4;
    for (int j = 1; j <= order; ++j, weight *= 4) {
      const auto at = static_cast<size_t>(j);
      row[at] = (weight * row[at - 1] - last[at - 1]) / (weight - 1);
      const double error =
          std::max(std::abs(row[at] - row[at - 1]), std::abs(row[at] - last[at - 1])) +
          4 * rounding;
      if (error < best.error) best = {row[at], error, rounding};
    }
    last = row;
    ++order;
  }
  return best;
}

// A first step for the variable x: large enough to see, small enough to stay nearby.
inline double FirstStep(double x) { return 0.0625 * std::max(std::abs(x), 0.0625); }

}  // namespace wengert

#endif  // WENGERT_DERIVE_DIFFERENCES_H_
