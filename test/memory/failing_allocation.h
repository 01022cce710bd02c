#ifndef TEST_MEMORY_FAILING_ALLOCATION_H_
#define TEST_MEMORY_FAILING_ALLOCATION_H_

// Replaces the program's operator new, and realloc where this is linked with --wrap=realloc, by
// functions that fail when they are told to: once, or from then on. To be included by one file of a
// test program.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

namespace wengert::testing {

inline std::atomic<int64_t> allocations{0};
// Those with numbers from the first on, before the second, fail.
inline std::atomic<int64_t> first_failing{0}, end_failing{0};

inline bool Fails() {
  const int64_t number = allocations++;
  return number >= first_failing && number < end_failing;
}

enum class Failing { kOne, kAllLater };

// While it lives, the k-th allocation from here on fails, for k >= 0, or all of them from that on.
class Failure {
 public:
  Failure(int64_t k, Failing which) {
    const int64_t number = allocations + k;
    first_failing = number;
    end_failing = which == Failing::kOne ? number + 1 : std::numeric_limits<int64_t>::max();
  }
  ~Failure() { end_failing = 0; }
};

}  // namespace wengert::testing

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker's names
extern "C" void* __real_realloc(void* block, size_t size);
extern "C" void* __wrap_realloc(void* block, size_t size) {
  return wengert::testing::Fails() ? nullptr : __real_realloc(block, size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return wengert::testing::Fails() ? nullptr : std::malloc(size);
}
[[gnu::noinline]] void* operator new(size_t size) {
  if (void* p = operator new(size, std::nothrow)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(size_t size, std::align_val_t alignment) {
  const size_t unit = static_cast<size_t>(alignment);
  void* const p = wengert::testing::Fails()
                      ? nullptr
                      : std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }

#endif  // TEST_MEMORY_FAILING_ALLOCATION_H_
