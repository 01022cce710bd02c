#ifndef WENGERT_PROGRAM_ISOMORPHS_H_
#define WENGERT_PROGRAM_ISOMORPHS_H_

// Loops of what isn't periodic but alike: the rows of a sparse matrix, the vertices of a mesh, each
// with a number of neighbours of its own. The operations are put into another order, in which what
// is computed alike stands together; then it is a loop whose operands are tables.
//
//   y0 = a0*x3 + a1*x7                          y0 = a0*x3 + a1*x7      2 x
//   y1 = a2*x0 + a3*x1 + a4*x5       becomes    y2 = a5*x2 + a6*x4
//   y2 = a5*x2 + a6*x4                          y1 = a2*x0 + ...        1 x
//
// What is put together are *regions*: a value that more than one other region needs, with all that
// only it needs. Regions are alike if they have the same operations, with the same operands among
// themselves. They are sorted by level, the longest way of regions to them, so that those of a
// level don't need each other. A long sum isn't a region, or it would be one with everything that
// is summed up: each of its links is one, and they come in the order of what they add.
//
// O(nodes) time and memory, 30 to 60 ns a node.

#include <optional>
#include <vector>

#include "wengert/program/recorded.h"
#include "wengert/program/recording.h"
#include "wengert/program/run.h"

namespace wengert::program {

struct Grouped {
  Recorded recording;     // the same operations; only long sums are added up in another order
  std::vector<Run> runs;  // at least one; of at least 8 iterations, legal in the sense of run.h
};

// Nothing where no loop comes of it.
// `recording` is of its graph.
std::optional<Grouped> GroupIsomorphs(const Recorded& recorded, const Recording& recording);
std::optional<Grouped> GroupIsomorphs(const Recorded& recorded);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ISOMORPHS_H_
