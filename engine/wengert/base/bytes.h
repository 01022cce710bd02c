#ifndef WENGERT_BASE_BYTES_H_
#define WENGERT_BASE_BYTES_H_

// Numbers as bytes of a file and back: little-endian; a count or an index as a varint (LEB128),
// seven bits a byte, the lowest first, in as few bytes as possible.
//
// A reader is for bytes of a stranger's: it never reads past the end, and its first error stays,
// with the offset and what was expected there. What it reads after that is zero.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wengert {

class ByteWriter {
 public:
  void Byte(uint8_t byte) { bytes_.push_back(static_cast<char>(byte)); }
  void Fixed32(uint32_t value) { Fixed(value, 4); }
  void Fixed64(uint64_t value) { Fixed(value, 8); }
  void Double(double value) { Fixed64(std::bit_cast<uint64_t>(value)); }
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<uint8_t>(value | 0x80));
    Byte(static_cast<uint8_t>(value));
  }
  void Text(std::string_view text) {
    Varint(text.size());
    bytes_.append(text);
  }

  std::string& bytes() { return bytes_; }

 private:
  void Fixed(uint64_t value, int size) {
    for (; size > 0; --size, value >>= 8) Byte(static_cast<uint8_t>(value));
  }

  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }
  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }

  uint8_t Byte(const char* expected) { return static_cast<uint8_t>(Fixed(1, expected)); }
  uint32_t Fixed32(const char* expected) { return static_cast<uint32_t>(Fixed(4, expected)); }
  uint64_t Fixed64(const char* expected) { return Fixed(8, expected); }
  double Double(const char* expected) { return std::bit_cast<double>(Fixed64(expected)); }

  uint64_t Varint(const char* expected) {
    begin_ = at_;
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      const uint64_t bits = byte & 0x7f;
      if (shift == 63 && bits > 1) break;
      value |= bits << shift;
      if (byte >= 0x80) continue;
      if (byte == 0 && shift > 0) break;  // longer than needed
      return value;
    }
    Fail(expected);
    return 0;
  }
  // A number below `end`.
  uint64_t Below(uint64_t end, const char* expected) {
    const uint64_t value = Varint(expected);
    if (value < end || !ok()) return value;
    Fail(absl::StrCat(expected, " below ", end, ", not ", value));
    return 0;
  }
  // How many items follow, which take `least` bytes each at the least: for that many there is room.
  uint64_t Count(size_t least, const char* expected) {
    const uint64_t count = Varint(expected);
    if (count <= left() / least) return count;
    Fail(absl::StrCat(expected, " that fit into the ", left(), " bytes left, not ", count));
    return 0;
  }
  std::string_view Text(const char* expected) {
    const uint64_t size = Count(1, expected);
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

  void Skip(size_t size) { at_ += size; }  // at most what is left

  // An error at what was read last, unless there was one before.
  void Fail(std::string_view expected) {
    if (ok()) {
      status_ = absl::DataLossError(absl::StrCat(
          "byte ", begin_, ": expected ", absl::string_view(expected.data(), expected.size())));
    }
    at_ = bytes_.size();
  }
  void Fail(absl::Status status) {
    if (ok()) status_ = std::move(status);
    at_ = bytes_.size();
  }
  size_t last() const { return begin_; }  // the offset of what was read last

 private:
  uint64_t Fixed(size_t size, const char* expected) {
    begin_ = at_;
    if (left() < size) {
      Fail(expected);
      return 0;
    }
    uint64_t value = 0;
    for (size_t k = 0; k < size; ++k) {
      value |= uint64_t{static_cast<uint8_t>(bytes_[at_++])} << (8 * k);
    }
    return value;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  size_t begin_ = 0;
  absl::Status status_;
};

}  // namespace wengert

#endif  // WENGERT_BASE_BYTES_H_
