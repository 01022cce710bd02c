#ifndef WENGERT_PROGRAM_RUN_H_
#define WENGERT_PROGRAM_RUN_H_

// A loop that a recording unrolled: `count` iterations of `period` nodes each, from node `first`.
// Iteration k is the nodes first + k * period + p, p = 0 .. period - 1; the operations are the same
// in every iteration, and so is what each operand is:
//
//   local      the node at another position p' < p of the same iteration
//   external   a constant, or a node before `first`: any in each iteration
//   carried    the value of a sum that goes through the iterations: see `links`

#include <cstdint>
#include <vector>

namespace wengert::program {

struct Run {
  uint32_t first = 0;
  uint32_t period = 0;
  uint32_t count = 0;
  // Of each position: 0, or 1 + k where the node is a link of a sum and its operand k is the sum so
  // far: the link before it, of the same iteration or of the one before. In iteration 0 that may
  // be anything from before the loop. The value of a link is used by the next link only, but for
  // the last one, which is the result.
  std::vector<uint8_t> links;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RUN_H_
