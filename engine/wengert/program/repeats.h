#ifndef WENGERT_PROGRAM_REPEATS_H_
#define WENGERT_PROGRAM_REPEATS_H_

// Where a string agrees with itself, shifted by a period:
//
//   ops      x a b c a b c a b c a y        period 3
//              |<---- repeat ---->|         the longest interval with ops[i] == ops[i + 3]
//
// The search skips as Boyer and Moore's does: where a repeat must be at least m long, the match at
// its far end is looked at first, and a mismatch there rules out all that would reach over it.

#include <cstdint>
#include <vector>

#include "wengert/program/recording.h"

namespace wengert::program {

// Appends the maximal intervals within `where` that have the period and at least `min_periods` of
// it, in ascending order. Two of them may overlap by less than a period. Each code of `where` is
// compared at most twice, those of what isn't a repeat mostly not at all; the comparisons are added
// to `visits`.
void FindRepeats(const Recording& recording, Interval where, uint32_t period, uint32_t min_periods,
                 std::vector<Interval>& repeats, uint64_t& visits);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_REPEATS_H_
