#include "wengert/function/evaluation.h"

namespace wengert {

void Evaluation::Use(const TraceTier* other) {
  if (tier == other) return;
  tier_is_there = false;
  if (tier != nullptr) tier->idle.GiveBack(std::move(tier_workspace));
  tier = nullptr;  // until a workspace is there: making one may throw
  if (other == nullptr) return;
  tier_workspace = other->idle.Take();
  if (tier_workspace == nullptr) tier_workspace = other->tier->MakeWorkspace();
  tier = other;
}

void Evaluation::Use(std::shared_ptr<const Trace> other) {
  if (trace == other) return;
  nodes_are_there = false;
  Use(static_cast<const TraceTier*>(nullptr));
  trace = std::move(other);
}

Tier::Point Evaluation::PointOf(size_t n, size_t unnamed) {
  const absl::Span<const double> all = point;
  tier_p.assign(all.begin() + static_cast<ptrdiff_t>(n),
                all.begin() + static_cast<ptrdiff_t>(unnamed));
  for (uint32_t name : trace->names) tier_p.push_back(point[unnamed + name]);
  return {all.subspan(0, n), tier_p};
}

}  // namespace wengert
