// A function for every code, made from the rules of its one or two operations; it ends by jumping
// to the function of the code before, so each has an indirect jump of its own to be predicted,
// and the state of the sweep stays in registers:
//
//   end        behind the code
//   i, y_bar   the record's number and its adjoint, or that of the result a tail was added to
//   pending    what flows to record i - 1 and isn't in its adjoint yet
//
// Sums of products and tails stand side by side; steps over them are taken in a loop: an indirect
// jump that is foreseen still takes four cycles, a branch one.
//
// A chain of operations should wait for no store, of which the load takes another ten cycles. The
// adjoint of record i - 1 is loaded last, and what flows to it through a kPrevious operand is added
// in the register. What flows to record i - 2 is left pending, if the record has but one node; so
// is what flows from a tail to record i - 1. That something is pending is told by jumping
// to another function of the code before; where nothing is, nothing asks. Flows are added in the
// order of the stream all the same, pending or not, so adjoints don't depend to a bit on it.
//
// An adjoint that is 0 meets an infinite partial so rarely that nothing is done about it here:
// 0 * infinity is NaN. So is it with two partials whose product overflows though the adjoint would
// have made up for it. What isn't finite flows down to an independent and is noticed there
// (Tape::Backward).

#include "wengert/sweep/records.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wengert/base/jump.h"
#include "wengert/sweep/reverse_step.h"
#include "wengert/sweep/underflow.h"
#include "wengert/tape/nodes.h"

namespace wengert {
namespace {

// Returns y_bar of the code before, which is of interest where a loop calls the functions.
struct Handler {
  double (*run)(const Word* end, double* adjoints, const double* primals, ptrdiff_t i, double y_bar,
                double flow_bar, double flow_rate, const Handler* handlers) WENGERT_JUMPS_NOEXCEPT;
};

// Of a tail whose operands may be exchanged, the code with these the other way around. Both share a
// function.
constexpr uint32_t MirrorOf(uint32_t code) {
  if (!IsTail(code) || !HasTrait(FirstForm(code).op, kCommutes)) return code;
  Form form = FirstForm(code);
  std::swap(form.operands[0], form.operands[1]);
  return kFirstTailCode + kTailForms.Find(form);
}

// Codes that are expected to stand side by side: inputs, tails, and sums of products. Not those of
// which each would look what it may leave.
constexpr bool MayRepeat(uint32_t code) {
  if (!IsOperation(code) || IsTail(code)) return true;
  if (!IsJoined(code)) return false;
  return HasTrait(FirstForm(code).op, kRing) && HasTrait(OuterForm(code).op, kRing) &&
         coded::CountOf(FirstForm(code), Shape::kPrevious) == 0 &&
         (coded::CountOf(OuterForm(code), Shape::kPrevious) == 1 || !coded::MayLeave(code));
}

// Keeps clang from counting a loop's steps, for which it would save registers before the first.
#ifdef __clang__
#define WENGERT_UNCOUNTED(x) __asm__("" : "+r"(x))
#else
#define WENGERT_UNCOUNTED(x)
#endif

template <uint32_t code, bool has_pending>
[[gnu::noinline]] WENGERT_JUMPING double Run(
    const Word* end, double* adjoints, const double* primals, ptrdiff_t i, double y_bar,
    double flow_bar, double flow_rate,
    [[maybe_unused]] const Handler* handlers) WENGERT_JUMPS_NOEXCEPT {
  if constexpr (IsStop(code)) {
    return y_bar;
  } else {
    constexpr bool kMayLeave = WENGERT_JUMPS && coded::MayLeave(code);
    constexpr bool kRepeats = WENGERT_JUMPS && MayRepeat(code) && !has_pending;
    constexpr bool kPeels = kRepeats && kMayLeave && !IsTail(code);
    constexpr bool kAvoidsBefore =
        has_pending && !coded::MayLeave(code) && !coded::LooksAtNodes(code);
    constexpr int kWords = WordsOf(code), kRecords = IsTail(code) ? 0 : 1;
    [[maybe_unused]] constexpr uint32_t kMirror = MirrorOf(code);
    [[maybe_unused]] const coded::Flow pending = {flow_bar, flow_rate};
    static_assert(WordsOf(kMirror) == kWords);
    // Of records side by side only the last one looks what it may leave.
    while (kPeels && end[-kWords - 1].bits == code) {
      WENGERT_UNCOUNTED(i);
      end -= kWords;
      y_bar = coded::Step<code, false, false>(end, adjoints, primals, i, y_bar, {}).y_bar;
      i -= kRecords;
    }
    do {
      WENGERT_UNCOUNTED(i);
      if constexpr (kAvoidsBefore) {
        if (coded::HasNode<code>(end - kWords, i - 1)) [[unlikely]] {
          adjoints[i - 1] = pending.AddedTo(adjoints[i - 1]);
          WENGERT_JUMP((Run<code, false>(end, adjoints, primals, i, y_bar, 0.0, 0.0, handlers)));
        }
      }
      end -= kWords;
      const coded::Left left =
          coded::Step<code, has_pending, kMayLeave>(end, adjoints, primals, i, y_bar, pending);
      i -= kRecords;
      y_bar = left.y_bar;
      if (left.is_pending) {
        WENGERT_JUMP(handlers[size_t{kCodeCount} + end[-1].bits].run(
            end, adjoints, primals, i, y_bar, left.pending.bar, left.pending.rate, handlers));
      }
    } while (kRepeats && !kPeels && (end[-1].bits == code || end[-1].bits == kMirror));
    WENGERT_JUMP(handlers[end[-1].bits].run(end, adjoints, primals, i, y_bar, flow_bar, flow_rate,
                                            handlers));
    return y_bar;
  }
}

#undef WENGERT_UNCOUNTED

// With something pending, of the codes that have no function for that.
WENGERT_JUMPING double RunWithoutPending(
    [[maybe_unused]] const Word* end, double* adjoints, [[maybe_unused]] const double* primals,
    ptrdiff_t i, double y_bar, double flow_bar, double flow_rate,
    [[maybe_unused]] const Handler* handlers) WENGERT_JUMPS_NOEXCEPT {
  adjoints[i - 1] = coded::Flow{flow_bar, flow_rate}.AddedTo(adjoints[i - 1]);
  WENGERT_JUMP(handlers[end[-1].bits].run(end, adjoints, primals, i, y_bar, 0.0, 0.0, handlers));
  return y_bar;
}

template <uint32_t code, bool has_pending>
constexpr Handler HandlerOf() {
  if constexpr (!IsCode(code)) {
    return {nullptr};
  } else if constexpr (has_pending && !(WENGERT_JUMPS && coded::TakesPending(code))) {
    return {&RunWithoutPending};
  } else {
    return {&Run<std::min(code, MirrorOf(code)), has_pending>};
  }
}

// Of every code, then of every code with something pending.
constexpr auto kHandlers = []<uint32_t... codes>(std::integer_sequence<uint32_t, codes...>) {
  return std::array<Handler, 2 * kCodeCount>{HandlerOf<codes, false>()...,
                                             HandlerOf<codes, true>()...};
}
(std::make_integer_sequence<uint32_t, kCodeCount>());

}  // namespace

void ReverseRecords(const Word* end, uint32_t root, const Cell* primals, double* adjoints) {
  const double* const values = &primals->value;
  ptrdiff_t i = root;
#if WENGERT_JUMPS
  kHandlers[end[-1].bits].run(end, adjoints, values, i, adjoints[i], 0.0, 0.0, kHandlers.data());
#else
  for (double y_bar = adjoints[i]; !IsStop(end[-1].bits); end = CodeBefore(end)) {
    const uint32_t code = end[-1].bits;
    y_bar = kHandlers[code].run(end, adjoints, values, i, y_bar, 0.0, 0.0, kHandlers.data());
    i -= IsTail(code) ? 0 : 1;
  }
#endif
}

bool PartialsUnderflow(const Word* end, uint32_t root, const Cell* primals, double* adjoints) {
  const UnderflowWatch underflow;
  ReverseRecords(end, root, primals, adjoints);
  return underflow.HasSeenOne();
}

}  // namespace wengert
