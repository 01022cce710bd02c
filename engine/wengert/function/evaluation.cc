#include "wengert/function/evaluation.h"

namespace wengert {

EvaluationPool::~EvaluationPool() {
  for (std::atomic<Evaluation*>& slot : slots_) delete slot.load();
}

// Threads are numbered as they come; up to kSlots of them never meet in a slot.
size_t EvaluationPool::FirstSlot() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t mine = threads.fetch_add(1, std::memory_order_relaxed);
  return mine % kSlots;
}

EvaluationPool::Lease EvaluationPool::Take() {
  const size_t first = FirstSlot();
  for (size_t k = 0; k < kSlots; ++k) {
    std::atomic<Evaluation*>& slot = slots_[(first + k) % kSlots];
    if (slot.load(std::memory_order_relaxed) == nullptr) continue;
    if (Evaluation* mine = slot.exchange(nullptr, std::memory_order_acquire)) {
      return Lease(this, std::unique_ptr<Evaluation>(mine));
    }
  }
  return Lease(this, std::make_unique<Evaluation>());
}

void EvaluationPool::GiveBack(std::unique_ptr<Evaluation> evaluation) {
  const size_t first = FirstSlot();
  for (size_t k = 0; k < kSlots; ++k) {
    Evaluation* empty = nullptr;
    if (slots_[(first + k) % kSlots].compare_exchange_strong(
            empty, evaluation.get(), std::memory_order_release, std::memory_order_relaxed)) {
      evaluation.release();
      return;
    }
  }
}

}  // namespace wengert
