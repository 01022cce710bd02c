#ifndef WENGERT_PROGRAM_DEAD_CODE_H_
#define WENGERT_PROGRAM_DEAD_CODE_H_

// Dead code: what no root needs goes, leaves and constants included.
//
// A value that nobody takes changes no result, so the results keep their bits. One walk backwards
// marks what is needed: the operands of a needed node lie before it, so each is marked before the
// walk reaches it. One walk forwards closes the gaps; the order stays, and a leaf keeps its number.
// Linear in the graph. (Any compiler textbook: Aho, Lam, Sethi, Ullman, section 8.5.)

#include "wengert/program/graph.h"

namespace wengert::program {

Graph RemoveDeadCode(Graph graph);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_DEAD_CODE_H_
