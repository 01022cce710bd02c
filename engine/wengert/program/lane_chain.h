#ifndef WENGERT_PROGRAM_LANE_CHAIN_H_
#define WENGERT_PROGRAM_LANE_CHAIN_H_

// A linear recurrence, x[k] = a[k] x[k-1] + b[k]. Taken one by one, every multiply-add waits for
// the one before; of four at once, as functions of the x before them,
//
//   x[k+3] = (a3 a2 a1 a0) x[k-1] + (a3 (a2 (a1 b0 + b1) + b2) + b3),
//
// only one does: the coefficients are made meanwhile. (Blelloch, Prefix sums and their
// applications, section 1.4.1.)

#include "wengert/ops/registers.h"
#include "wengert/program/lane_widths.h"

namespace wengert::program {
namespace {

WENGERT_INLINE double TimesPlus(double a, double b, double c) {
  if constexpr (kFusesProducts) return __builtin_fma(a, b, c);
  return a * b + c;
}

template <bool adds>
WENGERT_INLINE void RunChain(const ChainStreams& s, size_t count) {
  constexpr int kUnroll = 4;
  const double *a = s.coefficient, *b = s.rest;
  double* to = s.to;
  double x = *s.from;
  size_t k = 0;
  for (; k + kUnroll <= count; k += kUnroll) {
    double p[kUnroll], q[kUnroll];
    for (int j = 0; j < kUnroll; ++j) {
      double rest = b[j * s.rest_step];
      if constexpr (adds) rest += to[j * s.step];
      const double coefficient = a[j * s.coefficient_step];
      p[j] = j == 0 ? coefficient : coefficient * p[j - 1];
      q[j] = j == 0 ? rest : TimesPlus(coefficient, q[j - 1], rest);
    }
    for (int j = 0; j < kUnroll; ++j) to[j * s.step] = TimesPlus(p[j], x, q[j]);
    x = TimesPlus(p[kUnroll - 1], x, q[kUnroll - 1]);
    a += kUnroll * s.coefficient_step;
    b += kUnroll * s.rest_step;
    to += kUnroll * s.step;
  }
  for (; k < count; ++k) {
    double rest = *b;
    if constexpr (adds) rest += *to;
    x = TimesPlus(*a, x, rest);
    *to = x;
    a += s.coefficient_step;
    b += s.rest_step;
    to += s.step;
  }
}

inline void RunChain(const ChainStreams& streams, size_t count, bool adds) {
  if (adds) {
    RunChain<true>(streams, count);
  } else {
    RunChain<false>(streams, count);
  }
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_CHAIN_H_
