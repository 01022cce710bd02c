#ifndef WENGERT_DERIVE_NEARBY_FLIP_H_
#define WENGERT_DERIVE_NEARBY_FLIP_H_

#include <cstddef>
#include <string>

#include "absl/types/span.h"
#include "wengert/tape/tape.h"

namespace wengert {

// The recorded comparison or Index that comes out differently closest to x along input j, at the
// distances where RichardsonDerivative looks, in words; empty if all hold there. Replays the tape's
// nodes at up to 24 points, and leaves the tape where it is.
std::string NearbyFlip(const Tape& tape, absl::Span<const double> x, size_t j);

}  // namespace wengert

#endif  // WENGERT_DERIVE_NEARBY_FLIP_H_
