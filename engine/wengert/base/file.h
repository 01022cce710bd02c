#ifndef WENGERT_BASE_FILE_H_
#define WENGERT_BASE_FILE_H_

// Files as a whole: written so that a reader finds the old one or the new one, read without a copy.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wengert {

// Makes `path` a file of these bytes, or returns an error and leaves what is there: a file beside
// it, wengert-<process>-<number>.new, is written, flushed to the disk and renamed. (POSIX:
// rename(2) replaces atomically.) The folder is flushed as well where that can be done; where it
// can't, a machine that crashes may come back with the old file.
//
// The mode of a file that is replaced is kept. Its owner isn't, and another hard link to it keeps
// the old bytes. Of a symbolic link the file that it leads to is replaced, and the link stays; one
// that leads nowhere is an error, and so is what isn't a regular file (InvalidArgument).
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes);

// A regular file mapped into memory. Who shortens it meanwhile ends the reader by SIGBUS;
// WriteFileAtomically doesn't.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  MappedFile(void* data, size_t size) : data_(data), size_(size) {}
  void* data_;
  size_t size_;
};

}  // namespace wengert

#endif  // WENGERT_BASE_FILE_H_
