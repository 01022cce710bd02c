#ifndef WENGERT_EMBED_MIRRORED_SLOPE_H_
#define WENGERT_EMBED_MIRRORED_SLOPE_H_

// An answer for where an objective isn't finite and the line search interpolates, so that an
// infinity would become NaN: the objective's tangent at the iterate x0, mirrored to rise.
//
//        f ^ .        /  f0 + |g0'(x - x0)|
//          |  .      /
//          |   .    /           Going down along g0'(x - x0) < 0, the search meets a slope as steep
//          |    x0 ' . . .      as the one it came down, cuts its step about in half, and can't
//          +-------------- x    accept the point, which isn't below f0.

#include <cmath>
#include <vector>

#include "absl/types/span.h"

namespace wengert {

class MirroredSlope {
 public:
  // Where the next line search begins: the iterate, the value and the gradient there.
  void SetIterate(absl::Span<const double> x, double value, absl::Span<const double> gradient) {
    x_.assign(x.begin(), x.end());
    gradient_.assign(gradient.begin(), gradient.end());
    value_ = value;
  }
  bool has_iterate() const { return !x_.empty(); }

  double Value(absl::Span<const double> x) const { return value_ + std::abs(Rise(x)); }
  void Gradient(absl::Span<const double> x, absl::Span<double> gradient) const {
    const double sign = Rise(x) < 0.0 ? -1.0 : 1.0;
    for (size_t i = 0; i < gradient.size(); ++i) gradient[i] = sign * gradient_[i];
  }

 private:
  double Rise(absl::Span<const double> x) const {
    double sum = 0.0;
    for (size_t i = 0; i < x.size(); ++i) sum += gradient_[i] * (x[i] - x_[i]);
    return sum;
  }

  std::vector<double> x_, gradient_;
  double value_ = 0.0;
};

}  // namespace wengert

#endif  // WENGERT_EMBED_MIRRORED_SLOPE_H_
