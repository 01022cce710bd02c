#ifndef WENGERT_TEST_SUPPORT_HIGH_H_
#define WENGERT_TEST_SUPPORT_HIGH_H_

// Numbers of any precision, for reference values: MPFR with value semantics. Nothing here shares a
// formula with the engine; a function is MPFR's, or one line made of MPFR's.

#include <mpfr.h>

namespace wengert::truth {

// While one lives, results computed on this thread have this many bits. A copy keeps its own.
class Precision {
 public:
  explicit Precision(int bits) : before_(mpfr_get_default_prec()) { mpfr_set_default_prec(bits); }
  ~Precision() { mpfr_set_default_prec(before_); }
  Precision(const Precision&) = delete;
  Precision& operator=(const Precision&) = delete;

 private:
  mpfr_prec_t before_;
};

class High {
 public:
  High() { mpfr_init(x_); }
  High(double x) {  // NOLINT(google-explicit-constructor)
    mpfr_init(x_);
    mpfr_set_d(x_, x, MPFR_RNDN);
  }
  High(const High& other) {
    mpfr_init2(x_, mpfr_get_prec(other.x_));
    mpfr_set(x_, other.x_, MPFR_RNDN);
  }
  High& operator=(const High& other) {
    if (this == &other) return *this;
    mpfr_set_prec(x_, mpfr_get_prec(other.x_));
    mpfr_set(x_, other.x_, MPFR_RNDN);
    return *this;
  }
  ~High() { mpfr_clear(x_); }

  mpfr_ptr get() { return x_; }
  mpfr_srcptr get() const { return x_; }
  double Rounded() const { return mpfr_get_d(x_, MPFR_RNDN); }
  bool is_nan() const { return mpfr_nan_p(x_) != 0; }
  bool is_finite() const { return mpfr_number_p(x_) != 0; }
  bool is_zero() const { return mpfr_zero_p(x_) != 0; }

 private:
  mpfr_t x_;
};

// x 2^n, exactly.
High Scaled(const High& x, long n);

High operator+(const High& a, const High& b);
High operator-(const High& a, const High& b);
High operator*(const High& a, const High& b);
High operator/(const High& a, const High& b);
High operator-(const High& a);
bool operator<(const High& a, const High& b);
bool operator<=(const High& a, const High& b);
bool operator==(const High& a, const High& b);

// clang-format off
#define WENGERT_HIGH_UNARY(F)                                                                    \
  F(sqrt) F(cbrt) F(exp) F(exp2) F(expm1) F(log) F(log2) F(log10) F(log1p) F(sin) F(cos) F(tan)  \
  F(asin) F(acos) F(atan) F(sinh) F(cosh) F(tanh) F(asinh) F(acosh) F(atanh) F(erf) F(gamma)     \
  F(digamma)
// clang-format on
#define WENGERT_HIGH_BINARY(F) \
  F(pow) F(hypot) F(atan2) F(fmod) F(remainder) F(copysign) F(max) F(min) F(dim)
#define WENGERT_HIGH_DECLARE(name) High name(const High& a);
WENGERT_HIGH_UNARY(WENGERT_HIGH_DECLARE)
#undef WENGERT_HIGH_DECLARE
#define WENGERT_HIGH_DECLARE(name) High name(const High& a, const High& b);
WENGERT_HIGH_BINARY(WENGERT_HIGH_DECLARE)
#undef WENGERT_HIGH_DECLARE

High abs(const High& a);
High floor(const High& a);
High ceil(const High& a);
High trunc(const High& a);
High round(const High& a);
High erfc(const High& a);
High lgamma(const High& a);  // log |gamma(a)|
High fma(const High& a, const High& b, const High& c);
High hypot(const High& a, const High& b, const High& c);

// The derivative of digamma of this order; exact to the precision for a > -1e4.
High polygamma(const High& order, const High& a);

}  // namespace wengert::truth

#endif  // WENGERT_TEST_SUPPORT_HIGH_H_
