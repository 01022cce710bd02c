#include "wengert/program/spine.h"

#include <algorithm>
#include <cstdint>

namespace wengert::program {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

// Tarjan's algorithm, with a stack of its own instead of recursion.
class Components {
 public:
  explicit Components(absl::Span<const BodyPosition> positions)
      : positions_(positions),
        period_(static_cast<uint32_t>(positions.size())),
        number_(period_, kNone),
        low_(period_),
        is_open_(period_),
        is_spine_(period_) {
    for (uint32_t p = 0; p < period_; ++p) {
      if (number_[p] == kNone) VisitFrom(p);
    }
  }

  std::vector<bool> Spine() && { return std::move(is_spine_); }

 private:
  struct Visit {
    uint32_t position;
    int next_operand;
  };

  // The position that operand k is of, in this iteration or the one before; kNone for one that is
  // external or the sum of a link.
  uint32_t Dependency(uint32_t p, int k) const {
    const BodyPosition& position = positions_[p];
    const uint32_t d = position.distance[k];
    if (d == 0 || position.link == k + 1) return kNone;
    return position.IsCarried(k) ? p + period_ - d : p - d;
  }

  void VisitFrom(uint32_t start) {
    Enter(start);
    while (!visits_.empty()) {
      const uint32_t p = visits_.back().position;
      const int k = visits_.back().next_operand++;
      if (k == positions_[p].arity) {
        Leave();
        continue;
      }
      const uint32_t q = Dependency(p, k);
      if (q == kNone) continue;
      if (number_[q] == kNone) {
        Enter(q);
      } else if (is_open_[q]) {
        low_[p] = std::min(low_[p], number_[q]);
        if (q == p) is_spine_[p] = true;
      }
    }
  }

  void Enter(uint32_t p) {
    number_[p] = low_[p] = entered_++;
    is_open_[p] = true;
    open_.push_back(p);
    visits_.push_back({p, 0});
  }

  void Leave() {
    const uint32_t p = visits_.back().position;
    visits_.pop_back();
    if (low_[p] == number_[p]) Complete(p);
    if (visits_.empty()) return;
    uint32_t& low = low_[visits_.back().position];
    low = std::min(low, low_[p]);
  }

  // The positions that were entered since `root` are a component.
  void Complete(uint32_t root) {
    const bool is_circle = open_.back() != root;
    for (uint32_t p = kNone; p != root;) {
      p = open_.back();
      open_.pop_back();
      is_open_[p] = false;
      if (is_circle) is_spine_[p] = true;
    }
  }

  absl::Span<const BodyPosition> positions_;
  uint32_t period_;
  std::vector<uint32_t> number_;  // in the order of entering
  std::vector<uint32_t> low_;     // the lowest number that is reached
  std::vector<bool> is_open_;     // entered, of no complete component
  std::vector<bool> is_spine_;
  std::vector<uint32_t> open_;
  std::vector<Visit> visits_;
  uint32_t entered_ = 0;
};

}  // namespace

std::vector<bool> SpineOf(absl::Span<const BodyPosition> positions) {
  return Components(positions).Spine();
}

}  // namespace wengert::program
