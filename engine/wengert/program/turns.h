#ifndef WENGERT_PROGRAM_TURNS_H_
#define WENGERT_PROGRAM_TURNS_H_

// What takes turns in a sequence, so that a text or a picture says it once:
//
//   a b c b c b c d d     a, 1 time; b c, 3 times; d, 2 times

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace wengert::program {

struct Turns {
  size_t first = 0;   // place of the first element
  size_t period = 1;  // this many take turns
  size_t times = 1;

  size_t end() const { return first + period * times; }
};

// All of the sequence, in order; what takes turns in more than eight, or fewer than three times, is
// one by one. O(elements).
std::vector<Turns> TurnsOf(absl::Span<const uint32_t> sequence);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_TURNS_H_
