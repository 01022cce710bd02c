#ifndef WENGERT_FUNCTION_POOL_H_
#define WENGERT_FUNCTION_POOL_H_

// Memory that threads evaluate in, between two evaluations. A thread that comes back finds what it
// left, unless another thread took it; taking and giving back are one atomic exchange, no lock.

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

#include "wengert/base/handover.h"

namespace wengert {

namespace pool_internal {
size_t FirstSlot();  // of this thread
inline constexpr size_t kSlots = 64;
}  // namespace pool_internal

template <class T>
class Pool {
 public:
  Pool() = default;
  ~Pool() {
    for (std::atomic<T*>& slot : slots_) delete slot.load();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Null if there is none.
  std::unique_ptr<T> Take() {
    for (size_t k = 0; k < slots_.size(); ++k) {
      std::atomic<T*>& slot = SlotFromMine(k);
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* const mine = slot.exchange(nullptr, std::memory_order_acquire)) {
        NoteAcquire(&slot);
        return std::unique_ptr<T>(mine);
      }
    }
    return nullptr;
  }

  // Keeps it unless the pool is full.
  void GiveBack(std::unique_ptr<T> item) {
    for (size_t k = 0; k < slots_.size(); ++k) {
      T* empty = nullptr;
      std::atomic<T*>& slot = SlotFromMine(k);
      NoteRelease(&slot);
      if (slot.compare_exchange_strong(empty, item.get(), std::memory_order_release,
                                       std::memory_order_relaxed)) {
        item.release();
        return;
      }
    }
  }

 private:
  std::atomic<T*>& SlotFromMine(size_t k) {
    return slots_[(pool_internal::FirstSlot() + k) % slots_.size()];
  }

  std::array<std::atomic<T*>, pool_internal::kSlots> slots_ = {};
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_POOL_H_
