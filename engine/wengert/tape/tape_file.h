#ifndef WENGERT_TAPE_TAPE_FILE_H_
#define WENGERT_TAPE_TAPE_FILE_H_

// Tapes as files. A file holds the operations, the constants, the guards and the point that the
// tape is at, and names operations by their text in the op table, so that it outlives changes of
// that table; engine/README.md, "Files", has the format. Whole Functions: Function::Save.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/status_declared.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/var.h"

namespace wengert {

struct LoadedTape {
  std::unique_ptr<Tape> tape;  // stopped, at the point where it was saved
  std::vector<Var> inputs;     // its independents
  std::vector<Var> outputs;    // what SaveTape was given
};

// Writes the tape as it is, and which of its Vars are its outputs, in O(size): to another file,
// that then takes the place of `path` (of the file that it leads to, if it is a link) and has its
// mode, so a reader finds the old file or the new one. Errors are those of the file system,
// InvalidArgument where `path` is no regular file, such as a device, and FailedPrecondition for a
// tape with user-defined operations, whose rules are code. An output that isn't alive on the tape
// is a UsageError.
absl::Status SaveTape(const Tape& tape, absl::Span<const Var> outputs, const std::string& path);
absl::StatusOr<std::string> TapeToBytes(const Tape& tape, absl::Span<const Var> outputs);

// Reads what SaveTape wrote, on this or another machine, from a file mapped into memory. Records,
// primals and gradients have the bits of the saved tape's where the C library is the same.
//
// The file may be a stranger's. A checksum tells accidents; beside it every count, name, operand
// and guard is verified, so what is loaded is a tape that could have been recorded, and saving it
// gives the same bytes. Memory is at most 64 bytes a byte of the file, beside the room of an empty
// tape. Errors have the offset of the byte and what was expected there:
//   InvalidArgument    not a file of Wengert's, or one of a Function
//   Unimplemented      a version, or an operation, that this release doesn't know
//   DataLoss           anything else that is wrong with it
//   FailedPrecondition a recorded comparison comes out differently when the primals are computed
//   ResourceExhausted  more records than options.max_nodes
absl::StatusOr<LoadedTape> LoadTape(const std::string& path, const TapeOptions& options = {});
absl::StatusOr<LoadedTape> TapeFromBytes(std::string_view bytes, const TapeOptions& options = {});

}  // namespace wengert

#endif  // WENGERT_TAPE_TAPE_FILE_H_
