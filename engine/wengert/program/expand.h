#ifndef WENGERT_PROGRAM_EXPAND_H_
#define WENGERT_PROGRAM_EXPAND_H_

// Partials written out: instead of one node "partial k of op", the operations of its rule.
//
//   before                        after
//   v1  exp               v0      v1  exp   v0
//   v2  partial 0 of exp  v0 v1
//   v3  sqrt              v1      v2  sqrt  v1
//   v4  partial 0 of sqrt v1 v3   v3  add   v2 0
//                                 v4  div   0.5 v3
//   roots v2 v4                   roots v1 v4
//
// A short rule is worth it: its products and sums join those around them, what it shares with its
// neighbours is computed once, and nothing is read that it doesn't need. A long one isn't: as one
// node it is one instruction, in scalar code it evaluates only the side that it chooses, and in
// lanes it keeps its intermediate results in registers. Short is what takes at most three
// operations and makes no choice; it is found out by writing the rule down, so no operation is
// named here. A rule that is written out has the bits of the table's, as it is the table's.
//
// With assume_finite rules are shorter: none guards against a NaN value or the sign of a zero, and
// a quotient is a product with a reciprocal that others can share. The latter is within 4 ulp while
// the reciprocal is finite.
//
// A derivative of a derivative needs every partial as operations of the table: ExpandAll writes
// choices as Where, and evaluates both sides. Both are linear.

#include "wengert/program/graph.h"

namespace wengert::program {

// d y / d its operand k, of a node y that holds the value of an operation: an operand, a constant,
// or new nodes: those of the rule if it is short, else one partial.
Operand AppendPartial(Graph& graph, Operand y, int k, bool assume_finite);
// The same of an operation whose value is y, wherever that comes from.
Operand AppendPartial(Graph& graph, Instruction operation, Operand y, int k, bool assume_finite);

// The one pass that may add nodes.
Graph ExpandShort(Graph graph, bool assume_finite = false);

// Leaves no partial.
Graph ExpandAll(Graph graph, bool assume_finite = false);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_EXPAND_H_
