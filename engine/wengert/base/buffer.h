#ifndef WENGERT_BASE_BUFFER_H_
#define WENGERT_BASE_BUFFER_H_

// A growable array of plain records, without the two costs of std::vector that a tape feels: new
// elements are not zeroed before they are written, and growth is realloc, which for large blocks
// moves page tables instead of bytes. `size` is the owner's business; the buffer knows capacity.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "wengert/base/huge_pages.h"

namespace wengert {

// Here it couldn't be thrown: programs are built with -fno-exceptions, too.
[[noreturn]] void ThrowBadAlloc();

template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Buffer() { std::free(data_); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  size_t capacity() const { return capacity_; }
  size_t bytes() const { return capacity_ * sizeof(T); }

  // Keeps the first min(old, new) elements; false, and nothing changed, if there is no memory.
  [[nodiscard]] bool TryReserve(size_t capacity) noexcept {
    if (capacity <= capacity_) return true;
    if (capacity > SIZE_MAX / sizeof(T)) return false;
    void* moved = std::realloc(static_cast<void*>(data_), capacity * sizeof(T));
    if (moved == nullptr) return false;
    PreferHugePages(moved, capacity * sizeof(T));
    data_ = static_cast<T*>(moved);
    capacity_ = capacity;
    return true;
  }
  // The same; throws std::bad_alloc.
  void Reserve(size_t capacity) {
    if (!TryReserve(capacity)) ThrowBadAlloc();
  }

 private:
  T* data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace wengert

#endif  // WENGERT_BASE_BUFFER_H_
