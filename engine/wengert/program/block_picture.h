#ifndef WENGERT_PROGRAM_BLOCK_PICTURE_H_
#define WENGERT_PROGRAM_BLOCK_PICTURE_H_

// A program as a picture: which block needs what another one computed.

#include <string>

#include "wengert/program/blocks.h"

namespace wengert::program {

// Statements of a Graphviz digraph: a node for the inputs, one a block with its summary and how it
// is executed, one for the results; an edge to each from those that wrote last what it reads or
// adds to. Of blocks in a row that have one body and count there is one node, and behind the first
// 60 nodes one for all other blocks. Names begin with `prefix`. `adjoints` are results, too.
//
// Takes a time in proportion to the operations of a run.
std::string Dot(const Blocks& blocks, CellRange adjoints, const std::string& prefix);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BLOCK_PICTURE_H_
