#include "test/support/high.h"

#include <cmath>
#include <map>
#include <utility>

namespace wengert::truth {

High Scaled(const High& x, long n) {
  High y;
  mpfr_mul_2si(y.get(), x.get(), n, MPFR_RNDN);
  return y;
}

#define WENGERT_HIGH_OPERATOR(symbol, name)            \
  High operator symbol(const High& a, const High& b) { \
    High y;                                            \
    mpfr_##name(y.get(), a.get(), b.get(), MPFR_RNDN); \
    return y;                                          \
  }
WENGERT_HIGH_OPERATOR(+, add)
WENGERT_HIGH_OPERATOR(-, sub)
WENGERT_HIGH_OPERATOR(*, mul)
WENGERT_HIGH_OPERATOR(/, div)

High operator-(const High& a) {
  High y;
  mpfr_neg(y.get(), a.get(), MPFR_RNDN);
  return y;
}

bool operator<(const High& a, const High& b) { return mpfr_less_p(a.get(), b.get()) != 0; }
bool operator<=(const High& a, const High& b) { return mpfr_lessequal_p(a.get(), b.get()) != 0; }
bool operator==(const High& a, const High& b) { return mpfr_equal_p(a.get(), b.get()) != 0; }

#define WENGERT_HIGH_DEFINE(name)             \
  High name(const High& a) {                  \
    High y;                                   \
    mpfr_##name(y.get(), a.get(), MPFR_RNDN); \
    return y;                                 \
  }
WENGERT_HIGH_UNARY(WENGERT_HIGH_DEFINE)
WENGERT_HIGH_DEFINE(abs)
#undef WENGERT_HIGH_DEFINE

#define WENGERT_HIGH_DEFINE(name)                      \
  High name(const High& a, const High& b) {            \
    High y;                                            \
    mpfr_##name(y.get(), a.get(), b.get(), MPFR_RNDN); \
    return y;                                          \
  }
WENGERT_HIGH_BINARY(WENGERT_HIGH_DEFINE)
#undef WENGERT_HIGH_DEFINE

#define WENGERT_HIGH_DEFINE(name)  \
  High name(const High& a) {       \
    High y;                        \
    mpfr_##name(y.get(), a.get()); \
    return y;                      \
  }
WENGERT_HIGH_DEFINE(floor)
WENGERT_HIGH_DEFINE(ceil)
WENGERT_HIGH_DEFINE(trunc)
WENGERT_HIGH_DEFINE(round)
#undef WENGERT_HIGH_DEFINE

// MPFR takes milliseconds where a continued fraction takes microseconds (DLMF 7.9.1, whose error
// after n terms tends to e^(-2 a sqrt(2n))):
//   erfc a = e^(-a^2) / sqrt(pi) 1/(a + (1/2)/(a + (2/2)/(a + (3/2)/(a + ...)))).
High erfc(const High& a) {
  High y;
  if (a < High(3)) {
    mpfr_erfc(y.get(), a.get(), MPFR_RNDN);
    return y;
  }
  const double bits = static_cast<double>(mpfr_get_default_prec()) * 0.6931 + 16;
  const double terms = std::pow(bits / (2 * a.Rounded()), 2) * 0.6 + bits / 3;
  y = a;
  for (double n = std::floor(terms); n > 0; --n) y = a + High(n / 2) / y;
  High root_pi;
  mpfr_const_pi(root_pi.get(), MPFR_RNDN);
  return exp(-(a * a)) / (sqrt(root_pi) * y);
}

High lgamma(const High& a) {
  High y;
  int sign;
  mpfr_lgamma(y.get(), &sign, a.get(), MPFR_RNDN);
  return y;
}

High fma(const High& a, const High& b, const High& c) {
  High y;
  mpfr_fma(y.get(), a.get(), b.get(), c.get(), MPFR_RNDN);
  return y;
}

High hypot(const High& a, const High& b, const High& c) { return hypot(hypot(a, b), c); }

namespace {

// B_2k = -(-1)^k 2 (2k)! zeta(2k) / (2 pi)^2k, divided by (2k)!.
High BernoulliOverFactorial(unsigned long k) {
  static thread_local std::map<std::pair<long, unsigned long>, High> known;
  const auto [entry, is_new] = known.try_emplace({mpfr_get_default_prec(), k});
  if (!is_new) return entry->second;
  High zeta, two_pi;
  mpfr_zeta_ui(zeta.get(), 2 * k, MPFR_RNDN);
  mpfr_const_pi(two_pi.get(), MPFR_RNDN);
  mpfr_mul_ui(two_pi.get(), two_pi.get(), 2, MPFR_RNDN);
  const High size = High(2) * zeta / pow(two_pi, High(static_cast<double>(2 * k)));
  return entry->second = k % 2 == 1 ? size : -size;
}

}  // namespace

// With s = order + 1, polygamma = (-1)^s order! zeta(s, a), and the Hurwitz zeta function by
// Euler and Maclaurin: sum of (a+i)^-s up to where the rest, x^(1-s)/(s-1) + x^-s/2 +
// sum B_2k/(2k)! s(s+1)...(s+2k-2) x^(1-s-2k), converges to the precision. (DLMF 25.11.)
High polygamma(const High& order, const High& a) {
  if (order.is_zero()) return digamma(a);
  if (a <= High(0) && floor(a) == a) return gamma(a) - gamma(a);  // NaN at the poles
  const High s = order + High(1);
  const High far = High(static_cast<double>(mpfr_get_default_prec()) * 0.3 + 20);
  High x = a;
  High sum = 0;
  for (; x < far; x = x + High(1)) sum = sum + pow(x, -s);
  sum = sum + pow(x, High(1) - s) / (s - High(1)) + Scaled(pow(x, -s), -1);
  High rising = s * pow(x, -s - High(1));
  for (unsigned long k = 1; k < 2000; ++k) {
    const High term = BernoulliOverFactorial(k) * rising;
    sum = sum + term;
    if (abs(term) < Scaled(abs(sum), -static_cast<long>(mpfr_get_default_prec()))) break;
    const High next = s + High(static_cast<double>(2 * k));
    rising = rising * (next - High(1)) * next / (x * x);
  }
  const High size = gamma(s) * sum;
  return mpfr_get_si(order.get(), MPFR_RNDN) % 2 == 1 ? size : -size;
}

}  // namespace wengert::truth
