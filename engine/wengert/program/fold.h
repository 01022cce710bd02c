#ifndef WENGERT_PROGRAM_FOLD_H_
#define WENGERT_PROGRAM_FOLD_H_

// Constant folding: a node whose operands are all constants is a constant.
//
// It is computed by the rule of the op table, in the same scalar code as a replay would use, so it
// has the bits that the replay would have had. (C++ compilers fold with the arithmetic of the
// target, too, but may not where the result depends on a library; here the library is at hand.)
// One walk forwards: what is folded is a constant to the nodes after it. Linear.

#include <optional>

#include "wengert/program/graph.h"

namespace wengert::program {

// The node's value if its operands are all constants.
std::optional<double> FoldedValue(const Graph& graph, const Instruction& node);

Graph FoldConstants(Graph graph);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_FOLD_H_
