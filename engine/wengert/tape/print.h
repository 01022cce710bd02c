#ifndef WENGERT_TAPE_PRINT_H_
#define WENGERT_TAPE_PRINT_H_

// A tape as text and as a picture.

#include <string>

#include "wengert/tape/adjoints.h"
#include "wengert/tape/tape.h"

namespace wengert {

// A line a node, in columns: index, op, operands, primal, and with `adjoints` the adjoint.
//
//   node  op     operands  primal  adjoint
//     v0  input                -4        2
//     v1  input                 2       -4
//     v2  mul    v0 v1         -8        1
//     v3  add    v2 3          -5        1
//
// A call of a user's operation has its name, with line ends, quotes and the like escaped as in C++,
// and all its operands at the first of its outputs.
std::string Listing(const Tape& tape, const Adjoints* adjoints = nullptr);

// The tape as a Graphviz digraph, an edge from each operand to its use; every node shows its
// operation, primal and, with `adjoints`, adjoint. Render it with `dot -Tsvg`.
std::string Dot(const Tape& tape, const Adjoints* adjoints = nullptr);

}  // namespace wengert

#endif  // WENGERT_TAPE_PRINT_H_
