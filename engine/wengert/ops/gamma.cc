#include <math.h>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include "wengert/ops/functions.h"

namespace wengert::real {
namespace {

namespace policies = boost::math::policies;
using QuietPolicy = policies::policy<policies::domain_error<policies::ignore_error>,
                                     policies::pole_error<policies::ignore_error>,
                                     policies::overflow_error<policies::ignore_error>,
                                     policies::evaluation_error<policies::ignore_error>>;

constexpr double kLargestOrder = 100;

bool IsWhole(double x) { return x == std::floor(x); }

// The sign of the pole of polygamma at +-0, approached from the side of the zero's sign.
double AtZero(int order, double b) {
  const bool odd = order % 2 == 1;
  if (odd) return kInfinity;
  return std::signbit(b) ? kInfinity : -kInfinity;
}

// Below zero digamma is a difference that cancels near its roots, one between each two poles. Boost
// takes it in long double, whose 64 bits are enough for 4 ulp of a double of this size, but no
// less.
constexpr double kCancelled = 0.01;

double Digamma(double b) {
  const double rounded = boost::math::digamma(b, QuietPolicy());
  if (b > 0.0 || !(std::abs(rounded) < kCancelled)) return rounded;
  using Quad = boost::multiprecision::cpp_bin_float_quad;
  return static_cast<double>(boost::math::digamma(Quad(b), QuietPolicy()));
}

double OfBoost(int order, double b) {
  if (order == 1) return boost::math::trigamma(b, QuietPolicy());
  return boost::math::polygamma(order, b, QuietPolicy());
}

// Boost's reflection takes the parity of b from an int, which holds no smaller one.
constexpr double kLeastReflected = -0x1p30;

// What reflection adds, psi_n(b) - (-1)^n psi_n(1 - b), has the period 1 in b.
double FarBelowZero(int order, double b) {
  const double near = std::fmod(b, 1.0) - 1.0;
  const double sign = order % 2 == 1 ? -1.0 : 1.0;
  return OfBoost(order, near) + sign * (OfBoost(order, 1.0 - b) - OfBoost(order, 1.0 - near));
}

}  // namespace

double LogGamma(double a) {
#if defined(__GLIBC__)
  int sign;
  return ::lgamma_r(a, &sign);
#else
  return std::lgamma(a);
#endif
}

double Norm3(double a, double b, double c) { return std::hypot(a, b, c); }

double polygamma(double order, double b) {
  const bool known = order >= 0 && order <= kLargestOrder && IsWhole(order);
  if (!known || std::isnan(b) || b == -kInfinity) return kNaN;
  const int n = static_cast<int>(order);
  if (b == 0.0) return AtZero(n, b);
  if (b < 0.0 && IsWhole(b)) return kNaN;
  if (b == kInfinity) return n == 0 ? kInfinity : 0.0;
  if (n == 0) return Digamma(b);
  return b < kLeastReflected ? FarBelowZero(n, b) : OfBoost(n, b);
}

}  // namespace wengert::real
