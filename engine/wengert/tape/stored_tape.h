#ifndef WENGERT_TAPE_STORED_TAPE_H_
#define WENGERT_TAPE_STORED_TAPE_H_

// A tape as a stretch of a file (engine/README.md, "Files").

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "wengert/base/bytes.h"
#include "wengert/tape/stream.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/tape_file.h"
#include "wengert/tape/var.h"

namespace wengert {

// How an operand or a shape is written. The first two are enough for guards and outputs.
inline constexpr uint8_t kNodeLetter = 'n';
inline constexpr uint8_t kConstantLetter = 'c';
constexpr uint8_t LetterOf(Shape shape) {
  constexpr uint8_t kLetters[] = {0, kNodeLetter, 'p', kConstantLetter, 's', 't'};
  return kLetters[static_cast<size_t>(shape)];
}

// How a record is written: an input or a seal, or the form with number index - kFirstForm.
enum : uint32_t { kInputRecord = 0, kSealRecord = 1, kFirstForm = 2 };

// The outcome of a guard: one of two numbers, or kOtherOutcome and the number.
inline constexpr double kOutcomes[] = {0.0, 1.0};
inline constexpr uint64_t kOtherOutcome = 2;

// Outputs have a tag that isn't 0, or are constants.
absl::Status WriteTape(const Tape& tape, absl::Span<const VarFields> outputs, ByteWriter& content);

// A stopped tape; of no use where the reader has an error then.
LoadedTape ReadTape(ByteReader& content, const TapeOptions& options);

}  // namespace wengert

#endif  // WENGERT_TAPE_STORED_TAPE_H_
