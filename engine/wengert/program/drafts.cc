#include "wengert/program/drafts.h"

#include "wengert/program/lower.h"
#include "wengert/program/words.h"

namespace wengert::program {
namespace {

template <class F>
void ForOperands(const Draft& draft, F&& f) {
  for (Operand operand : draft.operands) f(operand);
  for (const Product& product : draft.sum) {
    f(product.x);
    if (product.has_y) f(product.y);
  }
}

class Slots {
 public:
  Slots(absl::Span<const Draft> drafts, uint32_t packs, std::vector<uint32_t>& place)
      : drafts_(drafts),
        packs_(packs),
        place_(place),
        last_use_(place.size()),
        has_slot_(place.size()) {}

  uint32_t Run() && {
    for (size_t d = 0; d < drafts_.size(); ++d) {
      ForOperands(drafts_[d], [&](Operand operand) {
        if (!operand.is_constant()) last_use_[operand.index()] = d;
      });
    }
    for (size_t d = 0; d < drafts_.size(); ++d) {
      ForOperands(drafts_[d], [&](Operand operand) {
        if (!operand.is_constant() && last_use_[operand.index()] == d) Free(operand.index());
      });
      PlaceResults(d);
    }
    return slots_;
  }

 private:
  // A value that nobody reads still needs somewhere to go, for as long as it is written.
  void PlaceResults(size_t d) {
    const Draft& draft = drafts_[d];
    const auto drop = [&](uint32_t node) {
      if (last_use_[node] <= d) Free(node);
    };
    if (draft.node != Draft::kNone) {
      Place(draft.node);
      drop(draft.node);
    }
    for (uint32_t node : draft.row) Place(node);
    for (uint32_t node : draft.row) drop(node);
  }

  void Place(uint32_t node) {
    if (place_[node] != Draft::kNone) return;
    if (free_.empty()) free_.push_back(slots_++ * packs_);
    place_[node] = PlaceOf(kSlots, free_.back());
    free_.pop_back();
    has_slot_[node] = true;
  }

  void Free(uint32_t node) {
    if (!has_slot_[node]) return;
    free_.push_back(place_[node] & (kMaxOffset - 1));
    has_slot_[node] = false;
  }

  const absl::Span<const Draft> drafts_;
  const uint32_t packs_;
  std::vector<uint32_t>& place_;
  std::vector<size_t> last_use_;
  std::vector<bool> has_slot_;
  std::vector<uint32_t> free_;
  uint32_t slots_ = 0;
};

}  // namespace

uint32_t PlaceSlots(absl::Span<const Draft> drafts, uint32_t packs, std::vector<uint32_t>& place) {
  return Slots(drafts, packs, place).Run();
}

}  // namespace wengert::program
