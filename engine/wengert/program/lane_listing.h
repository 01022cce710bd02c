#ifndef WENGERT_PROGRAM_LANE_LISTING_H_
#define WENGERT_PROGRAM_LANE_LISTING_H_

#include <string>

#include "wengert/program/lower.h"

namespace wengert::program {

// The instructions of a lowered body, one a line:
//
//   s0 = sum +u0 -c1*c1 +x2         slots s, columns c, constants as numbers, uniforms u (by leaf),
//   a0 += sum +s0*c1                accumulators a, streams x
//   s1 = exp s0
std::string LaneListing(const LoweredBody& body);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_LISTING_H_
