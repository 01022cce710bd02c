#include "test/support/reference.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace wengert::truth {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();

struct HighPoint {
  High a, b, c;
  explicit HighPoint(const Point& x) : a(x[0]), b(x[1]), c(x[2]) {}
  High& operator[](int k) { return k == 0 ? a : k == 1 ? b : c; }
};

High ValueAt(Op op, const HighPoint& x) { return DomainOf(op).truth(x.a, x.b, x.c); }

// How a difference is taken: with how many bits, and over which step, |x_k| 2^-shrink, or only
// min(|x_k|, 1) 2^-shrink, as a function needs that turns many times on the way to x_k. At zero
// |x_k| is replaced: by what is less than the way to any kink, or by 1 where digits are short.
struct Scheme {
  int bits;
  int shrink;
  bool at_most_one;
  double factor = 1;
  double at_zero = kLeast;
};

High StepOf(const Point& x, int k, const Scheme& scheme) {
  double size = std::abs(x[static_cast<size_t>(k)]);
  if (size == 0) size = scheme.at_zero;
  if (scheme.at_most_one && size > 1) size = 1;
  return Scaled(High(size) * High(scheme.factor), -scheme.shrink);
}

long ExponentOf(const High& x) { return x.is_zero() || !x.is_finite() ? 0 : mpfr_get_exp(x.get()); }

High Shifted(Op op, const Point& x, int k, const High& dk, int m, const High& dm) {
  HighPoint at(x);
  at[k] = at[k] + dk;
  at[m] = at[m] + dm;
  return ValueAt(op, at);
}

High Difference(Op op, const Point& x, int k, const Scheme& scheme) {
  const High h = StepOf(x, k, scheme);
  const High up = Shifted(op, x, k, h, k, 0);
  const High down = Shifted(op, x, k, -h, k, 0);
  return (up - down) / Scaled(h, 1);
}

// (f(+,+) - f(+,-) - f(-,+) + f(-,-)) / 4hj, also for k == m, where it is the second difference
// over a double step.
High SecondDifference(Op op, const Point& x, int k, int m, Scheme scheme) {
  scheme.at_zero = 1;
  const High h = StepOf(x, k, scheme);
  const High j = StepOf(x, m, scheme);
  const High same = Shifted(op, x, k, h, m, j) + Shifted(op, x, k, -h, m, -j);
  const High opposite = Shifted(op, x, k, h, m, -j) + Shifted(op, x, k, -h, m, j);
  return (same - opposite) / Scaled(h * j, 2);
}

constexpr Scheme kSchemes[] = {{256, 90, false}, {1280, 100, true}, {5120, 1600, false}};

// The difference, by ever more costly schemes until it settles: until another step, which isn't a
// power of two times the first, gives the same. Digits that are lost make the difference noise,
// and noise doesn't settle, except at zero, which only the last scheme is believed.
High Settled(const std::function<High(const Scheme&)>& difference) {
  High last;
  for (Scheme scheme : kSchemes) {
    const Precision precision(scheme.bits);
    last = difference(scheme);
    if (last.is_zero() || !last.is_finite()) continue;
    scheme.factor = 0.7390851332151607;
    const High other = difference(scheme);
    if (abs(last - other) <= Scaled(abs(other), -70)) return other;
  }
  return last;
}

// The number of leading bits that f(x + h) has in common with f(x), or x + h with x: a difference
// loses them.
long CommonBits(const High& value, double x, const High& h, double partial) {
  if (!std::isfinite(partial)) return 0;
  const long size = ExponentOf(max(abs(High(partial)), High(kLeast))) + ExponentOf(h);
  return std::max(ExponentOf(value) - size, ExponentOf(High(x)) - ExponentOf(h));
}

}  // namespace

High Value(Op op, const Point& x) {
  const Precision precision(256);
  return ValueAt(op, HighPoint(x));
}

High Partial(Op op, const Point& x, int k) {
  return Settled([&](const Scheme& scheme) { return Difference(op, x, k, scheme); });
}

double PartialError(Op op, const Point& x, int k, const High& value, double computed,
                    double of_interest) {
  const double x_k = x[static_cast<size_t>(k)];
  for (const bool at_most_one : {false, true}) {
    const High h = StepOf(x, k, {256, 100, at_most_one});
    const long common = CommonBits(value, x_k, h, computed);
    if (common > 4000 || (at_most_one && std::abs(x_k) <= 1)) break;
    const Precision precision(common <= 150 ? 256 : static_cast<int>(common) + 106);
    const High at_x = common <= 150 ? value : ValueAt(op, HighPoint(x));
    const double quick = UlpError(computed, (Shifted(op, x, k, h, k, 0) - at_x) / h);
    if (quick <= of_interest) return quick;
  }
  return UlpError(computed, Partial(op, x, k));
}

High SecondPartial(Op op, const Point& x, int k, int m) {
  return Settled([&](const Scheme& scheme) { return SecondDifference(op, x, k, m, scheme); });
}

High Value(Op op, const HighOperands& x) { return DomainOf(op).truth(x[0], x[1], x[2]); }

High Partial(Op op, const HighOperands& x, int k) {
  HighOperands moved = x;
  High& x_k = moved[static_cast<size_t>(k)];
  const High h = Scaled(x_k.is_zero() ? High(1) : abs(x_k), -100);
  for (const int bits : {256, 1024, 4096, 16384}) {
    const Precision precision(bits);
    x_k = x[static_cast<size_t>(k)] + h;
    const High value = Value(op, x), difference = Value(op, moved) - value;
    if (difference.is_zero()) continue;
    if (ExponentOf(value) - ExponentOf(difference) < bits - 110) return difference / h;
  }
  return High(0);
}

High Slope(Op op, const Point& x, int k, int side) {
  const Precision precision(512);
  const High size = StepOf(x, k, {512, 100, false, 1, 1});
  const High h = side < 0 ? -size : size;
  return (Shifted(op, x, k, h, k, 0) - ValueAt(op, HighPoint(x))) / h;
}

double UlpError(double computed, const High& truth) {
  if (std::isnan(computed) || truth.is_nan()) {
    return std::isnan(computed) && truth.is_nan() ? 0 : kInfinite;
  }
  const double rounded = truth.Rounded();
  if (computed == rounded && std::isinf(rounded)) return 0;
  if (!truth.is_finite()) return kInfinite;
  const Precision precision(512);
  const High overflow = Scaled(std::copysign(1.0, computed), 1024);
  const High result = std::isinf(computed) ? overflow : High(computed);
  const bool tiny = std::abs(rounded) < std::numeric_limits<double>::min();
  const int exponent = std::isinf(rounded) ? 1023 : tiny ? -1022 : std::ilogb(rounded);
  return Scaled(abs(result - truth), 52 - exponent).Rounded();
}

bool SameBits(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

}  // namespace wengert::truth
