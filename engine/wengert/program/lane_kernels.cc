#include "wengert/program/lane_kernels.h"

#include <cstddef>

#include "wengert/program/lane_widths.h"

namespace wengert::program {
namespace {

constexpr LaneKernels kKernels[] = {
    {Isa::kBaseline, "baseline", RunBaseline, ChainBaseline, CopyBaseline},
#if defined(WENGERT_X86_LANES)
    {Isa::kAvx2, "AVX2", RunAvx2, ChainAvx2, CopyAvx2},
    {Isa::kAvx512, "AVX-512", RunAvx512, ChainAvx512, CopyAvx512},
#endif
};

// Every width needs the narrower ones, too, so those that run are the first of kKernels.
size_t CountAvailable() {
#if defined(WENGERT_X86_LANES)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (!avx2) return 1;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  return avx512 ? 3 : 2;
#else
  return 1;
#endif
}

}  // namespace

absl::Span<const LaneKernels> AvailableKernels() {
  static const size_t count = CountAvailable();
  return {kKernels, count};
}

const LaneKernels& BestKernels() { return AvailableKernels().back(); }

}  // namespace wengert::program
