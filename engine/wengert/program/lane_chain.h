#ifndef WENGERT_PROGRAM_LANE_CHAIN_H_
#define WENGERT_PROGRAM_LANE_CHAIN_H_

// A linear recurrence, x[k] = a[k] x[k-1] + b[k]. Taken one by one, every multiply-add waits for
// the one before; of four at once, as functions of the x before them,
//
//   x[k+3] = (a3 a2 a1 a0) x[k-1] + (a3 (a2 (a1 b0 + b1) + b2) + b3),
//              p[3]                   q[3]
//
// only one does: the coefficients are made meanwhile. (Blelloch, Prefix sums and their
// applications, section 1.4.1.)
//
// The price is one more rounding of x[k+j], and 2 j of p[j] x, as q[j] = x[k+j] - p[j] x. So a
// group is taken at once only where |p[1]|, |p[2]|, |p[3]| < 1: then it is off by at most
//
//   2^-53 (|x[k+j]| + 6 |x[k-1]|)
//
// more than one by one. Nor may a p be subnormal or zero, whose lost digits matter where x is
// large, or a result be infinite or NaN, which a q becomes sooner than x does. All else is taken
// one by one, sums (a = 1) among it, to the bit.

#include <bit>
#include <cstdint>

#include "wengert/ops/registers.h"
#include "wengert/program/lane_widths.h"

namespace wengert::program {
namespace {

inline constexpr int kGroup = 4;

WENGERT_INLINE double TimesPlus(double a, double b, double c) {
  if constexpr (kFusesProducts) return __builtin_fma(a, b, c);
  return a * b + c;
}

// Whether 2^-1022 <= |p| < 1.
WENGERT_INLINE bool IsNormalFraction(double p) {
  constexpr uint64_t kLeast = std::bit_cast<uint64_t>(0x1p-1022) << 1;
  constexpr uint64_t kEnd = std::bit_cast<uint64_t>(1.0) << 1;
  return (std::bit_cast<uint64_t>(p) << 1) - kLeast < kEnd - kLeast;
}

struct Coefficients {
  double of[kGroup], product[kGroup];  // a[j]; p[j]
  bool are_safe;
};

WENGERT_INLINE Coefficients CoefficientsAt(const double* a, ptrdiff_t step) {
  Coefficients group;
  group.of[0] = group.product[0] = *a;
  group.are_safe = true;
  for (int j = 1; j < kGroup; ++j) {
    group.of[j] = a[j * step];
    group.product[j] = group.of[j] * group.product[j - 1];
    group.are_safe = group.are_safe & IsNormalFraction(group.product[j]);
  }
  return group;
}

// Answers x[k+3]; NaN where the group can't be taken at once, of which nothing is stored then.
WENGERT_INLINE double RunGroup(const Coefficients& group, double x, const double* rest,
                               ptrdiff_t step, double* to) {
  double q = rest[0], y[kGroup], zero = 0.0;
  for (int j = 0; j < kGroup; ++j) {
    if (j > 0) q = TimesPlus(group.of[j], q, rest[j]);
    y[j] = TimesPlus(group.product[j], x, q);
    zero = TimesPlus(y[j], 0.0, zero);
  }
  if (zero != 0.0) [[unlikely]]
    return zero;
  for (int j = 0; j < kGroup; ++j) to[j * step] = y[j];
  return y[kGroup - 1];
}

template <bool adds, bool is_uniform>
WENGERT_INLINE void RunChain(const ChainStreams& s, size_t count) {
  const double *a = s.coefficient, *b = s.rest;
  double* to = s.to;
  double x = *s.from;
  Coefficients group;
  if constexpr (is_uniform) group = CoefficientsAt(a, 0);
  const auto rest_at = [&](int j) WENGERT_INLINE_LAMBDA {
    const double rest = b[j * s.rest_step];
    return adds ? rest + to[j * s.step] : rest;
  };
  const auto move_on = [&](int n) WENGERT_INLINE_LAMBDA {
    if constexpr (!is_uniform) a += n * s.coefficient_step;
    b += n * s.rest_step;
    to += n * s.step;
  };
  const auto run_one = [&]() WENGERT_INLINE_LAMBDA {
    *to = x = TimesPlus(*a, x, rest_at(0));
    move_on(1);
  };
  size_t k = 0;
  for (; k + kGroup <= count; k += kGroup) {
    if constexpr (!is_uniform) group = CoefficientsAt(a, s.coefficient_step);
    if (group.are_safe) {
      const double rest[kGroup] = {rest_at(0), rest_at(1), rest_at(2), rest_at(3)};
      const double last = RunGroup(group, x, rest, s.step, to);
      if (last == last) [[likely]] {
        x = last;
        move_on(kGroup);
        continue;
      }
    } else if constexpr (is_uniform) {
      break;
    }
    for (int j = 0; j < kGroup; ++j) run_one();
  }
  for (; k < count; ++k) run_one();
}

inline void RunChain(const ChainStreams& streams, size_t count, bool adds) {
  const bool is_uniform = streams.coefficient_step == 0;
  if (adds) {
    is_uniform ? RunChain<true, true>(streams, count) : RunChain<true, false>(streams, count);
  } else {
    is_uniform ? RunChain<false, true>(streams, count) : RunChain<false, false>(streams, count);
  }
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_CHAIN_H_
