#ifndef WENGERT_OPS_DUAL_H_
#define WENGERT_OPS_DUAL_H_

// Dual numbers: a primal and its tangent, f(a + e a_dot) = f(a) + e sum f_k(a) a_dot_k. A reverse
// sweep over Dual<double> gives adjoints with tangents, which is a Hessian-vector product.
// (Griewank and Walther, Evaluating Derivatives, section 3.1.)

#include "wengert/ops/rule.h"

namespace wengert {

// partial * tangent, where either zero wins against an infinity or a NaN in the other: a direction
// that doesn't move an operand, or an operand that doesn't move the result, contributes nothing.
template <class T>
inline T Contribution(const T& partial, const T& tangent) {
  return Choose(
      Equal(partial, T(0)) + Equal(tangent, T(0)), [&] { return T(0); },
      [&] { return partial * tangent; });
}

template <class T>
struct Dual {
  static constexpr bool kIsScalar = true;

  T primal{0};
  T tangent{0};

  Dual() = default;
  Dual(double constant) : primal(constant) {}  // NOLINT(google-explicit-constructor)
  Dual(const T& primal_in, const T& tangent_in) : primal(primal_in), tangent(tangent_in) {}

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

}  // namespace wengert

#endif  // WENGERT_OPS_DUAL_H_
