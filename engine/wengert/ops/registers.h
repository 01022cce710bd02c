#ifndef WENGERT_OPS_REGISTERS_H_
#define WENGERT_OPS_REGISTERS_H_

// One vector register of doubles, and the few things that can be done with it on every SIMD width.
// A source file says before its first #include how many doubles a register of it has, and is
// compiled with the flags for that:
//
//   WENGERT_REGISTER_WIDTH 8   AVX-512 (F, DQ)      4   AVX2 and FMA      2   SSE2, NEON, any other
//
// Everything here and in pack.h has internal linkage: a function that the linker could take for
// another file's of the same name would bring AVX-512 to machines that lack it.

#include <cstddef>
#include <cstdint>

#if !defined(WENGERT_REGISTER_WIDTH)
#error "define WENGERT_REGISTER_WIDTH before the first #include"
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define WENGERT_INLINE inline __attribute__((always_inline))
#define WENGERT_INLINE_LAMBDA __attribute__((always_inline))

namespace wengert {
namespace {

inline constexpr int kRegisterWidth = WENGERT_REGISTER_WIDTH;
inline constexpr int64_t kSignBit = INT64_MIN;
inline constexpr bool kFusesProducts = WENGERT_REGISTER_WIDTH > 2;

using Register __attribute__((vector_size(8 * WENGERT_REGISTER_WIDTH))) = double;
using UnalignedRegister
    __attribute__((vector_size(8 * WENGERT_REGISTER_WIDTH), aligned(8), may_alias)) = double;
using Bits = decltype(Register() < Register());

WENGERT_INLINE Register LoadRegister(const double* from) {
  return *reinterpret_cast<const UnalignedRegister*>(from);
}
WENGERT_INLINE void StoreRegister(double* to, Register x) {
  *reinterpret_cast<UnalignedRegister*>(to) = x;
}

WENGERT_INLINE Register Magnitude(Register a) {
  return reinterpret_cast<Register>(reinterpret_cast<Bits>(a) & ~(Bits{} + kSignBit));
}
WENGERT_INLINE Register WithSign(Register a, Register sign) {
  return reinterpret_cast<Register>((reinterpret_cast<Bits>(a) & ~(Bits{} + kSignBit)) |
                                    (reinterpret_cast<Bits>(sign) & (Bits{} + kSignBit)));
}

// Where a and b are equal: the same, but of +0 and -0 the one that is +0, or -0.
WENGERT_INLINE Register UpperZero(Register a, Register b) {
  return reinterpret_cast<Register>(reinterpret_cast<Bits>(a) & reinterpret_cast<Bits>(b));
}
WENGERT_INLINE Register LowerZero(Register a, Register b) {
  return reinterpret_cast<Register>(reinterpret_cast<Bits>(a) | reinterpret_cast<Bits>(b));
}

#if WENGERT_REGISTER_WIDTH == 8

using RegisterMask = __mmask8;
WENGERT_INLINE Register Broadcast(double x) { return _mm512_set1_pd(x); }
// Of some intrinsics g++ 12 warns that they leave lanes undefined; the masked forms of those, with
// all lanes chosen, compile to the same instruction.
inline constexpr __mmask8 kAllLanes = 0xff;
WENGERT_INLINE Register Root(Register a) { return _mm512_maskz_sqrt_pd(kAllLanes, a); }
WENGERT_INLINE Register TimesPlus(Register a, Register b, Register c) {
  return _mm512_fmadd_pd(a, b, c);
}
WENGERT_INLINE Register MinusTimes(Register c, Register a, Register b) {
  return _mm512_fnmadd_pd(a, b, c);
}
WENGERT_INLINE RegisterMask IsLess(Register a, Register b) {
  return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
WENGERT_INLINE RegisterMask IsLessEqual(Register a, Register b) {
  return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ);
}
WENGERT_INLINE RegisterMask IsEqual(Register a, Register b) {
  return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}
WENGERT_INLINE Register Select(RegisterMask where, Register a, Register b) {
  return _mm512_mask_blend_pd(where, b, a);
}
WENGERT_INLINE RegisterMask And(RegisterMask a, RegisterMask b) { return _kand_mask8(a, b); }
WENGERT_INLINE RegisterMask Or(RegisterMask a, RegisterMask b) { return _kor_mask8(a, b); }
WENGERT_INLINE RegisterMask Not(RegisterMask a) { return _knot_mask8(a); }
WENGERT_INLINE bool Any(RegisterMask a) { return a != 0; }
WENGERT_INLINE Register GatherRegister(const double* from, const uint32_t* index) {
  const __m256i lanes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(index));
  // Indices are unsigned: extended to 64 bits, they aren't taken for negative ones.
  return _mm512_mask_i64gather_pd(Register{}, kAllLanes,
                                  _mm512_maskz_cvtepu32_epi64(kAllLanes, lanes), from, 8);
}

// The first n doubles at `from`, the rest 0.
template <int n>
WENGERT_INLINE Register LoadFirst(const double* from) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1 << n) - 1), from);
}
// to[j] += x[j] for the first n. Not by masked stores, from which a load that follows must wait.
template <int n>
WENGERT_INLINE void AddFirst(double* to, Register x) {
  if constexpr (n == 8) {
    StoreRegister(to, LoadRegister(to) + x);
    return;
  }
  __m256d part = __builtin_shufflevector(x, x, 0, 1, 2, 3);
  if constexpr ((n & 4) != 0) {
    _mm256_storeu_pd(to, _mm256_loadu_pd(to) + part);
    part = __builtin_shufflevector(x, x, 4, 5, 6, 7);
    to += 4;
  }
  __m128d pair = _mm256_castpd256_pd128(part);
  if constexpr ((n & 2) != 0) {
    _mm_storeu_pd(to, _mm_loadu_pd(to) + pair);
    pair = _mm256_extractf128_pd(part, 1);
    to += 2;
  }
  if constexpr ((n & 1) != 0) *to += pair[0];
}
// Register r of x becomes lane r of all.
WENGERT_INLINE void Transpose(Register (&x)[8]) {
  constexpr __mmask8 kAll = kAllLanes;
  constexpr int kEven = 0x88, kOdd = 0xdd;  // halves 0 and 2, or 1 and 3, of both operands
  Register pair[8];
  for (int k = 0; k < 4; ++k) {
    pair[k] = _mm512_maskz_unpacklo_pd(kAll, x[2 * k], x[2 * k + 1]);
    pair[4 + k] = _mm512_maskz_unpackhi_pd(kAll, x[2 * k], x[2 * k + 1]);
  }
  for (int odd = 0; odd < 2; ++odd) {
    const Register* const p = pair + 4 * odd;
    const Register a = _mm512_maskz_shuffle_f64x2(kAll, p[0], p[1], kEven);
    const Register b = _mm512_maskz_shuffle_f64x2(kAll, p[2], p[3], kEven);
    const Register c = _mm512_maskz_shuffle_f64x2(kAll, p[0], p[1], kOdd);
    const Register d = _mm512_maskz_shuffle_f64x2(kAll, p[2], p[3], kOdd);
    x[odd] = _mm512_maskz_shuffle_f64x2(kAll, a, b, kEven);
    x[2 + odd] = _mm512_maskz_shuffle_f64x2(kAll, c, d, kEven);
    x[4 + odd] = _mm512_maskz_shuffle_f64x2(kAll, a, b, kOdd);
    x[6 + odd] = _mm512_maskz_shuffle_f64x2(kAll, c, d, kOdd);
  }
}

#else

using RegisterMask = Bits;
WENGERT_INLINE RegisterMask IsLess(Register a, Register b) { return a < b; }
WENGERT_INLINE RegisterMask IsLessEqual(Register a, Register b) { return a <= b; }
WENGERT_INLINE RegisterMask IsEqual(Register a, Register b) { return a == b; }
WENGERT_INLINE Register Select(RegisterMask where, Register a, Register b) { return where ? a : b; }
WENGERT_INLINE RegisterMask And(RegisterMask a, RegisterMask b) { return a & b; }
WENGERT_INLINE RegisterMask Or(RegisterMask a, RegisterMask b) { return a | b; }
WENGERT_INLINE RegisterMask Not(RegisterMask a) { return ~a; }

#if WENGERT_REGISTER_WIDTH == 4

WENGERT_INLINE Register Broadcast(double x) { return _mm256_set1_pd(x); }
WENGERT_INLINE Register Root(Register a) { return _mm256_sqrt_pd(a); }
WENGERT_INLINE Register TimesPlus(Register a, Register b, Register c) {
  return _mm256_fmadd_pd(a, b, c);
}
WENGERT_INLINE Register MinusTimes(Register c, Register a, Register b) {
  return _mm256_fnmadd_pd(a, b, c);
}
WENGERT_INLINE bool Any(RegisterMask a) {
  return _mm256_movemask_pd(reinterpret_cast<Register>(a)) != 0;
}
WENGERT_INLINE Register GatherRegister(const double* from, const uint32_t* index) {
  const __m128i lanes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(index));
  return _mm256_i64gather_pd(from, _mm256_cvtepu32_epi64(lanes), 8);
}
template <int n>
WENGERT_INLINE Register LoadFirst(const double* from) {
  if constexpr (n == 4) return LoadRegister(from);
  return _mm256_maskload_pd(from, _mm256_set_epi64x(0, n > 2 ? -1 : 0, n > 1 ? -1 : 0, -1));
}
template <int n>
WENGERT_INLINE void AddFirst(double* to, Register x) {
  if constexpr (n == 4) {
    StoreRegister(to, LoadRegister(to) + x);
    return;
  }
  if constexpr (n >= 2) _mm_storeu_pd(to, _mm_loadu_pd(to) + _mm256_castpd256_pd128(x));
  if constexpr ((n & 1) != 0) to[n - 1] += x[n - 1];
}
WENGERT_INLINE void Transpose(Register (&x)[4]) {
  const Register a = _mm256_unpacklo_pd(x[0], x[1]), b = _mm256_unpackhi_pd(x[0], x[1]);
  const Register c = _mm256_unpacklo_pd(x[2], x[3]), d = _mm256_unpackhi_pd(x[2], x[3]);
  x[0] = _mm256_permute2f128_pd(a, c, 0x20);
  x[1] = _mm256_permute2f128_pd(b, d, 0x20);
  x[2] = _mm256_permute2f128_pd(a, c, 0x31);
  x[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

#else

static_assert(kRegisterWidth == 2);
WENGERT_INLINE Register Broadcast(double x) { return Register{x, x}; }
WENGERT_INLINE Register Root(Register a) {
#if defined(__x86_64__)
  return _mm_sqrt_pd(a);
#else
  return Register{__builtin_sqrt(a[0]), __builtin_sqrt(a[1])};
#endif
}
WENGERT_INLINE Register TimesPlus(Register a, Register b, Register c) { return a * b + c; }
WENGERT_INLINE Register MinusTimes(Register c, Register a, Register b) { return c - a * b; }
WENGERT_INLINE bool Any(RegisterMask a) {
#if defined(__x86_64__)
  return _mm_movemask_pd(reinterpret_cast<Register>(a)) != 0;
#else
  return (a[0] | a[1]) != 0;
#endif
}
WENGERT_INLINE Register GatherRegister(const double* from, const uint32_t* index) {
  return Register{from[index[0]], from[index[1]]};
}
template <int n>
WENGERT_INLINE Register LoadFirst(const double* from) {
  if constexpr (n == 2) return LoadRegister(from);
  return Register{from[0], 0.0};
}
template <int n>
WENGERT_INLINE void AddFirst(double* to, Register x) {
  for (int j = 0; j < n; ++j) to[j] += x[j];
}
WENGERT_INLINE void Transpose(Register (&x)[2]) {
  const Register first = {x[0][0], x[1][0]};
  x[1] = Register{x[0][1], x[1][1]};
  x[0] = first;
}

#endif
#endif

}  // namespace
}  // namespace wengert

#endif  // WENGERT_OPS_REGISTERS_H_
