#ifndef WENGERT_DERIVE_COLORING_H_
#define WENGERT_DERIVE_COLORING_H_

// Coloring: which columns of a sparse matrix can share a product. Products along the sum of all
// unit vectors of a color show all their columns at once, and the coloring sees to it that every
// entry can be told apart. Greedy, in the better of two orders: the given one, and largest degree
// first. The criteria are those of Gebremedhin, Manne and Pothen, "What color is your Jacobian?",
// SIAM Review 47 (2005), sections 3 to 5, and of Gebremedhin, Tarafdar, Manne and Pothen, "New
// acyclic and star coloring algorithms", SIAM J. Sci. Comput. 29 (2007).

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wengert/sweep/sparsity.h"

namespace wengert {

struct Coloring {
  std::vector<uint32_t> color;  // of each row or vertex
  uint32_t count = 0;
  size_t steps = 0;  // what it cost: neighbors, or colors of neighbors, that were looked at
};

// No two rows of a color have a column in common (a partial distance-2 coloring of the bipartite
// graph). `transposed` is the pattern's transpose. O(sum of squared column lengths), but only
// O(entries) for what is dense.
Coloring ColorRows(const SparsityPattern& pattern, const SparsityPattern& transposed);

// Of a symmetric pattern's graph: adjacent vertices differ, and every path of four vertices has
// three colors. Then each entry of the matrix stands alone in one of the products.
// O(sum of squared degrees), or O(entries * colors) where that is less, but only O(entries) for
// what is dense; a pattern that is a quarter full gets a color for each vertex. Diagonal entries
// don't matter.
Coloring StarColoring(const SparsityPattern& symmetric);

// Adjacent vertices differ, and every cycle has three colors. Often fewer colors than a star
// coloring; the entries are found by substitution, which adds rounding errors. The same cost.
Coloring AcyclicColoring(const SparsityPattern& symmetric);

}  // namespace wengert

#endif  // WENGERT_DERIVE_COLORING_H_
