#ifndef WENGERT_PROGRAM_FROM_TAPE_H_
#define WENGERT_PROGRAM_FROM_TAPE_H_

#include <vector>

#include "absl/types/span.h"
#include "wengert/program/graph.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

// A recording as straight-line code. Its leaves are the independents, first and by number. The
// roots are the dependents, then every guard's operation; `outcomes` are what those must give.
// UsageError where the tape calls a user-defined operation (Tape::has_custom).
struct Recorded {
  Graph graph;
  size_t dependents = 0;
  std::vector<double> outcomes;
};

Recorded FromTape(const Tape& tape, absl::Span<const Operand> dependents);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_FROM_TAPE_H_
