#ifndef WENGERT_TEST_SUPPORT_COUNTING_NEW_H_
#define WENGERT_TEST_SUPPORT_COUNTING_NEW_H_

// Replaces the program's operator new by one that counts. To be included by one file of a test
// program.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace wengert::testing {
inline std::atomic<size_t> allocations{0};
inline std::atomic<size_t> allocated_bytes{0};  // in all, whether freed since or not
}  // namespace wengert::testing

[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++wengert::testing::allocations;
  wengert::testing::allocated_bytes += size;
  return std::malloc(size);
}
[[gnu::noinline]] void* operator new(size_t size) {
  if (void* p = operator new(size, std::nothrow)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t) noexcept { std::free(p); }

#endif  // WENGERT_TEST_SUPPORT_COUNTING_NEW_H_
