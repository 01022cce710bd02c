#ifndef WENGERT_PROGRAM_TERM_PIECES_H_
#define WENGERT_PROGRAM_TERM_PIECES_H_

// The terms of a chain as a loop would read them.

#include <vector>

#include "absl/types/span.h"
#include "wengert/program/recorded.h"

namespace wengert::program {

struct TermPiece {
  std::vector<Operand> terms;
  bool is_even = false;  // consecutive results of a loop, consecutive inputs, or one node for all
};

// Every term once. Those of several arrays in turn are sorted by array; what is left over from even
// pieces, which may be anything, is the last piece.
std::vector<TermPiece> PiecesOf(const RecordedGraph& graph, absl::Span<const Operand> terms);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_TERM_PIECES_H_
