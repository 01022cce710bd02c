#include "wengert/tape/tape_file.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "wengert/base/file.h"
#include "wengert/tape/file_frame.h"
#include "wengert/tape/reads.h"
#include "wengert/tape/stored_tape.h"

namespace wengert {

absl::StatusOr<std::string> TapeToBytes(const Tape& tape, absl::Span<const Var> outputs) {
  std::vector<VarFields> fields;
  for (const Var& y : outputs) {
    fields.push_back({Freeze(y), 0, 0});
    if (y.is_constant()) continue;
    fields.back().record = tape.RecordOf(y, "SaveTape");
    fields.back().tag = kHints;
  }
  ByteWriter content = BeginFile(FileKind::kTape);
  absl::Status status = WriteTape(tape, fields, content);
  if (!status.ok()) return status;
  return FinishFile(std::move(content));
}

absl::StatusOr<LoadedTape> TapeFromBytes(std::string_view bytes, const TapeOptions& options) {
  absl::StatusOr<ByteReader> content = OpenFile(bytes, FileKind::kTape);
  if (!content.ok()) return content.status();
  LoadedTape loaded = ReadTape(*content, options);
  if (absl::Status status = EndContent(*content); !status.ok()) return status;
  return loaded;
}

absl::Status SaveTape(const Tape& tape, absl::Span<const Var> outputs, const std::string& path) {
  absl::StatusOr<std::string> bytes = TapeToBytes(tape, outputs);
  if (!bytes.ok()) return bytes.status();
  return WriteFileAtomically(path, *bytes);
}

absl::StatusOr<LoadedTape> LoadTape(const std::string& path, const TapeOptions& options) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<LoadedTape> loaded = TapeFromBytes(file->bytes(), options);
  if (loaded.ok()) return loaded;
  return AtFile(path, loaded.status());
}

}  // namespace wengert
