#ifndef WENGERT_PROGRAM_RUN_H_
#define WENGERT_PROGRAM_RUN_H_

// A loop that a recording unrolled: `count` iterations of `period` nodes each, from node `first`.
// Iteration k is the nodes first + k * period + p, p = 0 .. period - 1; the operations are the same
// in every iteration, and so is what each operand is:
//
//   local      the node at another position p' < p of the same iteration
//   external   a constant, or a node before `first`: any in each iteration
//   link       the value of a sum that goes through the iterations: see `links`
//   carried    a node of the iteration just before, at the same distance in all of them, that isn't
//              the sum of a link: see `carried`
//
// A run without carried operands has independent iterations, but for its sums. One with carried
// operands is a *recurrence*; fission.h splits it.

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
  std::vector<uint8_t> links = {};
  // Of each position: bit k where operand k is carried. In iteration 0 that may be anything from
  // before the loop. Empty where the run isn't a recurrence.
  std::vector<uint8_t> carried = {};

  bool is_recurrence() const { return !carried.empty(); }
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RUN_H_
