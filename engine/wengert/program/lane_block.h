#ifndef WENGERT_PROGRAM_LANE_BLOCK_H_
#define WENGERT_PROGRAM_LANE_BLOCK_H_

// What the instructions of a lane program share: the block they are executed on, and where the
// vectors that their words name stand in it. Internal to the files that are compiled once for each
// SIMD width, like everything of ops/registers.h.

#include "wengert/ops/lane_functions.h"
#include "wengert/program/words.h"

namespace wengert::program {
namespace {

static_assert(kPackLanes == kPackWidth);

struct Block {
  LaneContext& context;
  int packs;  // those that hold a valid lane
  int lanes;
  Mask tail;  // the valid lanes of the last pack
};

// Executes the instruction at `at` and returns where the next one is.
using Handler = const uint32_t* (*)(const uint32_t* at, Block& block);

struct Place {
  double* at;
  ptrdiff_t step;  // to the next pack
};

WENGERT_INLINE bool IsFixed(uint32_t word) { return (word >> 31) != 0; }

WENGERT_INLINE double* AddressOf(const Block& block, uint32_t word) {
  return block.context.bases[(word >> 20) & (kMaxBases - 1)] +
         size_t{kPackWidth} * (word & (kMaxOffset - 1));
}

// What `word` names as a number for all lanes.
WENGERT_INLINE Pack NumberAt(const Block& block, uint32_t word) {
  return block.context.bases[(word >> 20) & (kMaxBases - 1)][word & (kMaxOffset - 1)];
}

WENGERT_INLINE Place FindPlace(const Block& block, uint32_t word) {
  return {AddressOf(block, word), IsFixed(word) ? 0 : kPackWidth};
}

// f(0) ... f(n - 1), unrolled.
template <int n, class F>
WENGERT_INLINE void Unrolled(F f) {
  if constexpr (n > 0) {
    Unrolled<n - 1>(f);
    f(n - 1);
  }
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_BLOCK_H_
