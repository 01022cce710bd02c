#ifndef WENGERT_OPS_DUAL_H_
#define WENGERT_OPS_DUAL_H_

// Dual numbers: a primal and its tangent, f(a + e a_dot) = f(a) + e sum f_k(a) a_dot_k. A reverse
// sweep over Dual<double> gives adjoints with tangents, which is a Hessian-vector product. The
// tangent is of the primal's class, or Lanes: several directions for one primal.
// (Griewank and Walther, Evaluating Derivatives, section 3.1.)

#include <type_traits>

#include "wengert/ops/rule.h"

namespace wengert {

template <class T, class V = T>
struct Dual;

// Whether x is known to be zero, so that what it multiplies needn't be computed.
inline bool IsZero(double x) { return x == 0.0; }
template <class T, class V>
inline bool IsZero(const Dual<T, V>& x) {
  return IsZero(x.primal) && IsZero(x.tangent);
}

// partial * tangent, where either zero wins against an infinity or a NaN in the other: a direction
// that doesn't move an operand, or an operand that doesn't move the result, contributes nothing.
inline double Contribution(double partial, double tangent) {
  return partial == 0.0 || tangent == 0.0 ? 0.0 : partial * tangent;
}
template <class T, class V>
inline Dual<T, V> Contribution(const Dual<T, V>& partial, const Dual<T, V>& tangent) {
  return {Contribution(partial.primal, tangent.primal),
          Contribution(partial.primal, tangent.tangent) +
              Contribution(tangent.primal, partial.tangent)};
}

// y_bar * partial, where a zero adjoint wins: the same product, asymmetric on purpose, for a NaN
// adjoint must not vanish against a partial that happens to be zero. The tangent of a partial that
// a direction doesn't move wins as any tangent does.
inline double AdjointTimes(double y_bar, double partial) {
  return y_bar == 0.0 ? 0.0 : y_bar * partial;
}
template <class T, class V>
inline Dual<T, V> AdjointTimes(const Dual<T, V>& y_bar, const Dual<T, V>& partial) {
  return {
      AdjointTimes(y_bar.primal, partial.primal),
      AdjointTimes(y_bar.tangent, partial.primal) + Contribution(y_bar.primal, partial.tangent)};
}

template <class T, class V>
struct Dual {
  static constexpr bool kIsScalar = true;

  T primal{0};
  V tangent{0};

  Dual() = default;
  Dual(double constant) : primal(constant) {}  // NOLINT(google-explicit-constructor)
  Dual(const T& primal_in, const V& tangent_in) : primal(primal_in), tangent(tangent_in) {}

  template <Op op>
  static Dual Apply(const Dual& a) {
    const T y = wengert::Apply<op>(a.primal);
    return {y, Contribution(Rule<op>::template Partial<0>(a.primal, y), a.tangent)};
  }
  template <Op op>
  static Dual Apply(const Dual& a, const Dual& b) {
    const T y = wengert::Apply<op>(a.primal, b.primal);
    return {y, Contribution(Rule<op>::template Partial<0>(a.primal, b.primal, y), a.tangent) +
                   Contribution(Rule<op>::template Partial<1>(a.primal, b.primal, y), b.tangent)};
  }
  template <Op op>
  static Dual Apply(const Dual& a, const Dual& b, const Dual& c) {
    const T& p = a.primal;
    const T& q = b.primal;
    const T& r = c.primal;
    const T y = wengert::Apply<op>(p, q, r);
    return {y, Contribution(Rule<op>::template Partial<0>(p, q, r, y), a.tangent) +
                   Contribution(Rule<op>::template Partial<1>(p, q, r, y), b.tangent) +
                   Contribution(Rule<op>::template Partial<2>(p, q, r, y), c.tangent)};
  }
};

// A primal that is a plain number decides alone, and only the chosen side is evaluated.
template <class V, class F, class G>
inline Dual<double, V> Choose(const Dual<double, V>& c, F f, G g) {
  return c.primal != 0.0 ? f() : g();
}

}  // namespace wengert

#endif  // WENGERT_OPS_DUAL_H_
