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

// "the comparison less(node 1, node 0) before node 2 was true when recorded and isn't at (1, 2)".
std::string DescribeFlip(const Tape& tape, const double* primals, const Guard& guard);

}  // namespace wengert

#endif  // WENGERT_SWEEP_GUARDS_H_
