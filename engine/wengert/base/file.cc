#include "wengert/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wengert {
namespace {

absl::Status Failed(const char* call, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(call, " ", path));
}

// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  // Some file systems report only now that the disk is full.
  bool Close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

absl::Status WriteNew(const std::string& path, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.number() < 0) return Failed("open", path);
  if (!WriteAll(file.number(), bytes)) return Failed("write", path);
  if (::fsync(file.number()) != 0) return Failed("fsync", path);
  if (!file.Close()) return Failed("close", path);
  return absl::OkStatus();
}

// The name of a file that is only as durable as its folder.
absl::Status FlushFolderOf(const std::string& path) {
  const std::string name = FolderOf(path);
  const Descriptor folder(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return Failed("open", name);
  if (::fsync(folder.number()) != 0 && errno != EINVAL) return Failed("fsync", name);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  static std::atomic<unsigned> written{0};
  const std::string beside = absl::StrCat(path, ".new-", ::getpid(), "-", written.fetch_add(1));
  absl::Status status = WriteNew(beside, bytes);
  if (absl::IsAlreadyExists(status)) return status;  // somebody else's
  if (status.ok() && std::rename(beside.c_str(), path.c_str()) != 0) {
    status = Failed("rename to", path);
  }
  if (!status.ok()) {
    ::unlink(beside.c_str());
    return status;
  }
  return FlushFolderOf(path);
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  // Not blocked by what isn't a file, such as a pipe that nobody writes to.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return Failed("open", path);
  struct stat about = {};
  if (::fstat(file.number(), &about) != 0) return Failed("stat", path);
  if (!S_ISREG(about.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " isn't a regular file"));
  }
  const auto size = static_cast<size_t>(about.st_size);
  if (size == 0) return MappedFile(nullptr, 0);
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (data == MAP_FAILED) return Failed("mmap", path);
  ::madvise(data, size, MADV_SEQUENTIAL);
  return MappedFile(data, size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace wengert
