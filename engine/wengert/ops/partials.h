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

// d(a^b)/da = b a^(b-1) = y b / a. The second form needs no pow and keeps the digits of b; where y
// or a is zero or y isn't finite it says nothing, and the first one is asked. a^0 is the
// constant 1.
template <class T>
inline T PowPartialBase(const T& a, const T& b, const T& y) {
  const T size = abs(y);
  const T usable = Less(T(1e-290), size) * Less(size, T(1e290));
  return Choose(
      usable, [&] { return y * b / a; },
      [&] {
        return Choose(
            Equal(b, T(0)), [&] { return T(0); }, [&] { return b * pow(a, b - T(1)); });
      });
}

// d(a^b)/db = y log a, and 0 where the power itself is 0 and a isn't negative: 0 log 0 = 0.
template <class T>
inline T PowPartialExponent(const T& a, const T& y) {
  return Choose(
      Equal(y, T(0)) * LessEqual(T(0), a), [&] { return T(0); }, [&] { return y * log(a); });
}

// d|(a, b, c)|/da = a / y: the minimum-norm subgradient 0 at the origin, +-1 where only a is
// infinite.
template <class T>
inline T NormPartial(const T& a, const T& b, const T& c, const T& y) {
  const T finite_others = Less(abs(b) + abs(c), T(kInfinity));
  return Choose(
      Equal(y, T(0)) + Equal(abs(a), T(kInfinity)) * finite_others, [&] { return sign(a); },
      [&] { return a / y; });
}

// d log(e^a + e^b)/da = 1 / (1 + e^(b-a)); one half where a = b, infinities included.
template <class T>
inline T LogAddExpShare(const T& a, const T& b) {
  return Choose(
      Equal(a, b), [&] { return T(0.5); }, [&] { return sigmoid(a - b); });
}

// 1 / (1 + a^2), without overflow of the square.
template <class T>
inline T AtanPartial(const T& a) {
  return Choose(
      Less(abs(a), T(1e150)), [&] { return T(1) / (T(1) + a * a); },
      [&] { return (T(1) / a) / a; });
}

// 1 - y^2 while that doesn't cancel, else 1 / cosh^2 a.
template <class T>
inline T TanhPartial(const T& a, const T& y) {
  return Choose(
      Less(y * y, T(0.5)), [&] { return T(1) - y * y; },
      [&] {
        const T sech = T(1) / cosh(a);
        return sech * sech;
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
