#ifndef WENGERT_PROGRAM_LANE_SUMS_H_
#define WENGERT_PROGRAM_LANE_SUMS_H_

// The sums of products, on blocks of `packs` packs. What bounds a lane program is the stream of its
// instructions, so a sum of any length is one instruction, and a term is decoded once for as many
// packs as there are registers for: their sums stay in registers to the end.

#include "wengert/program/lane_block.h"

namespace wengert::program {
namespace {

// How many packs are summed at once: all of a block in 16 registers of AVX-512's 32, as many as fit
// beside a term's operands in the 16 of AVX2 and SSE2. Even, so that a chunk starts at an even
// pack.
inline constexpr int kChunk = kRegisterWidth == 8 ? kMaxPacks : kRegisterWidth == 4 ? 6 : 2;

// What a sum starts with, and what a dead lane adds to one: x + -0 is x, for x = -0 as well.
inline constexpr double kNothing = -0.0;

inline constexpr int kCounts = 6;

template <int n>
struct Sums {
  Pack of[n];
};

WENGERT_INLINE double* PackAddress(const Block& block, uint32_t word, int first) {
  return AddressOf(block, word) + ptrdiff_t{first} * kPackWidth;
}

// sums = f(sums, x) for packs first ... first + n - 1 of x.
template <int n, class F>
WENGERT_INLINE void AddEach(const Block& block, uint32_t x_word, int first, Sums<n>& sums, F f) {
  if (IsFixed(x_word)) {
    const Pack x = Load(AddressOf(block, x_word));
    Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { sums.of[v] = f(sums.of[v], x); });
  } else {
    const double* const x = PackAddress(block, x_word, first);
    Unrolled<n>(
        [&](int v) WENGERT_INLINE_LAMBDA { sums.of[v] = f(sums.of[v], Load(x + v * kPackWidth)); });
  }
}

// sums = f(sums, x, y), where x and y commute.
template <int n, class F>
WENGERT_INLINE void AddEachProduct(const Block& block, uint32_t x_word, uint32_t y_word, int first,
                                   Sums<n>& sums, F f) {
  if (!IsFixed(x_word | y_word)) {
    const double* const x = PackAddress(block, x_word, first);
    const double* const y = PackAddress(block, y_word, first);
    Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA {
      sums.of[v] = f(sums.of[v], Load(x + v * kPackWidth), Load(y + v * kPackWidth));
    });
  } else {
    const bool swap = !IsFixed(y_word);
    const Pack y = Load(AddressOf(block, swap ? x_word : y_word));
    AddEach<n>(block, swap ? y_word : x_word, first, sums,
               [&](const Pack& sum, const Pack& x) WENGERT_INLINE_LAMBDA { return f(sum, x, y); });
  }
}

// The sum that `counts` describes, for packs first ... first + n - 1 of the block.
template <int n>
WENGERT_INLINE Sums<n> SumTerms(const Block& block, const uint32_t* counts, int first) {
  const auto plus_product = [](const Pack& s, const Pack& x, const Pack& y)
                                WENGERT_INLINE_LAMBDA { return TimesPlus(x, y, s); };
  const auto minus_product = [](const Pack& s, const Pack& x, const Pack& y)
                                 WENGERT_INLINE_LAMBDA { return MinusTimes(s, x, y); };
  const auto plus = [](const Pack& s, const Pack& x) WENGERT_INLINE_LAMBDA { return Plus(s, x); };
  const auto minus = [](const Pack& s, const Pack& x) WENGERT_INLINE_LAMBDA { return Minus(s, x); };
  Sums<n> sums;
  Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { sums.of[v] = kNothing; });
  const uint32_t* at = counts + kCounts;
  for (uint32_t k = counts[0]; k > 0; --k, at += 2) {
    AddEachProduct<n>(block, at[0], at[1], first, sums, plus_product);
  }
  for (uint32_t k = counts[1]; k > 0; --k, at += 2) {
    AddEachProduct<n>(block, at[0], at[1], first, sums, minus_product);
  }
  for (uint32_t k = counts[2]; k > 0; --k, at += 2) {
    const Pack u = NumberAt(block, at[1]);
    AddEach<n>(block, at[0], first, sums, [&](const Pack& s, const Pack& x) WENGERT_INLINE_LAMBDA {
      return TimesPlus(x, u, s);
    });
  }
  for (uint32_t k = counts[3]; k > 0; --k) AddEach<n>(block, *at++, first, sums, plus);
  for (uint32_t k = counts[4]; k > 0; --k) AddEach<n>(block, *at++, first, sums, minus);
  for (uint32_t k = counts[5]; k > 0; --k) {
    const Pack u = NumberAt(block, *at++);
    Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { sums.of[v] = Plus(sums.of[v], u); });
  }
  return sums;
}

WENGERT_INLINE const uint32_t* EndOfTerms(const uint32_t* counts) {
  return counts + kCounts + 2 * (counts[0] + counts[1] + counts[2]) + counts[3] + counts[4] +
         counts[5];
}

// f(first, sums) for chunks of at most kChunk packs, in order.
template <int packs, class F>
WENGERT_INLINE void ForEachChunk(const Block& block, const uint32_t* counts, F f) {
  constexpr int kRest = packs % kChunk;
  for (int first = 0; first + kChunk <= packs; first += kChunk) {
    f(first, SumTerms<kChunk>(block, counts, first));
  }
  if constexpr (kRest > 0) f(packs - kRest, SumTerms<kRest>(block, counts, packs - kRest));
}

template <int packs>
const uint32_t* RunSum(const uint32_t* at, Block& block) {
  if constexpr (packs > 1) {
    if (IsFixed(at[1])) return RunSum<1>(at, block);
  }
  double* const y = AddressOf(block, at[1]);
  ForEachChunk<packs>(
      block, at + 2, [&]<int n>(int first, const Sums<n>& sums) WENGERT_INLINE_LAMBDA {
        double* const to = y + ptrdiff_t{first} * kPackWidth;
        Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { Store(to + v * kPackWidth, sums.of[v]); });
      });
  return EndOfTerms(at + 2);
}

template <int packs>
const uint32_t* RunAddSum(const uint32_t* at, Block& block) {
  double* const y = AddressOf(block, at[1]);
  ForEachChunk<packs>(
      block, at + 2, [&]<int n>(int first, const Sums<n>& sums) WENGERT_INLINE_LAMBDA {
        double* const to = y + ptrdiff_t{first} * kPackWidth;
        Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA {
          const Pack before = Load(to + v * kPackWidth);
          const Pack after = Plus(before, sums.of[v]);
          const bool is_last = first + v == packs - 1;
          Store(to + v * kPackWidth, is_last ? Select(block.tail, after, before) : after);
        });
      });
  return EndOfTerms(at + 2);
}

template <int packs>
const uint32_t* RunAccumulate(const uint32_t* at, Block& block) {
  double* const s = AddressOf(block, at[1]);
  Pack even = kNothing, odd = kNothing;
  ForEachChunk<packs>(
      block, at + 2, [&]<int n>(int first, const Sums<n>& sums) WENGERT_INLINE_LAMBDA {
        Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA {
          Pack& half = v % 2 == 0 ? even : odd;
          const bool is_last = first + v == packs - 1;
          half = Plus(half, is_last ? Select(block.tail, sums.of[v], kNothing) : sums.of[v]);
        });
      });
  Store(s, Plus(Load(s), Plus(even, odd)));
  return EndOfTerms(at + 2);
}

template <int packs>
const uint32_t* RunAccumulateProducts(const uint32_t* at, Block& block) {
  const Place x_place = FindPlace(block, at[1]);
  Pack x[packs];
  Unrolled<packs>([&](int v) WENGERT_INLINE_LAMBDA { x[v] = Load(x_place.at + v * x_place.step); });
  uint32_t n = at[2];
  for (at += 3; n > 0; --n, at += 2) {
    const Place y = FindPlace(block, at[0]);
    double* const s = AddressOf(block, at[1]);
    Pack even = kNothing, odd = kNothing;
    Unrolled<packs>([&](int v) WENGERT_INLINE_LAMBDA {
      Pack& half = v % 2 == 0 ? even : odd;
      const Pack sum = TimesPlus(x[v], Load(y.at + v * y.step), half);
      half = v == packs - 1 ? Select(block.tail, sum, half) : sum;
    });
    Store(s, Plus(Load(s), Plus(even, odd)));
  }
  return at;
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_SUMS_H_
