#include "wengert/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wengert {
namespace {

absl::Status Failed(const char* call, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(call, " ", path));
}

absl::Status NotAFile(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrCat(path, " isn't a regular file"));
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
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
}

// What is to be replaced or made.
struct Target {
  std::string path;  // of no link
  bool exists = false;
  mode_t mode = 0666;
};

absl::StatusOr<Target> TargetOf(const std::string& path) {
  struct stat about = {};
  if (::lstat(path.c_str(), &about) != 0) {
    if (errno == ENOENT) return Target{path};
    return Failed("stat", path);
  }
  Target target = {path, true};
  if (S_ISLNK(about.st_mode)) {
    std::error_code error;
    target.path = std::filesystem::canonical(path, error).string();
    if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("follow the link ", path));
    if (::stat(target.path.c_str(), &about) != 0) return Failed("stat", target.path);
  }
  if (!S_ISREG(about.st_mode)) return NotAFile(path);
  target.mode = about.st_mode & 0777;
  return target;
}

// Names that are taken, by other threads or by what a process of the same number left, are passed
// over.
int CreateBeside(const Target& target, std::string& name) {
  constexpr int kNamesTried = 1000;
  const std::string start = absl::StrCat(FolderOf(target.path), "wengert-", ::getpid(), "-");
  for (int k = 0; k < kNamesTried; ++k) {
    name = absl::StrCat(start, k, ".new");
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, target.mode);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

absl::Status Fill(Descriptor& file, const Target& target, std::string_view bytes) {
  if (!WriteAll(file.number(), bytes)) return Failed("write beside", target.path);
  if (target.exists && ::fchmod(file.number(), target.mode) != 0) {
    return Failed("chmod beside", target.path);
  }
  if (::fsync(file.number()) != 0) return Failed("fsync beside", target.path);
  if (!file.Close()) return Failed("close beside", target.path);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  const absl::StatusOr<Target> target = TargetOf(path);
  if (!target.ok()) return target.status();
  const std::string folder_name = FolderOf(target->path);
  const Descriptor folder(::open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string beside;
  Descriptor file(CreateBeside(*target, beside));
  if (file.number() < 0) return Failed("create a file beside", target->path);
  absl::Status status = Fill(file, *target, bytes);
  if (status.ok() && std::rename(beside.c_str(), target->path.c_str()) != 0) {
    status = Failed("rename to", target->path);
  }
  if (!status.ok()) {
    ::unlink(beside.c_str());
    return status;
  }
  if (folder.number() >= 0) ::fsync(folder.number());  // no error: the file has been replaced
  return absl::OkStatus();
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  // Not blocked by what isn't a file, such as a pipe that nobody writes to.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return Failed("open", path);
  struct stat about = {};
  if (::fstat(file.number(), &about) != 0) return Failed("stat", path);
  if (!S_ISREG(about.st_mode)) return NotAFile(path);
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
