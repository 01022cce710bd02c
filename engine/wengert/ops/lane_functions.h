#ifndef WENGERT_OPS_LANE_FUNCTIONS_H_
#define WENGERT_OPS_LANE_FUNCTIONS_H_

// Pack::Apply: the operations on Packs, by the rows of lane_functions.inc, and the formulas that
// are too long for a row. Each is the scalar function of functions.h with its branches turned into
// selections.

#include "wengert/ops/pack.h"
#include "wengert/ops/rule.h"

#if defined(WENGERT_HAVE_SLEEF) && defined(__x86_64__)
#include <sleef.h>
#endif

namespace wengert {
namespace {

// Computes one operation on Packs: here lane by lane, by lane_functions.inc otherwise.
template <Op op>
struct LaneFunction {
  static WENGERT_INLINE Pack Value(const Pack& a, const Pack& b, const Pack& c) {
    return LaneByLane<op>(FirstLanes(kPackLanes), a, a, b, c);
  }
};

WENGERT_INLINE Pack FusedTimesPlus(const Pack& a, const Pack& b, const Pack& c) {
  if constexpr (kFusesProducts) return TimesPlus(a, b, c);
  return LaneByLane<Op::kFma>(FirstLanes(kPackLanes), a, a, b, c);
}

WENGERT_INLINE Pack LaneMax(const Pack& a, const Pack& b) {
  const Pack larger = Select(Or(IsLess(b, a), IsNan(b)), a, b);
  return Select(IsEqual(a, b), UpperZero(a, b), larger);
}
WENGERT_INLINE Pack LaneMin(const Pack& a, const Pack& b) {
  const Pack smaller = Select(Or(IsLess(a, b), IsNan(b)), a, b);
  return Select(IsEqual(a, b), LowerZero(a, b), smaller);
}
WENGERT_INLINE Pack LaneMaxShare(const Pack& a, const Pack& b) {
  const Pack ordered = Select(IsLess(b, a), 1.0, Select(IsLess(a, b), 0.0, 0.5));
  const Pack beside_nan = Select(IsNan(a), Select(IsNan(b), kNaN, 0.0), 1.0);
  return Select(Or(IsNan(a), IsNan(b)), beside_nan, ordered);
}
WENGERT_INLINE Pack LaneSign(const Pack& a) {
  return Select(IsEqual(a, 0.0), 0.0, Select(IsNan(a), a, WithSign(1.0, a)));
}

// Numbers of this size and above are whole; below it, adding and subtracting it rounds to a whole
// number, ties to even.
inline constexpr double kWhole = 0x1p52;

// `rounded` with the sign of a, and a itself where that is whole already, or NaN.
WENGERT_INLINE Pack UnlessWhole(const Pack& a, const Pack& rounded) {
  return Select(IsLess(Magnitude(a), kWhole), WithSign(rounded, a), a);
}
WENGERT_INLINE Pack NearestWhole(const Pack& a) {
  return WithSign(Minus(Plus(Magnitude(a), kWhole), kWhole), a);
}
WENGERT_INLINE Pack LaneFloor(const Pack& a) {
  const Pack nearest = NearestWhole(a);
  return UnlessWhole(a, Minus(nearest, Select(IsLess(a, nearest), 1.0, 0.0)));
}
WENGERT_INLINE Pack LaneCeil(const Pack& a) {
  const Pack nearest = NearestWhole(a);
  return UnlessWhole(a, Plus(nearest, Select(IsLess(nearest, a), 1.0, 0.0)));
}
WENGERT_INLINE Pack LaneTrunc(const Pack& a) {
  const Pack size = Magnitude(a);
  const Pack nearest = NearestWhole(size);
  return UnlessWhole(a, Minus(nearest, Select(IsLess(size, nearest), 1.0, 0.0)));
}
WENGERT_INLINE Pack LaneRound(const Pack& a) {
  const Pack size = Magnitude(a);
  const Pack whole = LaneTrunc(size);
  return UnlessWhole(a, Plus(whole, Select(IsLessEqual(0.5, Minus(size, whole)), 1.0, 0.0)));
}

inline Pack LaneSigmoid(const Pack& a) {
  const Pack e = exp(Negated(Magnitude(a)));
  return Over(Select(IsLessEqual(0.0, a), 1.0, e), Plus(1.0, e));
}
inline Pack LaneSoftplus(const Pack& a) {
  const Pack tail = log1p(exp(Negated(Magnitude(a))));
  return Plus(Select(IsLess(0.0, a), a, 0.0), tail);
}
inline Pack LaneLogAddExp(const Pack& a, const Pack& b) {
  const Mask a_is_larger = IsLess(b, a);
  const Pack larger = Select(a_is_larger, a, b);
  const Pack smaller = Select(a_is_larger, b, a);
  const Pack sum = Plus(larger, log1p(exp(Minus(smaller, larger))));
  return Select(IsEqual(a, b), Plus(a, kLn2), sum);
}

// Scaled by the largest of the three, as std::hypot of three does it.
inline Pack LaneNorm3(const Pack& a, const Pack& b, const Pack& c) {
  const Pack x = Magnitude(a), y = Magnitude(b), z = Magnitude(c);
  const Pack xy = Select(IsLess(x, y), y, x);
  const Pack scale = Select(IsLess(xy, z), z, xy);
  const Pack p = Over(x, scale), q = Over(y, scale), r = Over(z, scale);
  const Pack norm = Times(scale, Root(Plus(Plus(Times(p, p), Times(q, q)), Times(r, r))));
  return Select(IsEqual(scale, 0.0), 0.0, norm);
}

#define LANES(Name, formula, ...)                                      \
  template <>                                                          \
  struct LaneFunction<Op::k##Name> {                                   \
    static WENGERT_INLINE Pack Value([[maybe_unused]] const Pack& a,   \
                                     [[maybe_unused]] const Pack& b,   \
                                     [[maybe_unused]] const Pack& c) { \
      return formula;                                                  \
    }                                                                  \
  };

#if defined(WENGERT_HAVE_SLEEF) && defined(__x86_64__)

#if WENGERT_REGISTER_WIDTH == 8
#define WENGERT_SLEEF(function, version) Sleef_finz_##function##d8_##version##avx512f
#elif WENGERT_REGISTER_WIDTH == 4
#define WENGERT_SLEEF(function, version) Sleef_finz_##function##d4_##version##avx2
#else
#define WENGERT_SLEEF(function, version) Sleef_cinz_##function##d2_##version##sse2
#endif

// y but where the function isn't usable: there, by the scalar function.
template <Op op>
WENGERT_INLINE Pack Mended(const Mask& usable, const Pack& y, const Pack& a, const Pack& b) {
  const Mask unusable = Not(usable);
  if (__builtin_expect(Any(unusable), false)) return LaneByLane<op>(unusable, y, a, b, b);
  return y;
}
struct Everywhere {};
template <Op op>
WENGERT_INLINE Pack Mended(Everywhere, const Pack& y, const Pack&, const Pack&) {
  return y;
}

// What the rows' last column is written with.
inline constexpr Everywhere kEverywhere;
// Zero, NaN, or of a size in between.
WENGERT_INLINE Mask IsWithin(double smallest, const Pack& a, double largest) {
  const Pack size = Magnitude(a);
  return Not(Or(And(IsLess(0.0, size), IsLess(size, smallest)), IsLess(largest, size)));
}

#define SLEEF_FUNCTION(Name, call, usable)                                        \
  template <>                                                                     \
  struct LaneFunction<Op::k##Name> {                                              \
    static WENGERT_INLINE Pack Value(const Pack& a, const Pack& b, const Pack&) { \
      const Pack y = WENGERT_PACK(call);                                          \
      return Mended<Op::k##Name>(usable, y, a, b);                                \
    }                                                                             \
  };
#define SLEEF(Name, function, version, usable, ...) \
  SLEEF_FUNCTION(Name, WENGERT_SLEEF(function, version)(a.part[p]), usable)
#define SLEEF2(Name, function, version, usable, ...) \
  SLEEF_FUNCTION(Name, WENGERT_SLEEF(function, version)(a.part[p], b.part[p]), usable)
#else
#define SLEEF(...)
#define SLEEF2(...)
#endif

#if defined(WENGERT_HAVE_MVEC)
#if WENGERT_REGISTER_WIDTH == 8
#define WENGERT_MVEC(function) _ZGVeN8v_##function
#elif WENGERT_REGISTER_WIDTH == 4
#define WENGERT_MVEC(function) _ZGVdN4v_##function
#else
#define WENGERT_MVEC(function) _ZGVbN2v_##function
#endif
#define MVEC(Name, function, ...)                                               \
  extern "C" Register WENGERT_MVEC(function)(Register);                         \
  template <>                                                                   \
  struct LaneFunction<Op::k##Name> {                                            \
    static WENGERT_INLINE Pack Value(const Pack& a, const Pack&, const Pack&) { \
      return WENGERT_PACK(WENGERT_MVEC(function)(a.part[p]));                   \
    }                                                                           \
  };
#else
#define MVEC(Name, function, version, ...) SLEEF(Name, function, version, kEverywhere, )
#endif
#include "wengert/ops/lane_functions.inc"
#undef WENGERT_PACK

template <Op op>
WENGERT_INLINE Pack Pack::Apply(const Pack& a) {
  return LaneFunction<op>::Value(a, a, a);
}
template <Op op>
WENGERT_INLINE Pack Pack::Apply(const Pack& a, const Pack& b) {
  return LaneFunction<op>::Value(a, b, b);
}
template <Op op>
WENGERT_INLINE Pack Pack::Apply(const Pack& a, const Pack& b, const Pack& c) {
  return LaneFunction<op>::Value(a, b, c);
}

}  // namespace
}  // namespace wengert

#endif  // WENGERT_OPS_LANE_FUNCTIONS_H_
