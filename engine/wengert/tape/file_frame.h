#ifndef WENGERT_TAPE_FILE_FRAME_H_
#define WENGERT_TAPE_FILE_FRAME_H_

// What stands around the content of a file: magic, version, kind, length, checksum
// (engine/README.md, "Files").

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "wengert/base/bytes.h"

namespace wengert {

enum class FileKind : uint32_t { kTape = 1, kFunction = 2 };

// A writer at the place where the content of a file begins; the whole file.
ByteWriter BeginFile(FileKind kind);
std::string FinishFile(ByteWriter content);

// A reader of the content of a whole file, whose frame is in order and which is of this kind.
absl::StatusOr<ByteReader> OpenFile(std::string_view file, FileKind kind);

// The last error of a content that must end here.
absl::Status EndContent(ByteReader& content);

// The error with the file's name in front.
absl::Status AtFile(const std::string& path, const absl::Status& status);

}  // namespace wengert

#endif  // WENGERT_TAPE_FILE_FRAME_H_
