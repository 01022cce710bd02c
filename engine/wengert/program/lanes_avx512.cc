#define WENGERT_REGISTER_WIDTH 8

#include "wengert/program/lane_chain.h"
#include "wengert/program/lane_run.h"
#include "wengert/program/lane_widths.h"

namespace wengert::program {

void RunAvx512(const uint32_t* begin, const uint32_t* end, LaneContext& context) {
  Run(begin, end, context);
}

void ChainAvx512(const ChainStreams& streams, size_t count, bool adds) {
  RunChain(streams, count, adds);
}

bool CopyAvx512(const double* from, double scale, size_t n, double* to) {
  return Copy(from, scale, n, to);
}

}  // namespace wengert::program
