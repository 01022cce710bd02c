#ifndef WENGERT_PROGRAM_LONG_CHAINS_H_
#define WENGERT_PROGRAM_LONG_CHAINS_H_

// Maxima, products and their like over many terms, as recordings have them: c1 = op(start, t1),
// c2 = op(c1, t2), ..., where each value so far is used by the next link only, so that nothing but
// the last one matters. Of operations with the trait kAssociates; sums are in long_sums.h.

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/recording.h"
#include "wengert/program/run.h"

namespace wengert::program {

struct LongChain {
  Op op = Op::kMul;
  std::optional<double> start;  // if it is a constant; any other is the first of the terms
  std::vector<uint32_t> links;  // ascending
  std::vector<Operand> terms;   // nodes, in the order of the links

  uint32_t last() const { return links.back(); }
};

inline constexpr uint32_t kFewestChainLinks = 64;

// Disjoint, the first to end first; but for those of which one iteration of the runs has all links.
// Where there are many of one kind, as over the columns of each row of a table, a chain is in a
// lane of its own. O(nodes), of which those in independent iterations aren't looked at.
std::vector<LongChain> LongChainsOf(const Recording& recording, absl::Span<const Run> runs = {});

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LONG_CHAINS_H_
