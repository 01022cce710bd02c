#ifndef WENGERT_PROGRAM_LANE_WIDTHS_H_
#define WENGERT_PROGRAM_LANE_WIDTHS_H_

// The functions of LaneKernels of each SIMD width, each in a file that is compiled for it. Only
// lane_kernels.cc knows on which machines they may be called.

#include <cstddef>
#include <cstdint>

#include "wengert/program/lane_kernels.h"

namespace wengert::program {

void RunBaseline(const uint32_t* begin, const uint32_t* end, LaneContext& context);
void RunAvx2(const uint32_t* begin, const uint32_t* end, LaneContext& context);
void RunAvx512(const uint32_t* begin, const uint32_t* end, LaneContext& context);

void ChainBaseline(const ChainStreams& streams, size_t count, bool adds);
void ChainAvx2(const ChainStreams& streams, size_t count, bool adds);
void ChainAvx512(const ChainStreams& streams, size_t count, bool adds);

bool CopyBaseline(const double* from, double scale, size_t n, double* to);
bool CopyAvx2(const double* from, double scale, size_t n, double* to);
bool CopyAvx512(const double* from, double scale, size_t n, double* to);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_WIDTHS_H_
