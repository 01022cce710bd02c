#ifndef WENGERT_PROGRAM_BATCH_BODY_H_
#define WENGERT_PROGRAM_BATCH_BODY_H_

// A whole recording as the body of a loop over points: points are one more outer loop.
//
//   leaf j      x_j at the point, a column, for j < n; the tape's other independents are uniforms
//   root j      the gradient's component j, for j < n
//   root n      y
//   root n + 1  1 where every guard held and all of the above is finite, else 0 or NaN
//
// Nothing is carried or summed from point to point, so what comes out at a point is the same
// whatever its neighbours are.

#include <cstdint>

#include "wengert/program/blocks.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

BlockBody BatchBody(const Tape& tape, uint32_t n, Operand dependent);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BATCH_BODY_H_
