#ifndef WENGERT_OPS_LANES_H_
#define WENGERT_OPS_LANES_H_

// W numbers side by side. As a scalar of a sweep: W points at once. As the class of tangents or
// adjoints beside primals of double: W directions or W seeds at once, for which each partial is
// computed only once.
//
// Every operation is one loop of fixed length over plain arrays, which compilers turn into vector
// instructions where the operation is arithmetic, and into W calls where it is a function.

#include "wengert/ops/dual.h"
#include "wengert/ops/rule.h"

namespace wengert {

template <int W>
struct Lanes {
  static constexpr bool kIsScalar = true;
  static constexpr int kWidth = W;

  double lane[W];

  Lanes() = default;
  Lanes(double all) {  // NOLINT(google-explicit-constructor)
    for (int k = 0; k < W; ++k) lane[k] = all;
  }

  template <Op op, class... Operands>
  static Lanes Apply(const Operands&... operands) {
    Lanes y;
    for (int k = 0; k < W; ++k) y.lane[k] = Rule<op>::Value(operands.lane[k]...);
    return y;
  }
};

template <int W>
inline bool IsZero(const Lanes<W>& x) {
  bool zero = true;
  for (int k = 0; k < W; ++k) zero &= x.lane[k] == 0.0;
  return zero;
}

template <int W>
inline Lanes<W> Contribution(double partial, const Lanes<W>& tangent) {
  Lanes<W> y(0.0);
  if (partial == 0.0) return y;
  for (int k = 0; k < W; ++k) y.lane[k] = Contribution(partial, tangent.lane[k]);
  return y;
}

template <int W>
inline Lanes<W> Contribution(const Lanes<W>& partial, const Lanes<W>& tangent) {
  Lanes<W> y;
  for (int k = 0; k < W; ++k) y.lane[k] = Contribution(partial.lane[k], tangent.lane[k]);
  return y;
}

template <int W>
inline Lanes<W> AdjointTimes(const Lanes<W>& y_bar, double partial) {
  Lanes<W> y;
  for (int k = 0; k < W; ++k) y.lane[k] = AdjointTimes(y_bar.lane[k], partial);
  return y;
}

template <int W>
inline Lanes<W> AdjointTimes(double y_bar, const Lanes<W>& partial) {
  Lanes<W> y;
  for (int k = 0; k < W; ++k) y.lane[k] = AdjointTimes(y_bar, partial.lane[k]);
  return y;
}

template <int W>
inline Lanes<W> AdjointTimes(const Lanes<W>& y_bar, const Lanes<W>& partial) {
  Lanes<W> y;
  for (int k = 0; k < W; ++k) y.lane[k] = AdjointTimes(y_bar.lane[k], partial.lane[k]);
  return y;
}

// Lane k of x; a double is its own and only lane.
inline double& LaneOf(double& x, int) { return x; }
inline double LaneOf(const double& x, int) { return x; }
template <int W>
inline double& LaneOf(Lanes<W>& x, int k) {
  return x.lane[k];
}
template <int W>
inline double LaneOf(const Lanes<W>& x, int k) {
  return x.lane[k];
}

template <class V>
inline constexpr int kWidthOf = 1;
template <int W>
inline constexpr int kWidthOf<Lanes<W>> = W;

}  // namespace wengert

#endif  // WENGERT_OPS_LANES_H_
