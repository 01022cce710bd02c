#ifndef WENGERT_OPS_PACK_H_
#define WENGERT_OPS_PACK_H_

// Eight doubles in vector registers: one of AVX-512, two of AVX2, four of SSE2 (registers.h). A
// Pack is a scalar, so the partial rules of the op table work on it as they are; how each operation
// itself is computed says lane_functions.inc. A Mask is what compares two Packs.
//
// Partials keep the meaning of the scalar rules lane by lane, kinks, tails and NaN included, and
// cost what their common branch costs: Choose evaluates a side only if some lane needs it.

#include "wengert/ops/partials.h"
#include "wengert/ops/registers.h"
#include "wengert/ops/value_functions.h"

namespace wengert {
namespace {

inline constexpr int kPackLanes = 8;
inline constexpr int kPackRegisters = kPackLanes / kRegisterWidth;

// f(0) ... f(kPackRegisters - 1), unrolled, so that arrays of registers stay in registers.
template <class F>
WENGERT_INLINE void ForEachRegister(F f) {
  f(0);
  if constexpr (kPackRegisters > 1) f(1);
  if constexpr (kPackRegisters > 2) {
    f(2);
    f(3);
  }
}

struct Pack {
  static constexpr bool kIsScalar = true;

  Register part[kPackRegisters];

  Pack() = default;
  WENGERT_INLINE Pack(double all) {  // NOLINT(google-explicit-constructor)
    ForEachRegister([&](int p) WENGERT_INLINE_LAMBDA { part[p] = Broadcast(all); });
  }

  template <Op op>
  static WENGERT_INLINE Pack Apply(const Pack& a);
  template <Op op>
  static WENGERT_INLINE Pack Apply(const Pack& a, const Pack& b);
  template <Op op>
  static WENGERT_INLINE Pack Apply(const Pack& a, const Pack& b, const Pack& c);
};

struct Mask {
  RegisterMask part[kPackRegisters];
};

// f(0) ... f(kPackRegisters - 1) as a Pack or a Mask.
template <class F>
WENGERT_INLINE Pack PackOf(F f) {
  Pack y;
  ForEachRegister([&](int p) WENGERT_INLINE_LAMBDA { y.part[p] = f(p); });
  return y;
}
template <class F>
WENGERT_INLINE Mask MaskOf(F f) {
  Mask y;
  ForEachRegister([&](int p) WENGERT_INLINE_LAMBDA { y.part[p] = f(p); });
  return y;
}

#define WENGERT_PACK(expression) \
  PackOf([&](int p) WENGERT_INLINE_LAMBDA -> Register { return expression; })
#define WENGERT_MASK(expression) \
  MaskOf([&](int p) WENGERT_INLINE_LAMBDA -> RegisterMask { return expression; })

WENGERT_INLINE Pack Load(const double* from) {
  return WENGERT_PACK(LoadRegister(from + p * kRegisterWidth));
}
WENGERT_INLINE void Store(double* to, const Pack& x) {
  ForEachRegister([&](int p)
                      WENGERT_INLINE_LAMBDA { StoreRegister(to + p * kRegisterWidth, x.part[p]); });
}
// from[index[lane]]
WENGERT_INLINE Pack Gather(const double* from, const uint32_t* index) {
  return WENGERT_PACK(GatherRegister(from, index + p * kRegisterWidth));
}

WENGERT_INLINE Pack Plus(const Pack& a, const Pack& b) {
  return WENGERT_PACK(a.part[p] + b.part[p]);
}
WENGERT_INLINE Pack Minus(const Pack& a, const Pack& b) {
  return WENGERT_PACK(a.part[p] - b.part[p]);
}
WENGERT_INLINE Pack Times(const Pack& a, const Pack& b) {
  return WENGERT_PACK(a.part[p] * b.part[p]);
}
WENGERT_INLINE Pack Over(const Pack& a, const Pack& b) {
  return WENGERT_PACK(a.part[p] / b.part[p]);
}
WENGERT_INLINE Pack Negated(const Pack& a) { return WENGERT_PACK(-a.part[p]); }
WENGERT_INLINE Pack Root(const Pack& a) { return WENGERT_PACK(Root(a.part[p])); }
WENGERT_INLINE Pack Magnitude(const Pack& a) { return WENGERT_PACK(Magnitude(a.part[p])); }
WENGERT_INLINE Pack WithSign(const Pack& a, const Pack& sign) {
  return WENGERT_PACK(WithSign(a.part[p], sign.part[p]));
}
WENGERT_INLINE Pack UpperZero(const Pack& a, const Pack& b) {
  return WENGERT_PACK(UpperZero(a.part[p], b.part[p]));
}
WENGERT_INLINE Pack LowerZero(const Pack& a, const Pack& b) {
  return WENGERT_PACK(LowerZero(a.part[p], b.part[p]));
}
// a b + c and c - a b: rounded once if kFusesProducts, otherwise twice.
WENGERT_INLINE Pack TimesPlus(const Pack& a, const Pack& b, const Pack& c) {
  return WENGERT_PACK(TimesPlus(a.part[p], b.part[p], c.part[p]));
}
WENGERT_INLINE Pack MinusTimes(const Pack& c, const Pack& a, const Pack& b) {
  return WENGERT_PACK(MinusTimes(c.part[p], a.part[p], b.part[p]));
}

WENGERT_INLINE Mask IsLess(const Pack& a, const Pack& b) {
  return WENGERT_MASK(IsLess(a.part[p], b.part[p]));
}
WENGERT_INLINE Mask IsLessEqual(const Pack& a, const Pack& b) {
  return WENGERT_MASK(IsLessEqual(a.part[p], b.part[p]));
}
WENGERT_INLINE Mask IsEqual(const Pack& a, const Pack& b) {
  return WENGERT_MASK(IsEqual(a.part[p], b.part[p]));
}
WENGERT_INLINE Mask IsNan(const Pack& a) {
  return WENGERT_MASK(Not(IsEqual(a.part[p], a.part[p])));
}
WENGERT_INLINE Mask And(const Mask& a, const Mask& b) {
  return WENGERT_MASK(And(a.part[p], b.part[p]));
}
WENGERT_INLINE Mask Or(const Mask& a, const Mask& b) {
  return WENGERT_MASK(Or(a.part[p], b.part[p]));
}
WENGERT_INLINE Mask Not(const Mask& a) { return WENGERT_MASK(Not(a.part[p])); }
WENGERT_INLINE bool Any(const Mask& a) {
  bool any = false;
  if constexpr (kPackRegisters == 1) any = Any(a.part[0]);
  if constexpr (kPackRegisters == 2) any = Any(Or(a.part[0], a.part[1]));
  if constexpr (kPackRegisters == 4) {
    any = Any(Or(Or(a.part[0], a.part[1]), Or(a.part[2], a.part[3])));
  }
  return any;
}

WENGERT_INLINE Pack Select(const Mask& where, const Pack& a, const Pack& b) {
  return WENGERT_PACK(Select(where.part[p], a.part[p], b.part[p]));
}

// The lanes below `lanes`.
WENGERT_INLINE Mask FirstLanes(int lanes) {
  alignas(64) static constexpr double kLaneNumbers[kPackLanes] = {0, 1, 2, 3, 4, 5, 6, 7};
  return IsLess(Load(kLaneNumbers), Pack(static_cast<double>(lanes)));
}

template <class F, class G>
inline Pack Choose(const Pack& c, F f, G g) {
  const Mask otherwise = IsEqual(c, Pack(0.0));
  if (!Any(otherwise)) return f();
  if (!Any(Not(otherwise))) return g();
  return Select(otherwise, g(), f());
}

WENGERT_INLINE Pack KeepNan(const Pack& y, const Pack& partial) {
  return Select(IsNan(y), y, partial);
}

#undef WENGERT_MASK

// The scalar function of `op`, called for the lanes in `where`; `y` elsewhere.
template <Op op>
__attribute__((noinline)) Pack LaneByLane(const Mask& where, const Pack& y, const Pack& a,
                                          const Pack& b, const Pack& c) {
  double as[kPackLanes], bs[kPackLanes], cs[kPackLanes], wanted[kPackLanes], ys[kPackLanes];
  Store(as, a);
  Store(bs, b);
  Store(cs, c);
  Store(ys, y);
  Store(wanted, Select(where, Pack(1.0), Pack(0.0)));
  for (int k = 0; k < kPackLanes; ++k) {
    if (wanted[k] != 0.0) {
      ys[k] = kValueFunctions[static_cast<int>(op)](as[k], bs[k], cs[k]);
    }
  }
  return Load(ys);
}

}  // namespace
}  // namespace wengert

#endif  // WENGERT_OPS_PACK_H_
