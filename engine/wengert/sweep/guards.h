#ifndef WENGERT_SWEEP_GUARDS_H_
#define WENGERT_SWEEP_GUARDS_H_

// Guards: what a recording depended on beside its inputs, checked against new primals.

#include <string>

#include "wengert/tape/tape.h"

namespace wengert {

// The outcome of the guard's operation over these primals, one for each node before the guard.
double OutcomeOf(const Tape& tape, const double* primals, const Guard& guard);

inline bool Holds(const Tape& tape, const double* primals, const Guard& guard) {
  return OutcomeOf(tape, primals, guard) == guard.outcome;
}

// "less(node 1, 0.5) before node 2 was 1 when recorded and is 0 at (0.75, 0.5)": operands, then
// their primals to the last bit, as a tie is where branches change.
std::string DescribeFlip(const Tape& tape, const double* primals, const Guard& guard);

}  // namespace wengert

#endif  // WENGERT_SWEEP_GUARDS_H_
