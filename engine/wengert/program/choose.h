#ifndef WENGERT_PROGRAM_CHOOSE_H_
#define WENGERT_PROGRAM_CHOOSE_H_

// Of intervals that may overlap, those disjoint ones that are worth most together:
//
//   |---------------- 90 ----------------|        an outer loop
//     |--- 40 ---|  |--- 40 ---|  |- 20 -|        its inner loops: chosen
//
// by dynamic programming over their ends (weighted interval scheduling; Kleinberg and Tardos,
// Algorithm Design, section 6.1).

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/recording.h"

namespace wengert::program {

struct Offer {
  Interval nodes;
  double saving = 0.0;
};

// The places of the chosen in `offers`, in ascending order of their nodes. O(n log n).
std::vector<size_t> ChooseDisjoint(absl::Span<const Offer> offers);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_CHOOSE_H_
