#ifndef WENGERT_DERIVE_TAPED_SCALARS_H_
#define WENGERT_DERIVE_TAPED_SCALARS_H_

// The two scalars of a reverse sweep that records: TapedPrimal makes partials, TapedAdjoint
// accumulates them. Both are Vars that keep a derivative tape short.
//
// A rule of the op table may choose between forms of a partial that differ in rounding, overflow
// and cost. A sweep evaluates only the chosen one; a tape would have to record them all. So
// TapedPrimal has one form of each long partial: the one without thresholds. It agrees with the
// table's to rounding wherever neither over- nor underflows, and where an operation is singular; in
// powers and the far tails of erf, erfc and logaddexp to the rounding of an exponent, which is as
// much as an operand that is off in its last digit.

#include <cmath>

#include "wengert/ops/partials.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/record.h"

namespace wengert::derive_internal {

inline bool IsConstant(const Var& v, double value) { return v.is_constant() && v.value() == value; }

struct TapedPrimal {
  static constexpr bool kIsScalar = true;

  Var var;

  TapedPrimal() = default;
  TapedPrimal(double constant) : var(constant) {}  // NOLINT(google-explicit-constructor)
  explicit TapedPrimal(const Var& v) : var(v) {}

  template <Op op, class... Operands>
  static TapedPrimal Apply(const Operands&... operands) {
    return TapedPrimal(Var::Apply<op>(operands.var...));
  }
};

inline bool IsZero(const TapedPrimal& x) { return IsConstant(x.var, 0.0); }

// A condition that doesn't depend on an input is decided here and now.
template <class F, class G>
inline TapedPrimal Choose(const TapedPrimal& c, F f, G g) {
  if (c.var.is_constant()) return c.var.value() != 0.0 ? f() : g();
  return Where(c, f(), g());
}

// b a^(b-1), and 0 where b is 0, whatever a is.
inline TapedPrimal PowPartialBase(const TapedPrimal& a, const TapedPrimal& b, const TapedPrimal&) {
  if (IsConstant(b.var, 0.0)) return 0.0;
  if (IsConstant(b.var, 1.0)) return 1.0;
  if (IsConstant(b.var, 2.0)) return b * a;
  const TapedPrimal power = pow(a, b - TapedPrimal(1));
  return b.var.is_constant() ? b * power : azmul(b, power);
}

// y log a, and 0 log 0 = 0.
inline TapedPrimal PowPartialExponent(const TapedPrimal& a, const TapedPrimal& y) {
  return Choose(
      Equal(y, TapedPrimal(0)), [] { return TapedPrimal(0); }, [&] { return y * log(a); });
}
inline TapedPrimal PowPartialExponent(const TapedPrimal& a, const TapedPrimal&,
                                      const TapedPrimal& y) {
  return PowPartialExponent(a, y);
}

// a / y; 0 at the origin.
inline TapedPrimal NormPartial(const TapedPrimal& a, const TapedPrimal&, const TapedPrimal&,
                               const TapedPrimal& y) {
  return Choose(
      Equal(y, TapedPrimal(0)), [] { return TapedPrimal(0); }, [&] { return a / y; });
}

inline TapedPrimal CbrtPartial(const TapedPrimal&, const TapedPrimal& y) {
  return TapedPrimal(1) / (TapedPrimal(3) * square(y));
}

inline TapedPrimal LogAddExpShare(const TapedPrimal& a, const TapedPrimal& b) {
  return sigmoid(a - b);
}

inline TapedPrimal AtanPartial(const TapedPrimal& a) {
  return TapedPrimal(1) / (TapedPrimal(1) + square(a));
}

inline TapedPrimal Atan2Partial(const TapedPrimal& a, const TapedPrimal& b) {
  const TapedPrimal norm = hypot(a, b);
  return a / norm / norm;
}

inline TapedPrimal TanhPartial(const TapedPrimal& a, const TapedPrimal&) {
  return square(TapedPrimal(1) / cosh(a));
}

inline TapedPrimal ExpOfMinusSquare(const TapedPrimal& a) { return exp(-square(a)); }

// An adjoint on the way down. Until something is known of it, it is the constant zero, and what is
// multiplied by a constant zero or one, or added to a constant zero, costs no operation.
template <bool assume_finite>
struct TapedAdjoint {
  Var var;
};

template <bool assume_finite>
inline bool IsZero(const TapedAdjoint<assume_finite>& y_bar) {
  return IsConstant(y_bar.var, 0.0);
}

template <bool assume_finite>
inline TapedAdjoint<assume_finite> AdjointTimes(const TapedAdjoint<assume_finite>& y_bar,
                                                const TapedPrimal& partial) {
  const Var& w = y_bar.var;
  const Var& p = partial.var;
  if (IsConstant(p, 0.0)) return {0.0};
  if (IsConstant(p, 1.0)) return {w};
  if (IsConstant(w, 1.0)) return {p};
  if (IsConstant(p, -1.0)) return {-w};
  if (IsConstant(w, -1.0)) return {-p};
  const bool never_zero_times_infinity =
      assume_finite || w.is_constant() || (p.is_constant() && std::isfinite(p.value()));
  return {never_zero_times_infinity ? w * p : azmul(w, p)};
}

template <bool assume_finite>
inline void Accumulate(TapedAdjoint<assume_finite>& x_bar,
                       const TapedAdjoint<assume_finite>& contribution) {
  if (IsZero(contribution)) return;
  x_bar.var = IsZero(x_bar) ? contribution.var : x_bar.var + contribution.var;
}

}  // namespace wengert::derive_internal

#endif  // WENGERT_DERIVE_TAPED_SCALARS_H_
