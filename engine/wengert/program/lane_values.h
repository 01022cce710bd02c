#ifndef WENGERT_PROGRAM_LANE_VALUES_H_
#define WENGERT_PROGRAM_LANE_VALUES_H_

// The instructions that go through a block pack by pack: values, partials, reductions, tables,
// checks.

#include "wengert/program/lane_block.h"

namespace wengert::program {
namespace {

// y = f(operands) for every pack; y's word and those of the n operands stand from `at` on.
template <int n, class F>
WENGERT_INLINE const uint32_t* ForEachPack(const uint32_t* at, const Block& block, F f) {
  Place y = FindPlace(block, at[0]);
  Place x[n];
  Unrolled<n>([&](int k) WENGERT_INLINE_LAMBDA { x[k] = FindPlace(block, at[1 + k]); });
  for (int v = IsFixed(at[0]) ? 1 : block.packs; v > 0; --v) {
    Store(y.at, f(x));
    y.at += y.step;
    Unrolled<n>([&](int k) WENGERT_INLINE_LAMBDA { x[k].at += x[k].step; });
  }
  return at + 1 + n;
}

template <Op op>
const uint32_t* RunValue(const uint32_t* at, Block& block) {
  constexpr int arity = Rule<op>::arity;
  return ForEachPack<arity>(at + 1, block, [](const Place* x) WENGERT_INLINE_LAMBDA {
    if constexpr (arity == 1) return Pack::Apply<op>(Load(x[0].at));
    if constexpr (arity == 2) return Pack::Apply<op>(Load(x[0].at), Load(x[1].at));
    if constexpr (arity == 3) {
      return Pack::Apply<op>(Load(x[0].at), Load(x[1].at), Load(x[2].at));
    }
  });
}

template <Op op, int k>
const uint32_t* RunPartial(const uint32_t* at, Block& block) {
  using R = Rule<op>;
  return ForEachPack<R::arity + 1>(at + 1, block, [](const Place* x) WENGERT_INLINE_LAMBDA {
    const Pack a = Load(x[0].at), b = Load(x[1].at);
    if constexpr (R::arity == 1) return R::template Partial<k>(a, b);
    if constexpr (R::arity == 2) return R::template Partial<k>(a, b, Load(x[2].at));
    if constexpr (R::arity == 3) {
      return R::template Partial<k>(a, b, Load(x[2].at), Load(x[3].at));
    }
  });
}

template <Op op>
const uint32_t* RunReduce(const uint32_t* at, Block& block) {
  double* const s = AddressOf(block, at[1]);
  Place x = FindPlace(block, at[2]);
  Pack so_far = Load(s);
  for (int v = block.packs - 1; v > 0; --v, x.at += x.step) {
    so_far = Pack::Apply<op>(so_far, Load(x.at));
  }
  Store(s, Select(block.tail, Pack::Apply<op>(so_far, Load(x.at)), so_far));
  return at + 3;
}

// Pack v of the block that is executed, as a table has it.
struct TablePack {
  const uint32_t* index;
  int lanes;        // valid ones
  bool contiguous;  // whether index[0] ... index[7] are consecutive
};

WENGERT_INLINE TablePack FindPack(const LaneTable& table, const Block& block, int v) {
  const uint64_t first = block.context.first + static_cast<uint64_t>(v) * kPackWidth;
  const int lanes = block.lanes - v * kPackWidth;
  const bool contiguous =
      table.contiguous != nullptr && lanes >= kPackWidth && table.contiguous[first / kPackWidth];
  return {table.index + first, lanes < kPackWidth ? lanes : kPackWidth, contiguous};
}

inline const uint32_t* RunGather(const uint32_t* at, Block& block) {
  const LaneTable& table = block.context.tables[at[2]];
  double* y = AddressOf(block, at[1]);
  for (int v = 0; v < block.packs; ++v, y += kPackWidth) {
    const TablePack pack = FindPack(table, block, v);
    if (pack.contiguous) {
      Store(y, Load(table.array + pack.index[0]));
    } else if (pack.lanes == kPackWidth) {
      Store(y, Gather(table.array, pack.index));
    } else {
      for (int k = 0; k < pack.lanes; ++k) y[k] = table.array[pack.index[k]];
    }
  }
  return at + 3;
}

inline const uint32_t* RunScatterAdd(const uint32_t* at, Block& block) {
  const LaneTable& table = block.context.tables[at[1]];
  Place x = FindPlace(block, at[2]);
  for (int v = 0; v < block.packs; ++v, x.at += x.step) {
    const TablePack pack = FindPack(table, block, v);
    if (pack.contiguous) {
      double* const to = table.array + pack.index[0];
      Store(to, Plus(Load(to), Load(x.at)));
    } else {
      for (int k = 0; k < pack.lanes; ++k) table.array[pack.index[k]] += x.at[k];
    }
  }
  return at + 3;
}

inline const uint32_t* RunCheck(const uint32_t* at, Block& block) {
  Place a = FindPlace(block, at[1]), b = FindPlace(block, at[2]);
  Mask differs = Not(IsEqual(Pack(0.0), Pack(0.0)));
  for (int v = block.packs - 1; v > 0; --v, a.at += a.step, b.at += b.step) {
    differs = Or(differs, Not(IsEqual(Load(a.at), Load(b.at))));
  }
  differs = Or(differs, And(block.tail, Not(IsEqual(Load(a.at), Load(b.at)))));
  block.context.mismatch |= Any(differs);
  return at + 3;
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_VALUES_H_
