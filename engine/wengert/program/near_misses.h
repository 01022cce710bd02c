#ifndef WENGERT_PROGRAM_NEAR_MISSES_H_
#define WENGERT_PROGRAM_NEAR_MISSES_H_

// Why nodes are in no loop, for who asks (Function::Explain).

#include <cstddef>
#include <string>

#include "absl/types/span.h"
#include "wengert/program/node_set.h"
#include "wengert/program/recorded.h"
#include "wengert/program/run.h"

namespace wengert::program {

// What the search saw repeated and made no loop of. A node may be of both kinds, and those of runs
// may be, too.
struct NearMisses {
  explicit NearMisses(size_t nodes) : too_few(nodes), dependent(nodes) {}
  NodeSet too_few;    // of too few iterations in a row to pay for a loop
  NodeSet dependent;  // of iterations that need each other, other than through a sum or by
                      // multiply-adds
};

// The nodes that are in no loop, each counted once.
struct OutsideOfLoops {
  size_t unlike = 0;  // nothing repeats
  size_t too_few = 0, dependent = 0;

  size_t count() const { return unlike + too_few + dependent; }
};

// Of the operations, in O(nodes). `runs` are ascending and disjoint.
OutsideOfLoops CountOutside(const RecordedGraph& graph, absl::Span<const Run> runs,
                            const NearMisses& misses);

// "3 that nothing repeats, 2 in iterations that need each other"; "" where there are none.
std::string TextOf(const OutsideOfLoops& outside);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_NEAR_MISSES_H_
