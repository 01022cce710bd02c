#ifndef WENGERT_PROGRAM_IDENTITIES_H_
#define WENGERT_PROGRAM_IDENTITIES_H_

// Identities: a node that equals an operand goes, a node that equals a cheaper one becomes it.
//
// What equals what is the knowledge of ops/identities.h, which looks at an operation, its constants
// and what its operands are made of. Every rule keeps the number of nodes and all bits of the
// result, or lowers the number. With `assume_finite` more hold; see there what they may change. One
// walk forwards: a node's operands are as simple as they get before it is looked at. Linear. (The
// peephole of McKeeman, CACM 8, 1965, on a graph instead of a listing.)

#include <optional>

#include "wengert/program/graph.h"

namespace wengert::program {

// Makes the node simpler as long as an identity applies, or answers the operand that it equals.
// May add constants to the graph, whose nodes are those that `node` may use.
std::optional<Operand> Simplify(Graph& graph, Instruction& node, bool assume_finite);

Graph ApplyIdentities(Graph graph, bool assume_finite = false);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_IDENTITIES_H_
