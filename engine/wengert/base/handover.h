#ifndef WENGERT_BASE_HANDOVER_H_
#define WENGERT_BASE_HANDOVER_H_

// What one thread made, handed to another by an atomic variable. A program that is built with the
// thread sanitizer sees the memory functions of a library that isn't, but not its atomics, and
// would report each such handover as a race; so it is told. Without that sanitizer these functions
// don't exist, and the calls are left out.

#include <atomic>

extern "C" {
[[gnu::weak]] void __tsan_acquire(void* variable);
[[gnu::weak]] void __tsan_release(void* variable);
}

namespace wengert {

// Before the release, after the acquire. For a library that is instrumented itself they say nothing
// new.
inline void NoteRelease(const void* variable) {
  if (__tsan_release != nullptr) __tsan_release(const_cast<void*>(variable));
}
inline void NoteAcquire(const void* variable) {
  if (__tsan_acquire != nullptr) __tsan_acquire(const_cast<void*>(variable));
}

// A pointer to what is complete when it is set.
template <class T>
class Published {
 public:
  explicit Published(T* first = nullptr) : pointer_(first) {}

  T* get() const {
    T* const made = pointer_.load(std::memory_order_acquire);
    NoteAcquire(this);
    return made;
  }
  void set(T* made) {
    NoteRelease(this);
    pointer_.store(made, std::memory_order_release);
  }

 private:
  std::atomic<T*> pointer_;
};

}  // namespace wengert

#endif  // WENGERT_BASE_HANDOVER_H_
