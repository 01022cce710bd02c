#include "wengert/function/pool.h"

namespace wengert::pool_internal {

// Threads are numbered as they come; up to kSlots of them never meet in a slot.
size_t FirstSlot() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t mine = threads.fetch_add(1, std::memory_order_relaxed);
  return mine % kSlots;
}

}  // namespace wengert::pool_internal
