#ifndef WENGERT_OPS_PARTIALS_H_
#define WENGERT_OPS_PARTIALS_H_

// The partials that are too long for a row of the op table, and the two selections rules are
// written with. T is any scalar; conditions are scalars that are 1 or 0, as Less gives them.

#include "wengert/ops/scalar.h"

namespace wengert {

// c ? f() : g(). For double only the chosen side is evaluated.
template <class T, class F, class G>
inline T Choose(const T& c, F f, G g) {
  if constexpr (std::is_same_v<T, double>) {
    return c != 0.0 ? f() : g();
  } else {
    return Where(c, f(), g());
  }
}

// `partial`, but NaN where the value y is.
template <class T>
inline T KeepNan(const T& y, const T& partial) {
  return Choose(
      Equal(y, y), [&] { return partial; }, [&] { return y; });
}

// Whether y is far enough from underflow and overflow to be computed with instead of recomputed.
template <class T>
inline T HasAllDigits(const T& y) {
  const T size = abs(y);
  return Less(T(1e-280), size) * Less(size, T(1e280));
}

// d(a^b)/da = b a^(b-1) = y b / a. The second form needs no pow and keeps the digits of b; where y
// has lost its own, it is made of the root of |y| instead. At zero and infinite a the first form
// has the limits. a^0 is the constant 1.
template <class T>
inline T PowPartialBase(const T& a, const T& b, const T& y) {
  const auto by_root = [&] {
    const T root = pow(abs(a), b * T(0.5));
    return KeepNan(y, Choose(
                          Equal(root, T(0)), [] { return T(0); },
                          [&] { return copysign(root, y) / a * b * root; }));
  };
  const auto is_regular = [&] { return Less(T(0), abs(a)) * Less(abs(a), T(kInfinity)); };
  const auto at_edge = [&] {
    return Choose(is_regular(), by_root, [&] { return KeepNan(y, b * pow(a, b - T(1))); });
  };
  const auto by_value = [&] { return y * b / a; };
  const auto of_one = [&] {
    return Choose(
        is_regular(), [&] { return by_value() + T(0); }, [] { return T(0); });
  };
  const T usable = HasAllDigits(y) * Less(T(0), abs(a));
  return Choose(Equal(b, T(0)), of_one, [&] { return Choose(usable, by_value, at_edge); });
}

// d(a^b)/db = y log a, and 0 where the power itself is 0 and a isn't negative: 0 log 0 = 0. Where y
// has lost its digits, has become zero or infinite, it is made of the root of y instead.
template <class T>
inline T PowPartialExponent(const T& a, const T& b, const T& y) {
  const auto by_value = [&] { return y * log(a); };
  const auto by_root = [&] {
    const T root = pow(a, b * T(0.5));
    return root * log(a) * root;
  };
  const auto at_limit = [&] {
    return Choose(
        Equal(y, T(0)) * LessEqual(T(0), a), [] { return T(0); }, by_value);
  };
  const auto at_edge = [&] {
    return Choose(Less(T(0), a) * Less(a, T(kInfinity)), by_root, at_limit);
  };
  return Choose(HasAllDigits(y), by_value, at_edge);
}

// d|(a, b, c)|/da = a / y: the minimum-norm subgradient 0 at the origin, +-1 where only a is
// infinite. A norm that has over- or underflowed is computed again, scaled.
template <class T>
inline T NormPartial(const T& a, const T& b, const T& c, const T& y) {
  const auto scaled = [&] {
    const T scale = Choose(
        Less(y, T(1)), [] { return T(0x1p700); }, [] { return T(0x1p-2); });
    return a * scale / hypot(a * scale, hypot(b * scale, c * scale));
  };
  const auto at_edge = [&] {
    const T finite_others = Less(abs(b), T(kInfinity)) * Less(abs(c), T(kInfinity));
    return KeepNan(y, Choose(
                          Equal(y, T(0)) + Equal(abs(a), T(kInfinity)) * finite_others,
                          [&] { return sign(a); }, scaled));
  };
  return Choose(
      HasAllDigits(y), [&] { return a / y; }, at_edge);
}

// d cbrt(a)/da = y / 3a = 1 / 3y^2. C libraries leave up to 4 ulp of error in y, of which the first
// form keeps one part where the second would keep two; a Newton step, whose quotient a / y^2 is
// exact enough among subnormals, too, takes most of that away.
template <class T>
inline T CbrtPartial(const T& a, const T& y) {
  const auto by_root = [&] { return (y + (a / (y * y) - y) / T(3)) / a / T(3); };
  return Choose(HasAllDigits(y), by_root, [&] { return T(1) / (T(3) * (y * y)); });
}

// d log(e^a + e^b)/da = s(d) = 1 / (1 + e^-d), d = a - b; one half at equal infinities. The
// rounding error of d is put back by s' = s (1 - s); it would cost |d| / 2 ulp.
template <class T>
inline T LogAddExpShare(const T& a, const T& b) {
  const T d = a - b;
  const auto finite = [&] {
    const T from_a = a - d;
    const T error = (a - (d + from_a)) + (from_a - b);
    const T share = sigmoid(d);
    return share + share * sigmoid(-d) * error;
  };
  const auto infinite = [&] {
    return Choose(
        Equal(a, b), [] { return T(0.5); }, [&] { return sigmoid(d); });
  };
  return Choose(Less(abs(d), T(kInfinity)), finite, infinite);
}

// 1 / (1 + a^2), without overflow of the square, and with digits left for second derivatives.
template <class T>
inline T AtanPartial(const T& a) {
  return Choose(
      Less(abs(a), T(1e50)), [&] { return T(1) / (T(1) + a * a); }, [&] { return (T(1) / a) / a; });
}

// p / (p^2 + q^2), without overflow of the squares or of 1 / p, and with its limit 0 at infinity.
template <class T>
inline T Atan2Partial(const T& p, const T& q) {
  const auto wide = [&] {
    const T r = q / p;
    return T(1) / (T(1) + r * r) / p;
  };
  const auto high = [&] {
    const T r = p / q;
    return r / (T(1) + r * r) / q;
  };
  return Choose(
      Equal(abs(p), T(kInfinity)) * Equal(abs(q), T(kInfinity)), [] { return T(0); },
      [&] { return Choose(LessEqual(abs(q), abs(p)), wide, high); });
}

// 1 - y^2 while that doesn't cancel, else 1 / cosh^2 a = 4 e / (1 + e)^2 with e = e^(-2|a|).
template <class T>
inline T TanhPartial(const T& a, const T& y) {
  return Choose(
      Less(y * y, T(0.5)), [&] { return T(1) - y * y; },
      [&] {
        const T e = exp(T(-2) * abs(a));
        const T sum = T(1) + e;
        return T(4) * e / (sum * sum);
      });
}

// e^(-a^2) with the rounding error of the square put back: without it the result of a = 20 would
// be off by 200 ulp. The error of a square that overflows isn't defined and isn't needed.
template <class T>
inline T ExpOfMinusSquare(const T& a) {
  const T square = a * a;
  return Choose(
      Less(square, T(800)),
      [&] {
        const T y = exp(-square);
        return y - y * fma(a, a, -square);
      },
      [&] { return exp(-square); });
}

}  // namespace wengert

#endif  // WENGERT_OPS_PARTIALS_H_
