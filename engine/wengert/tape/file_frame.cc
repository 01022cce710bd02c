#include "wengert/tape/file_frame.h"

#define XXH_INLINE_ALL  // a header alone: nothing to link
#if defined(__AVX512F__)
#define XXH_VECTOR \
  2  // AVX2: of its AVX-512 intrinsics g++ 12 warns that they leave lanes undefined
#endif
#include <xxhash.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wengert {
namespace {

// As PNG's: the first byte isn't text, and line ends show what was carried over as text.
constexpr std::string_view kMagic = "\x89wgt\r\n\x1a\n";
constexpr uint32_t kVersion = 1;
constexpr size_t kLengthAt = 16;
constexpr size_t kHeader = 24;
constexpr size_t kChecksum = 8;

uint64_t ChecksumOf(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

const char* NameOf(FileKind kind) { return kind == FileKind::kTape ? "a tape" : "a Function"; }

absl::Status CheckMagicAndVersion(std::string_view file) {
  if (file.substr(0, kMagic.size()) != kMagic) {
    return absl::InvalidArgumentError(
        "byte 0: expected a file that Wengert saved; its first bytes aren't those of one");
  }
  ByteReader reader(file.substr(kMagic.size()));
  const uint32_t version = reader.Fixed32("version");
  if (reader.ok() && version == kVersion) return absl::OkStatus();
  if (!reader.ok()) return absl::DataLossError("byte 8: expected a version");
  return absl::UnimplementedError(absl::StrCat("byte 8: expected version ", kVersion,
                                               " of the format, not ", version,
                                               "; a later release may read it"));
}

}  // namespace

ByteWriter BeginFile(FileKind kind) {
  ByteWriter writer;
  writer.bytes() = kMagic;
  writer.Fixed32(kVersion);
  writer.Fixed32(static_cast<uint32_t>(kind));
  writer.Fixed64(0);  // the length, known at the end
  return writer;
}

std::string FinishFile(ByteWriter content) {
  ByteWriter length;
  length.Fixed64(content.bytes().size() + kChecksum);
  content.bytes().replace(kLengthAt, 8, length.bytes());
  content.Fixed64(ChecksumOf(content.bytes()));
  return std::move(content.bytes());
}

absl::StatusOr<ByteReader> OpenFile(std::string_view file, FileKind kind) {
  if (absl::Status status = CheckMagicAndVersion(file); !status.ok()) return status;
  ByteReader reader(file);
  reader.Fixed64("magic");
  reader.Fixed32("version");
  const uint32_t found = reader.Fixed32("the kind of content");
  const uint64_t length = reader.Fixed64("the length of the file");
  if (!reader.ok()) return reader.status();
  if (file.size() < kHeader + kChecksum || length != file.size()) {
    return absl::DataLossError(
        absl::StrCat("byte 16: expected the length of the file, ", file.size(), ", not ", length));
  }
  const size_t end = file.size() - kChecksum;
  ByteReader trailer(file.substr(end));
  const uint64_t stored = trailer.Fixed64("a checksum");
  const uint64_t computed = ChecksumOf(file.substr(0, end));
  if (stored != computed) {
    return absl::DataLossError(
        absl::StrFormat("byte %d: expected the checksum %016x, not %016x; the file is damaged", end,
                        computed, stored));
  }
  if (found != static_cast<uint32_t>(kind)) {
    return absl::InvalidArgumentError(absl::StrCat("byte 12: expected the kind of ", NameOf(kind),
                                                   ", ", static_cast<uint32_t>(kind), ", not ",
                                                   found));
  }
  ByteReader content(file.substr(0, end));
  content.Skip(kHeader);
  return content;
}

absl::Status EndContent(ByteReader& content) {
  if (content.ok() && content.left() != 0) {
    content.Fail(absl::DataLossError(absl::StrCat("byte ", content.at(),
                                                  ": expected the end of the content, not ",
                                                  content.left(), " bytes more")));
  }
  return content.status();
}

absl::Status AtFile(const std::string& path, const absl::Status& status) {
  return {status.code(), absl::StrCat(path, ": ", status.message())};
}

}  // namespace wengert
