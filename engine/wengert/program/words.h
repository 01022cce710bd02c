#ifndef WENGERT_PROGRAM_WORDS_H_
#define WENGERT_PROGRAM_WORDS_H_

// The code of a lane program. A loop is executed a block of iterations at a time, each instruction
// once a block. Eight iterations are a pack; a block is at most kMaxPacks of them. The unit is the
// same for every SIMD width (a pack is one register of AVX-512, two of AVX2, four of SSE2), and the
// order of every sum is defined in packs, so the width of the machine doesn't show in the results.
//
// An instruction is a row of 32-bit words, its code first. Where a vector stands is a *place*:
//
//     31      30 .. 20      19 .. 0
//   +-------+-------------+---------------------+
//   | fixed | base        | offset in packs     |    bases[base] + 8 * offset doubles; pack v of
//   +-------+-------------+---------------------+    the block is 8 v further on, but for a fixed
//                                                    place: the same pack for the whole block
//
//   kValue + op                 y  a [b [c]]         y = op(a, ...)
//   kPartial + 3 op + k         p  a [b [c]]  y      p = partial k of op at (a, ...), y its value
//   kReduce + op                s  x                 s = op(s, x) in one pack, over the packs of x
//   kSum                        y  n  terms          y = a sum of products, in n groups
//   kAddSum                     y  n  terms          y = y + the sum, in the valid lanes only
//   kAccumulate                 s  n  terms          s = s + the sum, folded into one pack
//   kAccumulateProducts         x  n  (y s) ...      s = s + x y folded into one pack, n times
//   kGather                     y  table             y = array[index[first + lane]]
//   kScatterAdd                 table  x             array[index[first + lane]] += x, by lane
//   kGatherRows                 n  table  y ...      y_j = array[index[first + lane] + j]
//   kScatterAddRows             n  table  x ...      array[index[first + lane] + j] += x_j
//   kCheck                      a  b                 notes in the context whether a == b throughout
//
// A group of terms begins with a word 8 count + kind; so many terms of the kind follow, with these
// operands:
//
//   kXY: +x*y     kXU: +x*u     kX: +x     kU: +u     and with a minus sign kMinusXY ...
//
// u is one number for all lanes: a fixed place whose offset counts doubles, not packs. Each product
// is joined to the sum by one fma where the machine has it. kReduce, kAccumulate, its products,
// what scatters and kCheck take the valid lanes only: what a dead lane holds is never seen. A NaN
// is no match for kCheck. A row has n cells, 2 to 8; rows are added to lane by lane.
//
// Every sum has one order on every machine. A lane's terms are added in the order of the words, to
// -0, so that a single term is itself, sign of zero included. Folding adds the even packs of a
// block, in order, to -0, the odd ones likewise, and then both:
//
//   s = s + (((x0 + x2) + x4 ...) + ((x1 + x3) + x5 ...))
//
// kReduce goes through the packs in order. Whatever then adds the 8 lanes of s has an order of its
// own.
//
// y may stand where an operand stands, but may not overlap one otherwise. Where y is fixed, kValue,
// kPartial and kSum compute one pack, from the first of each operand; kAddSum and what gathers need
// a moving y.

#include <cstdint>

#include "wengert/ops/op.h"

namespace wengert::program {

inline constexpr int kPackWidth = 8;
inline constexpr int kMaxPacks = 16;
inline constexpr uint32_t kMaxBases = 2048;
inline constexpr uint32_t kMaxOffset = 1u << 20;

constexpr uint32_t PlaceOf(uint32_t base, uint32_t offset_in_packs) {
  return base << 20 | offset_in_packs;
}
constexpr uint32_t FixedPlaceOf(uint32_t base, uint32_t offset_in_packs) {
  return uint32_t{1} << 31 | PlaceOf(base, offset_in_packs);
}

enum TermKind : uint32_t { kXY, kMinusXY, kXU, kMinusXU, kX, kMinusX, kU, kMinusU };

constexpr uint32_t GroupOf(TermKind kind, uint32_t count) { return 8 * count + kind; }

enum LaneCode : uint32_t {
  kValue = 0,
  kPartial = kValue + kOpCount,
  kReduce = kPartial + 3 * kOpCount,
  kSum = kReduce + kOpCount,
  kAddSum,
  kAccumulate,
  kAccumulateProducts,
  kGather,
  kScatterAdd,
  kGatherRows,
  kScatterAddRows,
  kCheck,
  kLaneCodeCount,
};

// Where iteration k finds its operand, or adds to: array[index[k]].
struct LaneTable {
  const uint32_t* index = nullptr;
  double* array = nullptr;
  // Of each pack of iterations 8 k ... 8 k + 7: not 0 if its indices are consecutive, so that it is
  // loaded, or added to, as a vector. Null: none is known to be. With it, first is a multiple of 8.
  const uint8_t* contiguous = nullptr;
};

// What a block of iterations is executed on.
struct LaneContext {
  double* bases[kMaxBases];
  const LaneTable* tables = nullptr;
  uint64_t first = 0;     // the block's first iteration
  int packs = 0;          // of this block, 1 .. kMaxPacks
  int lanes = 0;          // valid ones; 8 * packs but for a loop's last block
  bool mismatch = false;  // whether a kCheck failed
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_WORDS_H_
