#ifndef WENGERT_FUNCTION_PROGRAM_TIER_H_
#define WENGERT_FUNCTION_PROGRAM_TIER_H_

// The tier that replays a trace in SIMD lanes: program/ behind the seam of tier.h. It rounds as
// program/words.h says, so it isn't exact, and what it can't answer, a guard that came out
// differently or a number that isn't finite, it leaves to the nodes.

#include <memory>

#include "absl/status/statusor.h"
#include "wengert/function/tier.h"

namespace wengert {

// A TierMaker. A trace that has too little in loops to gain from lanes gets a tier for batches
// only, or, if it has not one output, FailedPrecondition. Null where no output depends on anything.
absl::StatusOr<std::unique_ptr<const Tier>> MakeProgramTier(const TierSource& source);

}  // namespace wengert

#endif  // WENGERT_FUNCTION_PROGRAM_TIER_H_
