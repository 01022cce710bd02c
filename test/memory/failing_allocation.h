#ifndef TEST_MEMORY_FAILING_ALLOCATION_H_
#define TEST_MEMORY_FAILING_ALLOCATION_H_

// Replaces the program's operator new, and realloc where this is linked with --wrap=realloc, by
// functions that fail once, when they are told to. To be included by one file of a test program.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace wengert::testing {

inline std::atomic<int64_t> allocations{0};
inline std::atomic<int64_t> failing_allocation{-1};  // the number of the one that fails

inline bool Fails() { return allocations++ == failing_allocation; }

// While it lives, the k-th allocation from here on fails, for k >= 0.
class Failure {
 public:
  explicit Failure(int64_t k) : number_(allocations + k) { failing_allocation = number_; }
  ~Failure() { failing_allocation = -1; }
  bool happened() const { return allocations > number_; }

 private:
  int64_t number_;
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
