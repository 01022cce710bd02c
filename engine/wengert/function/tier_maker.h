#ifndef WENGERT_FUNCTION_TIER_MAKER_H_
#define WENGERT_FUNCTION_TIER_MAKER_H_

// What makes tiers, for who passes it on; who calls or writes one includes tier.h.

#include <functional>
#include <memory>

#include "wengert/base/status_declared.h"

namespace wengert {

class Tier;
struct TierSource;

// Null, or a Status that says why, where it can't do better than what there is. Called once a
// trace, on the thread whose evaluation it was; what it throws reaches that caller and leaves the
// Function as it was.
using TierMaker = std::function<absl::StatusOr<std::unique_ptr<const Tier>>(const TierSource&)>;

// Compiles to SIMD lanes: MakeProgramTier of program_tier.h.
TierMaker ProgramTiers();

}  // namespace wengert

#endif  // WENGERT_FUNCTION_TIER_MAKER_H_
