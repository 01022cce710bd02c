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

// sums = f(sums, x, u), where u is one number.
template <int n, class F>
WENGERT_INLINE void AddEachScaled(const Block& block, uint32_t x_word, uint32_t u_word, int first,
                                  Sums<n>& sums, F f) {
  const Pack u = NumberAt(block, u_word);
  AddEach<n>(block, x_word, first, sums,
             [&](const Pack& sum, const Pack& x) WENGERT_INLINE_LAMBDA { return f(sum, x, u); });
}

template <int n, class F>
WENGERT_INLINE void AddNumber(const Pack& u, Sums<n>& sums, F f) {
  Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { sums.of[v] = f(sums.of[v], u); });
}

// The sum of the groups at `at`, which moves behind them, for packs first ... first + n - 1 of the
// block.
template <int n>
WENGERT_INLINE Sums<n> SumGroups(const Block& block, const uint32_t*& at, int first) {
  const auto plus_product = [](const Pack& s, const Pack& x, const Pack& y)
                                WENGERT_INLINE_LAMBDA { return TimesPlus(x, y, s); };
  const auto minus_product = [](const Pack& s, const Pack& x, const Pack& y)
                                 WENGERT_INLINE_LAMBDA { return MinusTimes(s, x, y); };
  const auto plus = [](const Pack& s, const Pack& x) WENGERT_INLINE_LAMBDA { return Plus(s, x); };
  const auto minus = [](const Pack& s, const Pack& x) WENGERT_INLINE_LAMBDA { return Minus(s, x); };
  Sums<n> sums;
  Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { sums.of[v] = kNothing; });
  for (uint32_t groups = *at++; groups > 0; --groups) {
    const uint32_t group = *at++;
    uint32_t k = group / 8;
    switch (group % 8) {
      case kXY:
        for (; k > 0; --k, at += 2) {
          AddEachProduct<n>(block, at[0], at[1], first, sums, plus_product);
        }
        break;
      case kMinusXY:
        for (; k > 0; --k, at += 2) {
          AddEachProduct<n>(block, at[0], at[1], first, sums, minus_product);
        }
        break;
      case kXU:
        for (; k > 0; --k, at += 2) {
          AddEachScaled<n>(block, at[0], at[1], first, sums, plus_product);
        }
        break;
      case kMinusXU:
        for (; k > 0; --k, at += 2) {
          AddEachScaled<n>(block, at[0], at[1], first, sums, minus_product);
        }
        break;
      case kX:
        for (; k > 0; --k) AddEach<n>(block, *at++, first, sums, plus);
        break;
      case kMinusX:
        for (; k > 0; --k) AddEach<n>(block, *at++, first, sums, minus);
        break;
      case kU:
        for (; k > 0; --k) AddNumber<n>(NumberAt(block, *at++), sums, plus);
        break;
      default:
        for (; k > 0; --k) AddNumber<n>(NumberAt(block, *at++), sums, minus);
    }
  }
  return sums;
}

// f(first, sums) for chunks of at most kChunk packs, in order; answers where the terms end. The
// sums are given to f as they come: g++ 12 keeps those that have a name in memory.
template <int packs, class F>
WENGERT_INLINE const uint32_t* ForEachChunk(const Block& block, const uint32_t* groups, F f) {
  constexpr int kRest = packs % kChunk;
  const uint32_t* at = groups;
  for (int first = 0; first + kChunk <= packs; first += kChunk) {
    at = groups;
    f(first, SumGroups<kChunk>(block, at, first));
  }
  if constexpr (kRest > 0) {
    at = groups;
    f(packs - kRest, SumGroups<kRest>(block, at, packs - kRest));
  }
  return at;
}

template <int packs>
const uint32_t* RunSum(const uint32_t* at, Block& block) {
  if constexpr (packs > 1) {
    if (IsFixed(at[1])) return RunSum<1>(at, block);
  }
  double* const y = AddressOf(block, at[1]);
  return ForEachChunk<packs>(
      block, at + 2, [&]<int n>(int first, const Sums<n>& sums) WENGERT_INLINE_LAMBDA {
        double* const to = y + ptrdiff_t{first} * kPackWidth;
        Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA { Store(to + v * kPackWidth, sums.of[v]); });
      });
}

template <int packs>
const uint32_t* RunAddSum(const uint32_t* at, Block& block) {
  double* const y = AddressOf(block, at[1]);
  return ForEachChunk<packs>(
      block, at + 2, [&]<int n>(int first, const Sums<n>& sums) WENGERT_INLINE_LAMBDA {
        double* const to = y + ptrdiff_t{first} * kPackWidth;
        Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA {
          const Pack before = Load(to + v * kPackWidth);
          const Pack after = Plus(before, sums.of[v]);
          const bool is_last = first + v == packs - 1;
          Store(to + v * kPackWidth, is_last ? Select(block.tail, after, before) : after);
        });
      });
}

template <int packs>
const uint32_t* RunAccumulate(const uint32_t* at, Block& block) {
  double* const s = AddressOf(block, at[1]);
  Pack even = kNothing, odd = kNothing;
  const uint32_t* const end = ForEachChunk<packs>(
      block, at + 2, [&]<int n>(int first, const Sums<n>& sums) WENGERT_INLINE_LAMBDA {
        Unrolled<n>([&](int v) WENGERT_INLINE_LAMBDA {
          Pack& half = v % 2 == 0 ? even : odd;
          const bool is_last = first + v == packs - 1;
          half = Plus(half, is_last ? Select(block.tail, sums.of[v], kNothing) : sums.of[v]);
        });
      });
  Store(s, Plus(Load(s), Plus(even, odd)));
  return end;
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
