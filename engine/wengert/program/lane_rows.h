#ifndef WENGERT_PROGRAM_LANE_ROWS_H_
#define WENGERT_PROGRAM_LANE_ROWS_H_

// Rows of a few cells that stand side by side, as the fields of a record or the coordinates of a
// point: an iteration's row is loaded as a vector, and as many rows as a register has lanes are
// transposed into operands. A gather takes a load for each number.

#include "wengert/program/lane_values.h"

namespace wengert::program {
namespace {

// f(c, m) for the columns c ... c + m - 1 of n, a register's width at a time. m is a constant.
template <int n, int c = 0, class F>
WENGERT_INLINE void ForColumns(F f) {
  if constexpr (c < n) {
    constexpr int m = n - c < kRegisterWidth ? n - c : kRegisterWidth;
    f.template operator()<c, m>();
    ForColumns<n, c + m>(f);
  }
}

template <int n>
const uint32_t* GatherRows(const uint32_t* at, Block& block) {
  const LaneTable& table = block.context.tables[*at++];
  double* y[n];
  Unrolled<n>([&](int j) WENGERT_INLINE_LAMBDA { y[j] = AddressOf(block, at[j]); });
  for (int v = 0; v < block.packs; ++v) {
    const TablePack pack = FindPack(table, block, v);
    const int lane0 = v * kPackWidth;
    if (pack.lanes < kPackWidth) {
      for (int k = 0; k < pack.lanes; ++k) {
        const double* const row = table.array + pack.index[k];
        for (int j = 0; j < n; ++j) y[j][lane0 + k] = row[j];
      }
      continue;
    }
    for (int part = 0; part < kPackWidth; part += kRegisterWidth) {
      ForColumns<n>([&]<int c, int m>() WENGERT_INLINE_LAMBDA {
        Register x[kRegisterWidth];
        Unrolled<kRegisterWidth>([&](int k) WENGERT_INLINE_LAMBDA {
          x[k] = LoadFirst<m>(table.array + pack.index[part + k] + c);
        });
        Transpose(x);
        Unrolled<m>([&](int j)
                        WENGERT_INLINE_LAMBDA { StoreRegister(y[c + j] + lane0 + part, x[j]); });
      });
    }
  }
  return at + n;
}

template <int n>
const uint32_t* ScatterAddRows(const uint32_t* at, Block& block) {
  const LaneTable& table = block.context.tables[*at++];
  Place x[n];
  Unrolled<n>([&](int j) WENGERT_INLINE_LAMBDA { x[j] = FindPlace(block, at[j]); });
  for (int v = 0; v < block.packs; ++v) {
    const TablePack pack = FindPack(table, block, v);
    if (pack.lanes < kPackWidth) {
      for (int k = 0; k < pack.lanes; ++k) {
        double* const row = table.array + pack.index[k];
        for (int j = 0; j < n; ++j) row[j] += x[j].at[k];
      }
    } else {
      for (int part = 0; part < kPackWidth; part += kRegisterWidth) {
        Register rows[(n + kRegisterWidth - 1) / kRegisterWidth][kRegisterWidth] = {};
        ForColumns<n>([&]<int c, int m>() WENGERT_INLINE_LAMBDA {
          Register(&row)[kRegisterWidth] = rows[c / kRegisterWidth];
          Unrolled<m>([&](int j)
                          WENGERT_INLINE_LAMBDA { row[j] = LoadRegister(x[c + j].at + part); });
          Transpose(row);
        });
        // A row after the other, as they may overlap.
        Unrolled<kRegisterWidth>([&](int k) WENGERT_INLINE_LAMBDA {
          double* const to = table.array + pack.index[part + k];
          ForColumns<n>([&]<int c, int m>() WENGERT_INLINE_LAMBDA {
            AddFirst<m>(to + c, rows[c / kRegisterWidth][k]);
          });
        });
      }
    }
    Unrolled<n>([&](int j) WENGERT_INLINE_LAMBDA { x[j].at += x[j].step; });
  }
  return at + n;
}

using RowHandler = const uint32_t* (*)(const uint32_t* at, Block& block);

template <int... n>
struct RowHandlers {
  static constexpr RowHandler kGather[] = {GatherRows<n>...};
  static constexpr RowHandler kScatterAdd[] = {ScatterAddRows<n>...};
};
using AllRowHandlers = RowHandlers<2, 3, 4, 5, 6, 7, 8>;
static_assert(kPackWidth == 8);

inline const uint32_t* RunGatherRows(const uint32_t* at, Block& block) {
  return AllRowHandlers::kGather[at[1] - 2](at + 2, block);
}
inline const uint32_t* RunScatterAddRows(const uint32_t* at, Block& block) {
  return AllRowHandlers::kScatterAdd[at[1] - 2](at + 2, block);
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_ROWS_H_
