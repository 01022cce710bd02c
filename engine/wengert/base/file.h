#ifndef WENGERT_BASE_FILE_H_
#define WENGERT_BASE_FILE_H_

// Files as a whole: written so that a reader finds the old one or the new one, read without a copy.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wengert {

// Makes `path` a file of these bytes, or leaves what is there: a file beside it is written, flushed
// to the disk and renamed. (POSIX: rename(2) replaces atomically.)
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
