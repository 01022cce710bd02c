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
// in the register. What flows to the record before that is left pending, if the record has but one
// node: among several, looking costs more than it gains. So is what flows from a tail to record
// i - 1. That something is pending is told by jumping to another function of the code before; where
// nothing is, nothing asks.
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
#include "wengert/sweep/coded.h"
#include "wengert/sweep/underflow.h"
#include "wengert/tape/nodes.h"

namespace wengert {
namespace {

// Returns y_bar of the code before, which is of interest where a loop calls the functions.
struct Handler {
  double (*run)(const Word* end, double* adjoints, const double* primals, ptrdiff_t i, double y_bar,
                double pending, const Handler* handlers);
};

// What a step over a code leaves to the code before.
struct Left {
  double y_bar;
  double pending;
  bool is_pending;
};

// The steps over a code whose operands are at `begin`. Only where one may_leave, it leaves anything
// pending that wasn't before.
template <uint32_t code, bool has_pending, bool may_leave>
inline Left StepOverTail(const Word* begin, double* adjoints, ptrdiff_t i, double y_bar,
                         double pending) {
  using Tail = coded::TailOperation<code>;
  const Tail tail{begin, nullptr, i, 0.0};
  const double t_bar = tail.template Flow<Tail::kTemporaryAt>(y_bar, 1.0, 0.0);
  if constexpr (Tail::kNodes == 1) {
    const size_t x = tail.template Index<Tail::kNodeAt>();
    const auto added_to = [&](double x_bar) {
      return tail.template AddedTo<Tail::kNodeAt>(x_bar, y_bar, 1.0, 0.0);
    };
    if (may_leave && x == static_cast<size_t>(i - 1)) {
      return {t_bar, added_to(has_pending ? pending : 0.0), true};
    }
    adjoints[x] = added_to(adjoints[x]);
  }
  return {t_bar, pending, has_pending};
}

template <uint32_t code, bool has_pending, bool may_leave>
inline Left StepOverRecord(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                           double y_bar, double pending) {
  using Record = coded::Record<code>;
  constexpr bool kHasOneNode = Record::kNodes == 1 && (IsJoined(code) || Record::kPrevious == 0);
  const Record record(begin, primals, i);
  const auto complete = [&](double before_bar) {
    if constexpr (has_pending) before_bar += pending;
    record.template Push<Shape::kPrevious>(y_bar, adjoints, before_bar);
    if constexpr (has_pending || Record::kPrevious > 0) adjoints[i - 1] = before_bar;
    return before_bar;
  };
  if constexpr (kHasOneNode) {
    const size_t x = record.Node();
    if (may_leave && x == static_cast<size_t>(i - 2)) {
      const double left = record.FlowToNode(y_bar);
      return {complete(adjoints[i - 1]), left, true};
    }
    const double x_bar = record.AddedToNode(adjoints[x], y_bar);
    adjoints[x] = x_bar;
    if (!IsJoined(code) && x == static_cast<size_t>(i - 1)) return {complete(x_bar), 0.0, false};
  } else {
    double none = 0.0;
    record.template Push<Shape::kNode>(y_bar, adjoints, none);
  }
  return {complete(adjoints[i - 1]), 0.0, false};
}

template <uint32_t code, bool has_pending, bool may_leave>
inline Left Step(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                 double y_bar, double pending) {
  if constexpr (IsTail(code)) {
    return StepOverTail<code, has_pending, may_leave>(begin, adjoints, i, y_bar, pending);
  } else if constexpr (IsOperation(code)) {
    return StepOverRecord<code, has_pending, may_leave>(begin, adjoints, primals, i, y_bar,
                                                        pending);
  } else {
    const bool is_finite = code != kInputCode || y_bar - y_bar == 0.0;
    if (!is_finite) [[unlikely]]
      adjoints[-1] = y_bar;
    if constexpr (has_pending) adjoints[i - 1] += pending;
    return {adjoints[i - 1], 0.0, false};
  }
}

// Of a tail whose operands may be exchanged, the code with these the other way around.
constexpr uint32_t MirrorOf(uint32_t code) {
  if (!IsTail(code) || !HasTrait(FirstForm(code).op, kCommutes)) return code;
  Form form = FirstForm(code);
  std::swap(form.operands[0], form.operands[1]);
  return kFirstTailCode + kTailForms.Find(form);
}

// Codes that are expected to stand side by side: inputs, tails, and sums of products.
template <uint32_t code>
constexpr bool MayRepeat() {
  if constexpr (!IsOperation(code) || IsTail(code)) return true;
  if constexpr (!IsJoined(code)) return false;
  return HasTrait(FirstForm(code).op, kRing) && HasTrait(OuterForm(code).op, kRing) &&
         coded::CountOf(FirstForm(code), Shape::kPrevious) == 0 &&
         coded::CountOf(OuterForm(code), Shape::kPrevious) == 1;
}

// Keeps clang from counting a loop's steps, for which it would save registers before the first.
#ifdef __clang__
#define WENGERT_UNCOUNTED(x) __asm__("" : "+r"(x))
#else
#define WENGERT_UNCOUNTED(x)
#endif

template <uint32_t code, bool has_pending>
WENGERT_JUMPING double Run(const Word* end, double* adjoints, const double* primals, ptrdiff_t i,
                           double y_bar, double pending, [[maybe_unused]] const Handler* handlers) {
  if constexpr (IsStop(code)) {
    if constexpr (has_pending) adjoints[i - 1] += pending;
    return y_bar;
  } else {
    constexpr bool kRepeats = WENGERT_JUMPS && MayRepeat<code>() && !has_pending;
    constexpr int kWords = WordsOf(code), kRecords = IsTail(code) ? 0 : 1;
    [[maybe_unused]] constexpr uint32_t kMirror = MirrorOf(code);
    // Of records side by side only the last one looks what it may leave.
    while (kRepeats && !IsTail(code) && end[-kWords - 1].bits == code) {
      WENGERT_UNCOUNTED(i);
      end -= kWords;
      y_bar = Step<code, false, false>(end, adjoints, primals, i, y_bar, 0.0).y_bar;
      i -= kRecords;
    }
    do {
      WENGERT_UNCOUNTED(i);
      end -= kWords;
      const Left left =
          Step<code, has_pending, WENGERT_JUMPS>(end, adjoints, primals, i, y_bar, pending);
      i -= kRecords;
      y_bar = left.y_bar;
      if (left.is_pending) {
        WENGERT_JUMP(handlers[kCodeCount + end[-1].bits].run(end, adjoints, primals, i, y_bar,
                                                             left.pending, handlers));
      }
    } while (kRepeats && IsTail(code) && (end[-1].bits == code || end[-1].bits == kMirror));
    WENGERT_JUMP(handlers[end[-1].bits].run(end, adjoints, primals, i, y_bar, pending, handlers));
    return y_bar;
  }
}

template <uint32_t code, bool has_pending>
constexpr Handler HandlerOf() {
  if constexpr (IsCode(code)) {
    return {&Run<std::min(code, MirrorOf(code)), has_pending>};
  } else {
    return {nullptr};
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
  kHandlers[end[-1].bits].run(end, adjoints, values, i, adjoints[i], 0.0, kHandlers.data());
#else
  for (double y_bar = adjoints[i]; !IsStop(end[-1].bits); end = CodeBefore(end)) {
    const uint32_t code = end[-1].bits;
    y_bar = kHandlers[code].run(end, adjoints, values, i, y_bar, 0.0, kHandlers.data());
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
