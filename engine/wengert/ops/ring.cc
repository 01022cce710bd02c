#include "wengert/ops/ring.h"

namespace wengert {

absl::Span<const RingTerm> RingTermsOf(Op op) {
  static constexpr RingTerm kAdd[] = {{+1, 0}, {+1, 1}};
  static constexpr RingTerm kSub[] = {{+1, 0}, {-1, 1}};
  static constexpr RingTerm kMul[] = {{+1, 0, 1}};
  static constexpr RingTerm kNeg[] = {{-1, 0}};
  static constexpr RingTerm kSquare[] = {{+1, 0, 0}};
  static constexpr RingTerm kFma[] = {{+1, 0, 1}, {+1, 2}};
  switch (op) {
    case Op::kAdd:
      return kAdd;
    case Op::kSub:
      return kSub;
    case Op::kMul:
      return kMul;
    case Op::kNeg:
      return kNeg;
    case Op::kSquare:
      return kSquare;
    case Op::kFma:
      return kFma;
    default:
      return {};
  }
}

bool IsAddend(Op op, int k) {
  int uses = 0;
  bool plain = false;
  for (const RingTerm& term : RingTermsOf(op)) {
    uses += static_cast<int>(term.x == k) + static_cast<int>(term.y == k);
    plain |= term.x == k && term.y < 0 && term.sign > 0;
  }
  return plain && uses == 1;
}

}  // namespace wengert
