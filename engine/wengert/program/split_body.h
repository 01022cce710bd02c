#ifndef WENGERT_PROGRAM_SPLIT_BODY_H_
#define WENGERT_PROGRAM_SPLIT_BODY_H_

// Looks at the iterations of a body one by one, and takes those in a row that are as the samples
// were. A row ends where an iteration isn't, where a sum or another carried value starts anew,
// where a sum is used, and where an operand isn't from before the row:
//
//   0 1 2 .. 13 14 15 ..      iteration 14 uses what iteration 0 computed
//   |<-- run -->|<-- run -->|    (the next layer of a network of 14 units)
//
// A row that is too short for a run when that happens goes on without the iterations up to the one
// that was used; so each iteration is looked at once.

#include <cstdint>
#include <vector>

#include "wengert/program/body.h"
#include "wengert/program/recording.h"
#include "wengert/program/run.h"

namespace wengert::program {

// Appends the legal runs of at least min_count iterations, in ascending order. The nodes looked at
// are added to visits.
void SplitIntoRuns(const Recording& recording, const Body& body, uint32_t min_count,
                   std::vector<Run>& runs, uint64_t& visits);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SPLIT_BODY_H_
