#ifndef WENGERT_PROGRAM_LANE_KERNELS_H_
#define WENGERT_PROGRAM_LANE_KERNELS_H_

// The instructions of words.h, compiled once for each SIMD width; which of them this machine can
// run is found out at run time.

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "wengert/program/words.h"

namespace wengert::program {

// In order of width. kBaseline is what every x86-64 (or other) machine has; its products are
// rounded before they are added, so its sums differ from the others' in the last bits. kAvx2 and
// kAvx512 give the same bits.
enum class Isa { kBaseline, kAvx2, kAvx512 };

// Where a linear recurrence finds its numbers: those of iteration 0, and how far it is to the next.
struct ChainStreams {
  const double* coefficient;
  const double* rest;
  const double* from;  // x[-1]
  double* to;          // x[0]
  ptrdiff_t coefficient_step, rest_step, step;
};

struct LaneKernels {
  Isa isa;
  const char* name;
  // Executes the instructions from `begin` to `end` on one block.
  void (*run)(const uint32_t* begin, const uint32_t* end, LaneContext& context);
  // x[k] = coefficient[k] x[k-1] + rest[k], for k < count; or that added to x[k]. Taken four at a
  // time where that keeps the digits (lane_chain.h); sums are those of the recurrence, to the bit.
  void (*chain)(const ChainStreams& streams, size_t count, bool adds);
  // to[i] = scale * from[i], n times; answers whether all of it is finite.
  bool (*copy)(const double* from, double scale, size_t n, double* to);
};

// What this machine can run, the narrowest first.
absl::Span<const LaneKernels> AvailableKernels();
// The widest of them.
const LaneKernels& BestKernels();

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_KERNELS_H_
