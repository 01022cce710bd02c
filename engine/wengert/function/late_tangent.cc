#include "wengert/function/late_tangent.h"

namespace wengert {

void LateTangent::Expect(size_t times) const {
  if (get() != nullptr || times == 0) return;
  const auto more = static_cast<int64_t>(times);
  const int64_t before = asked_.fetch_add(more, std::memory_order_relaxed);
  const bool is_time =
      compile_after_ <= 0 || (before <= compile_after_ && compile_after_ < before + more);
  if (is_time) std::call_once(once_, [this] { Make(); });
}

void LateTangent::Make() const {
  auto made = program::CompiledTangent::Compile(product_, tape_, n_, computed_,
                                                {.threads = threads_, .directions = directions_});
  failed_.store(!made.ok(), std::memory_order_relaxed);
  if (!made.ok()) return;
  compiled_ = *std::move(made);
  made_.set(compiled_.get());
}

}  // namespace wengert
