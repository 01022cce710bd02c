#ifndef WENGERT_PROGRAM_SPINE_H_
#define WENGERT_PROGRAM_SPINE_H_

// The spine of a recurrence: the positions of its body that depend on themselves an iteration ago.
//
//   h = exp(x) + h * c      spine: h * c, +      not: exp(x), and what only uses h
//
// They are the strongly connected components of what depends on what; a sum that goes through the
// iterations by its links isn't counted.

#include <vector>

#include "absl/types/span.h"
#include "wengert/program/body.h"

namespace wengert::program {

// Of each position. O(positions).
std::vector<bool> SpineOf(absl::Span<const BodyPosition> positions);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SPINE_H_
