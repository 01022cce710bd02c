#ifndef WENGERT_SWEEP_REVERSE_STEP_H_
#define WENGERT_SWEEP_REVERSE_STEP_H_

// The step of the sweep backwards over one code of the stream: pushes the adjoint of what the code
// computes to its operands. For the sweep over records (records.cc).

#include <cstddef>
#include <cstdint>

#include "wengert/sweep/code_places.h"
#include "wengert/sweep/coded.h"

namespace wengert::coded {
namespace {

// What is yet to be added to an adjoint: the adjoint of a record behind it times the partials
// between. They are multiplied as they are added, so rounded like what is added at once.
struct Flow {
  double bar = 0.0;
  double rate = 0.0;

  double AddedTo(double x_bar) const { return TimesPlus(bar, rate, x_bar); }
};

// Whether there is a step with something pending. There is none over functions of several operands
// that take longer than what it would save.
constexpr bool TakesPending(uint32_t code) {
  if (!IsOperation(code)) return false;
  const Op op = FirstForm(code).op;
  return ArityOf(op) == 1 || HasTrait(op, kRing) || HasTrait(op, kCheap) || HasTrait(op, kJoins);
}

// Whether what flows to the code's node may be left pending: a tail's, or the only one of a record.
// Among several nodes, and beside the record before in a single operation, it is never looked for.
constexpr bool MayLeave(uint32_t code) {
  return TakesPending(code) && CountIn(code, Shape::kNode) == 1 &&
         (IsJoined(code) || CountIn(code, Shape::kPrevious) == 0);
}

// Whether a step with something pending looks at each node whether it is the record before. Where
// it neither does nor MayLeave anything, no node may be that.
constexpr bool LooksAtNodes(uint32_t code) {
  return !IsJoined(code) && !IsTail(code) && CountIn(code, Shape::kNode) < 3;
}

// What a step leaves to the code before.
struct Left {
  double y_bar;
  Flow pending = {};
  bool is_pending = false;
};

// Over a tail.
template <uint32_t code, bool has_pending, bool may_leave>
inline Left StepOverTail(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                         double y_bar, Flow pending) {
  using Tail = TailOperation<code>;
  const Tail tail{begin, primals, i, 0.0};
  const double t_bar = y_bar * tail.template Rate<Tail::kTemporaryAt>(1.0, 0.0);
  if constexpr (CountIn(code, Shape::kNode) == 1) {
    const size_t x = tail.template Index<Tail::kNodeAt>();
    const double rate = tail.template Rate<Tail::kNodeAt>(1.0, 0.0);
    if (may_leave && x == static_cast<size_t>(i - 1)) {
      if constexpr (has_pending) adjoints[x] = pending.AddedTo(adjoints[x]);
      return {t_bar, {y_bar, rate}, true};
    }
    adjoints[x] = TimesPlus(y_bar, rate, adjoints[x]);
  }
  return {t_bar, pending, has_pending};
}

// Over a record whose only node may be left pending: that is done if it's the record before the
// next step's.
template <uint32_t code, bool has_pending, bool may_leave>
inline Left StepOverOneNode(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                            double y_bar, Flow pending) {
  const Record<code> record(begin, primals, i);
  const size_t x = begin[kNodePlaces<code>.at[0]].bits;
  const double rate = record.RateOfNode();
  const bool is_left = may_leave && x == static_cast<size_t>(i - 2);
  const bool is_before = x == static_cast<size_t>(i - 1);
  double before_bar = 0.0;
  if constexpr (has_pending) before_bar = pending.AddedTo(adjoints[i - 1]);
  if (!is_left) {
    double& place = adjoints[Apart(x)];
    const double x_bar = TimesPlus(y_bar, rate, has_pending && is_before ? before_bar : place);
    place = x_bar;
    if constexpr (!has_pending && !IsJoined(code)) return {is_before ? x_bar : adjoints[i - 1]};
    if (has_pending && is_before) before_bar = x_bar;
  }
  if constexpr (!has_pending) before_bar = adjoints[i - 1];
  record.PushToPrevious(y_bar, before_bar);
  if constexpr (has_pending || CountIn(code, Shape::kPrevious) > 0) adjoints[i - 1] = before_bar;
  if (is_left) return {before_bar, {y_bar, rate}, true};
  return {before_bar};
}

// Over any other record.
template <uint32_t code, bool has_pending>
inline double StepOverNodes(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                            double y_bar, Flow pending) {
  const Record<code> record(begin, primals, i);
  double before_bar = 0.0;
  if constexpr (has_pending && LooksAtNodes(code)) {
    before_bar = pending.AddedTo(adjoints[i - 1]);
    record.template PushToNodes<true>(y_bar, adjoints, before_bar);
  } else {
    record.template PushToNodes<false>(y_bar, adjoints, before_bar);
    before_bar = adjoints[i - 1];
    if constexpr (has_pending) before_bar = pending.AddedTo(before_bar);
  }
  record.PushToPrevious(y_bar, before_bar);
  if constexpr (has_pending || CountIn(code, Shape::kPrevious) > 0) adjoints[i - 1] = before_bar;
  return before_bar;
}

// The operands of the code are at `begin`; it is of record i, whose adjoint is y_bar, or of a tail
// whose result has that adjoint. Only a step that may_leave it leaves anything pending that wasn't.
template <uint32_t code, bool has_pending, bool may_leave>
inline Left Step(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                 double y_bar, Flow pending) {
  if constexpr (!IsOperation(code)) {
    const bool is_finite = code != kInputCode || y_bar - y_bar == 0.0;
    if (!is_finite) [[unlikely]]
      adjoints[-1] = y_bar;
    return {adjoints[i - 1]};
  } else if constexpr (IsTail(code)) {
    return StepOverTail<code, has_pending, may_leave>(begin, adjoints, primals, i, y_bar, pending);
  } else if constexpr (MayLeave(code)) {
    return StepOverOneNode<code, has_pending, may_leave>(begin, adjoints, primals, i, y_bar,
                                                         pending);
  } else {
    return {StepOverNodes<code, has_pending>(begin, adjoints, primals, i, y_bar, pending)};
  }
}

}  // namespace
}  // namespace wengert::coded

#endif  // WENGERT_SWEEP_REVERSE_STEP_H_
