#ifndef WENGERT_OPS_FUNCTIONS_H_
#define WENGERT_OPS_FUNCTIONS_H_

// The functions of the op table that <cmath> hasn't, on double. A formula here is chosen so that it
// neither overflows before its result does nor cancels.

#include <cmath>
#include <limits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace wengert {

inline constexpr double kLn2 = 0.69314718055994530942;
inline constexpr double kLog2E = 1.44269504088896340736;
inline constexpr double kLog10E = 0.43429448190325182765;
inline constexpr double kTwoOverSqrtPi = 1.12837916709551257390;
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

namespace real {

inline double square(double a) { return a * a; }

// a * b where a zero a wins ("absolute zero"), even against an infinite or NaN b: how an adjoint
// meets a partial.
inline double azmul(double a, double b) { return a == 0.0 ? 0.0 : a * b; }

// NaN stays NaN; -0 becomes +0.
inline double relu(double a) { return a <= 0.0 ? 0.0 : a; }
inline double sign(double a) { return a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a == 0.0 ? 0.0 : a; }

// 1 where a > 0, else 0: the derivative of relu.
inline double Step(double a) { return a > 0.0 ? 1.0 : a <= 0.0 ? 0.0 : a; }

// std::fmax and std::fmin, by which a NaN beside a number is ignored, with -0 below +0, which they
// leave open: compilers exchange their operands, and the result would depend on inlining.
inline double max(double a, double b) {
  return a > b || (a == b && !std::signbit(a)) || std::isnan(b) ? a : b;
}
inline double min(double a, double b) {
  return a < b || (a == b && std::signbit(a)) || std::isnan(b) ? a : b;
}

// The derivative of max(a, b) in a: 1, 0, or one half at a tie; NaN where max is NaN.
inline double MaxShare(double a, double b) {
  if (a > b) return 1.0;
  if (a < b) return 0.0;
  if (a == b) return 0.5;
  if (!std::isnan(a)) return 1.0;
  return std::isnan(b) ? kNaN : 0.0;
}

inline double Less(double a, double b) { return a < b ? 1.0 : 0.0; }
inline double LessEqual(double a, double b) { return a <= b ? 1.0 : 0.0; }
inline double Equal(double a, double b) { return a == b ? 1.0 : 0.0; }

// b where `condition` isn't zero (a NaN isn't), else c.
inline double Where(double condition, double b, double c) { return condition != 0.0 ? b : c; }

// 1 / (1 + e^-a).
inline double sigmoid(double a) {
  if (a >= 0.0) return 1.0 / (1.0 + std::exp(-a));
  const double e = std::exp(a);
  return e / (1.0 + e);
}

// log(1 + e^a).
inline double softplus(double a) {
  return a > 0.0 ? a + std::log1p(std::exp(-a)) : std::log1p(std::exp(a));
}

// log(e^a + e^b).
inline double logaddexp(double a, double b) {
  if (a == b) return a + kLn2;
  return a > b ? a + std::log1p(std::exp(b - a)) : b + std::log1p(std::exp(a - b));
}

// std::sqrt without its call for errno, after which a compiler would load all it has in registers
// again.
inline double SquareRoot(double a) {
#if defined(__SSE2__)
  const __m128d x = _mm_set_sd(a);
  return _mm_cvtsd_f64(_mm_sqrt_sd(x, x));
#else
  return std::sqrt(a);
#endif
}

// log |gamma(a)|, bit-equal to std::lgamma but free of its global `signgam`.
double LogGamma(double a);

// std::hypot of three. libstdc++'s is an inline template, whose bits depend on the flags of the
// program that includes it; this one is compiled once.
double Norm3(double a, double b, double c);

// The (order+1)-th derivative of log gamma at b, by Boost.Math; order 0 is digamma. NaN at poles
// but zero, and for orders that are not whole numbers up to 100: so is the partial of order 100.
double polygamma(double order, double b);

}  // namespace real
}  // namespace wengert

#endif  // WENGERT_OPS_FUNCTIONS_H_
