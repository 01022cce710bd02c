#ifndef WENGERT_EMBED_COMPLEX_H_
#define WENGERT_EMBED_COMPLEX_H_

// Complex numbers of Var. The standard leaves std::complex<Var> unspecified, and what libraries
// make of it compares, so that recordings depend on quadrants.
//
//    wengert::Complex z(x, y);                          // x + iy
//    wengert::Var response = abs(1.0 / (1.0 + wengert::Complex(0.0, omega) * rc));
//
// Arithmetic with Complex, Var, numbers and std::complex<double>; real, imag, abs, arg, norm, conj,
// polar, exp, log, sqrt, pow, sin, cos, tan, sinh, cosh, tanh. Principal values, cut where
// std::complex has its cuts. No function compares: each is valid in every quadrant of a replay.
// A derivative is that of the two real functions of two real variables; where abs isn't
// differentiable, at 0, its partials are 0.

#include <complex>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <type_traits>
#include <utility>

#include "wengert/tape/record.h"
#include "wengert/tape/var.h"

namespace wengert {

// Found by their arguments: wengert::real is a namespace of the op table's.
namespace complex_numbers {

template <class R>
concept RealNumber = std::is_arithmetic_v<R> || std::same_as<R, Var>;

// A complex number of two Vars, as std::complex of doubles is.
class Complex {
 public:
  // Of its parts.
  using value_type = Var;

  // Zero; or of real and imaginary part.
  Complex() = default;
  Complex(Var real, Var imag = 0.0)  // NOLINT(google-explicit-constructor)
      : real_(std::move(real)), imag_(std::move(imag)) {}
  Complex(double real) : real_(real) {}                                                 // NOLINT
  Complex(std::complex<double> number) : real_(number.real()), imag_(number.imag()) {}  // NOLINT

  // The parts, and their primals.
  const Var& real() const { return real_; }
  const Var& imag() const { return imag_; }
  std::complex<double> value() const { return {real_.value(), imag_.value()}; }

  // With numbers, Vars and complex numbers.
  template <class B>
  Complex& operator+=(const B& b) {
    return *this = *this + b;
  }
  template <class B>
  Complex& operator-=(const B& b) {
    return *this = *this - b;
  }
  template <class B>
  Complex& operator*=(const B& b) {
    return *this = *this * b;
  }
  template <class B>
  Complex& operator/=(const B& b) {
    return *this = *this / b;
  }

  // With numbers, Vars and complex numbers; a quotient is scaled, so it neither over- nor
  // underflows before its time.
  friend Complex operator+(const Complex& a) { return a; }
  friend Complex operator-(const Complex& a) { return {-a.real_, -a.imag_}; }
  friend Complex operator+(const Complex& a, const Complex& b) {
    return {a.real_ + b.real_, a.imag_ + b.imag_};
  }
  friend Complex operator-(const Complex& a, const Complex& b) {
    return {a.real_ - b.real_, a.imag_ - b.imag_};
  }
  friend Complex operator*(const Complex& a, const Complex& b) {
    return {a.real_ * b.real_ - a.imag_ * b.imag_, a.real_ * b.imag_ + a.imag_ * b.real_};
  }
  // By the direction of b, then its size: no square overflows.
  friend Complex operator/(const Complex& a, const Complex& b) {
    const Var size = hypot(b.real_, b.imag_);
    const Var c = b.real_ / size, s = b.imag_ / size;
    return {(a.real_ * c + a.imag_ * s) / size, (a.imag_ * c - a.real_ * s) / size};
  }

  // Leaves guards, like every comparison.
  friend bool operator==(const Complex& a, const Complex& b) {
    return a.real_ == b.real_ && a.imag_ == b.imag_;
  }

  // With real numbers, whose imaginary part isn't computed with.
  template <RealNumber R>
  friend Complex operator+(const Complex& a, const R& b) {
    return {a.real_ + b, a.imag_};
  }
  template <RealNumber R>
  friend Complex operator+(const R& a, const Complex& b) {
    return {a + b.real_, b.imag_};
  }
  template <RealNumber R>
  friend Complex operator-(const Complex& a, const R& b) {
    return {a.real_ - b, a.imag_};
  }
  template <RealNumber R>
  friend Complex operator-(const R& a, const Complex& b) {
    return {a - b.real_, -b.imag_};
  }
  template <RealNumber R>
  friend Complex operator*(const Complex& a, const R& b) {
    return {a.real_ * b, a.imag_ * b};
  }
  template <RealNumber R>
  friend Complex operator*(const R& a, const Complex& b) {
    return {a * b.real_, a * b.imag_};
  }
  template <RealNumber R>
  friend Complex operator/(const Complex& a, const R& b) {
    return {a.real_ / b, a.imag_ / b};
  }
  template <RealNumber R>
  friend Complex operator/(const R& a, const Complex& b) {
    const Var size = hypot(b.real_, b.imag_);
    return {a * (b.real_ / size) / size, -(a * (b.imag_ / size) / size)};
  }

  // As std::complex is printed: (re,im) of the primals.
  friend std::ostream& operator<<(std::ostream& out, const Complex& a) {
    return out << '(' << a.real_ << ',' << a.imag_ << ')';
  }

 private:
  Var real_, imag_;
};

// As of std::complex, except that nothing is said of signed zeros and infinities.
inline Var real(const Complex& z) { return z.real(); }
inline Var imag(const Complex& z) { return z.imag(); }
inline Var abs(const Complex& z) { return hypot(z.real(), z.imag()); }
inline Var arg(const Complex& z) { return atan2(z.imag(), z.real()); }
inline Var norm(const Complex& z) { return square(z.real()) + square(z.imag()); }
inline Complex conj(const Complex& z) { return {z.real(), -z.imag()}; }
inline Complex polar(const Var& size, const Var& angle) {
  return {size * cos(angle), size * sin(angle)};
}

// The principal branch, as of std::complex.
inline Complex exp(const Complex& z) { return polar(exp(z.real()), z.imag()); }
inline Complex log(const Complex& z) { return {log(abs(z)), arg(z)}; }

// t = sqrt((|z| + |x|) / 2) is the larger part, and y / 2t the other.
inline Complex sqrt(const Complex& z) {
  const Var& x = z.real();
  const Var& y = z.imag();
  const Var t = sqrt(0.5 * (abs(z) + abs(x)));
  const Var other = y / Where(Equal(t, 0.0), 1.0, 2.0 * t);
  const Var is_left = Less(x, 0.0);
  return {Where(is_left, abs(other), t), Where(is_left, copysign(t, y), other)};
}

// By squaring, exact in the exponent. O(log |n|) products.
inline Complex pow(const Complex& z, int n) {
  Complex power = 1.0, square = z;
  for (int64_t bits = std::abs(int64_t{n}); bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) power = power * square;
    if (bits > 1) square = square * square;
  }
  return n < 0 ? 1.0 / power : power;
}
inline Complex pow(const Complex& z, const Complex& w) { return exp(w * log(z)); }
inline Complex pow(const Complex& z, const Var& w) { return exp(w * log(z)); }
inline Complex pow(const Complex& z, double w) { return exp(w * log(z)); }

// By their addition theorems.
inline Complex sin(const Complex& z) {
  return {sin(z.real()) * cosh(z.imag()), cos(z.real()) * sinh(z.imag())};
}
inline Complex cos(const Complex& z) {
  return {cos(z.real()) * cosh(z.imag()), -(sin(z.real()) * sinh(z.imag()))};
}
inline Complex sinh(const Complex& z) {
  return {sinh(z.real()) * cos(z.imag()), cosh(z.real()) * sin(z.imag())};
}
inline Complex cosh(const Complex& z) {
  return {cosh(z.real()) * cos(z.imag()), sinh(z.real()) * sin(z.imag())};
}

// tan(x + iy) = (t sech^2 y + i h (1 + t^2)) / (1 + t^2 h^2),  t = tan x,  h = tanh y
inline Complex tan(const Complex& z) {
  const Var t = tan(z.real()), h = tanh(z.imag());
  const Var below = 1.0 + square(t * h);
  return {t / square(cosh(z.imag())) / below, h * (1.0 + square(t)) / below};
}
inline Complex tanh(const Complex& z) {
  const Complex turned = tan(Complex(-z.imag(), z.real()));
  return {turned.imag(), -turned.real()};
}

}  // namespace complex_numbers

using complex_numbers::Complex;
using complex_numbers::polar;

}  // namespace wengert

#endif  // WENGERT_EMBED_COMPLEX_H_
