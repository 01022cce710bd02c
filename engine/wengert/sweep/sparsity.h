#ifndef WENGERT_SWEEP_SPARSITY_H_
#define WENGERT_SWEEP_SPARSITY_H_

// Which derivatives can be non-zero, from the operations' traits alone, so for every point. Sweeps
// over 64-bit masks, for 64 rows of the pattern at a time, that visit only the nodes which those
// rows depend on. (Griewank and Walther, section 7.2 and 7.3.)

#include <cstddef>

#include "absl/types/span.h"
#include "wengert/base/sparsity_pattern.h"
#include "wengert/sweep/view.h"

namespace wengert {

SparsityPattern Transposed(const SparsityPattern& pattern);

// Row i: the inputs that dependent i depends on. Operations that are flat (floor, comparisons)
// depend on nothing. O(nodes visited), which is added to `visits`: for every 64 dependents the
// nodes they are computed from, each once.
SparsityPattern JacobianPattern(const View& view, absl::Span<const Operand> dependents,
                                size_t* visits = nullptr);

// Row i: the inputs j for which d2 f / d x_i d x_j can be non-zero for some dependent f. Symmetric.
// Linear operations contribute nothing. O(nodes visited): for every 64 inputs the nodes on their
// ways to curved operations, and the nodes that those are computed from.
SparsityPattern HessianPattern(const View& view, absl::Span<const Operand> dependents,
                               size_t* visits = nullptr);

}  // namespace wengert

#endif  // WENGERT_SWEEP_SPARSITY_H_
