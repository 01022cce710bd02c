#ifndef WENGERT_PROGRAM_FROM_TAPE_H_
#define WENGERT_PROGRAM_FROM_TAPE_H_

#include "absl/types/span.h"
#include "wengert/program/recorded.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

// The tape's nodes, with its independents first and by number, and every guard's operation among
// them where it was recorded. Where the tape has no guards and its independents are its first
// nodes, they are the tape's own: it must outlive the recording, as it is.
// UsageError where the tape calls a user-defined operation (Tape::has_custom).
Recorded FromTape(const Tape& tape, absl::Span<const Operand> dependents);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_FROM_TAPE_H_
