#ifndef WENGERT_TAPE_APPEND_H_
#define WENGERT_TAPE_APPEND_H_

// How each operation is recorded inline (recorder.h): it joins the record of its temporary, goes on
// in it with a tail, or appends a record of its own, in the shortest of its forms.

#include "wengert/base/rounded.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/recorder.h"
#include "wengert/tape/stream.h"
#include "wengert/tape/var.h"

namespace wengert {

template <Op op, bool a_temporary>
WENGERT_INLINE Var Recorder::Unary(const Var& a) {
  using enum Shape;
  const double y = Rounded(Rule<op>::Value(a.fields_.primal));
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t hint = a.fields_.tag - r.stamp_;
  if constexpr (a_temporary && HasTrait(op, kJoins)) {
    if (r.CanJoin(a, hint)) [[likely]] {
      p[-1].bits = JoinedCode(hint, OuterCode<op, kTemporary>());
      return r.Joined<op>(a, p, y);
    }
  }
  if constexpr (a_temporary && IsTailForm<op, kTemporary>()) {
    if (r.CanHaveTail(a, hint)) {
      if (p >= r.tail_limit_) [[unlikely]]
        return r.Elsewhere(op, y, a, Var(), Instead::kTail);
      Put(p, TailCode<op, kTemporary>());
      return r.Joined<op>(a, p + 1, y);
    }
  }
  const uint32_t i = a.fields_.record;
  if (hint >= kHints || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(op, y, a, Var());
  if (i + 1 == n) {
    Put(p, Code<op, kPrevious>());
    return r.Finish(p + 1, y, Code<op, kPrevious>());
  }
  Put(p, i);
  Put(p + 1, Code<op, kNode>());
  return r.Finish(p + 2, y, Code<op, kNode>());
}

template <Op op, bool a_temporary, bool b_temporary>
WENGERT_INLINE Var Recorder::Binary(const Var& a, const Var& b) {
  using enum Shape;
  const double y = Rounded(Rule<op>::Value(a.fields_.primal, b.fields_.primal));
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t a_hint = a.fields_.tag - r.stamp_;
  const uint32_t b_hint = b.fields_.tag - r.stamp_;
  if constexpr (b_temporary) {
    if (a_hint < kHints && r.CanJoin(b, b_hint) && &a != &b) [[likely]]
      return r.Join<op, false>(b, b_hint, a, y);
  }
  if constexpr (a_temporary) {
    if (b_hint < kHints && r.CanJoin(a, a_hint) && &a != &b) [[likely]]
      return r.Join<op, true>(a, a_hint, b, y);
  }
  if constexpr (b_temporary && IsTailForm<op, kNode, kTemporary>()) {
    if (a_hint < kHints && r.CanHaveTail(b, b_hint) && &a != &b)
      return r.AddTail<op, false>(b, a, y);
  }
  if constexpr (a_temporary && IsTailForm<op, kTemporary, kNode>()) {
    if (b_hint < kHints && r.CanHaveTail(a, a_hint) && &a != &b)
      return r.AddTail<op, true>(a, b, y);
  }
  const uint32_t i = a.fields_.record;
  const uint32_t j = b.fields_.record;
  if (a_hint >= kHints || b_hint >= kHints || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(op, y, a, b, WENGERT_PROVABLY(&a == &b) ? Instead::kSame : Instead::kRecord);
  if (WENGERT_PROVABLY(&a == &b)) {
    if (i + 1 == n) {
      Put(p, Code<op, kPrevious, kSame>());
      return r.Finish(p + 1, y, Code<op, kPrevious, kSame>());
    }
    Put(p, i);
    Put(p + 1, Code<op, kNode, kSame>());
    return r.Finish(p + 2, y, Code<op, kNode, kSame>());
  }
  // Of a named operand the compiler may know that it is the newest record; looking would cost more
  // than it gains.
  if (b_temporary ? j + 1 == n : WENGERT_PROVABLY(j + 1 == n)) {
    Put(p, i);
    Put(p + 1, Code<op, kNode, kPrevious>());
    return r.Finish(p + 2, y, Code<op, kNode, kPrevious>());
  }
  if (a_temporary ? i + 1 == n : WENGERT_PROVABLY(i + 1 == n)) {
    Put(p, j);
    Put(p + 1, Code<op, kPrevious, kNode>());
    return r.Finish(p + 2, y, Code<op, kPrevious, kNode>());
  }
  Put(p, i);
  Put(p + 1, j);
  Put(p + 2, Code<op, kNode, kNode>());
  return r.Finish(p + 3, y, Code<op, kNode, kNode>());
}

template <Op op, bool a_temporary>
WENGERT_INLINE Var Recorder::WithConstant(const Var& a, double b) {
  using enum Shape;
  const double y = Rounded(Rule<op>::Value(a.fields_.primal, b));
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t hint = a.fields_.tag - r.stamp_;
  if constexpr (a_temporary) {
    if (r.CanJoin(a, hint)) [[likely]]
      return r.Join<op, true>(a, hint, b, y);
    if constexpr (IsTailForm<op, kTemporary, kConstant>()) {
      if (r.CanHaveTail(a, hint)) return r.AddTail<op, true>(a, b, y);
    }
  }
  const uint32_t i = a.fields_.record;
  if (hint >= kHints || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(op, y, a, Var(b));
  if (a_temporary ? i + 1 == n : WENGERT_IF_CHEAP(i + 1 == n)) {
    Put(p, b);
    Put(p + 2, Code<op, kPrevious, kConstant>());
    return r.Finish(p + 3, y, Code<op, kPrevious, kConstant>());
  }
  Put(p, i);
  Put(p + 1, b);
  Put(p + 3, Code<op, kNode, kConstant>());
  return r.Finish(p + 4, y, Code<op, kNode, kConstant>());
}

template <Op op, bool b_temporary>
WENGERT_INLINE Var Recorder::WithConstant(double a, const Var& b) {
  using enum Shape;
  const double y = Rounded(Rule<op>::Value(a, b.fields_.primal));
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t hint = b.fields_.tag - r.stamp_;
  if constexpr (b_temporary) {
    if (r.CanJoin(b, hint)) [[likely]]
      return r.Join<op, false>(b, hint, a, y);
    if constexpr (IsTailForm<op, kConstant, kTemporary>()) {
      if (r.CanHaveTail(b, hint)) return r.AddTail<op, false>(b, a, y);
    }
  }
  const uint32_t j = b.fields_.record;
  if (hint >= kHints || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(op, y, Var(a), b);
  Put(p, a);
  if (b_temporary ? j + 1 == n : WENGERT_IF_CHEAP(j + 1 == n)) {
    Put(p + 2, Code<op, kConstant, kPrevious>());
    return r.Finish(p + 3, y, Code<op, kConstant, kPrevious>());
  }
  Put(p + 2, j);
  Put(p + 3, Code<op, kConstant, kNode>());
  return r.Finish(p + 4, y, Code<op, kConstant, kNode>());
}

// The newest record's operation becomes the inner one of a pair; its code word is overwritten by
// the outer one's operand, and nothing branches on which operation it was.
template <Op op, bool temporary_first>
WENGERT_INLINE Var Recorder::Join(const Var& temporary, uint32_t hint, const Var& other, double y) {
  using enum Shape;
  constexpr uint32_t kWithNode =
      temporary_first ? OuterCode<op, kTemporary, kNode>() : OuterCode<op, kNode, kTemporary>();
  constexpr uint32_t kWithPrevious = temporary_first ? OuterCode<op, kTemporary, kPrevious>()
                                                     : OuterCode<op, kPrevious, kTemporary>();
  Word* const p = end_;
  const uint32_t i = other.fields_.record;
  if (i + 1 == temporary.fields_.record) {
    Put(p - 1, JoinedCode(hint, kWithPrevious));
    return Joined<op>(temporary, p, y);
  }
  Put(p - 1, i);
  Put(p, JoinedCode(hint, kWithNode));
  return Joined<op>(temporary, p + 1, y);
}

template <Op op, bool temporary_first>
WENGERT_INLINE Var Recorder::Join(const Var& temporary, uint32_t hint, double other, double y) {
  using enum Shape;
  constexpr uint32_t kOuter = temporary_first ? OuterCode<op, kTemporary, kConstant>()
                                              : OuterCode<op, kConstant, kTemporary>();
  Word* const p = end_;
  Put(p - 1, other);
  Put(p + 1, JoinedCode(hint, kOuter));
  return Joined<op>(temporary, p + 2, y);
}

template <Op op, bool temporary_first>
WENGERT_INLINE Var Recorder::AddTail(const Var& temporary, const Var& other, double y) {
  using enum Shape;
  constexpr uint32_t kCode =
      temporary_first ? TailCode<op, kTemporary, kNode>() : TailCode<op, kNode, kTemporary>();
  Word* const p = end_;
  if (p >= tail_limit_) [[unlikely]] {
    return temporary_first ? Elsewhere(op, y, temporary, other, Instead::kTail)
                           : Elsewhere(op, y, other, temporary, Instead::kTail);
  }
  Put(p, other.fields_.record);
  Put(p + 1, kCode);
  return Joined<op>(temporary, p + 2, y);
}

template <Op op, bool temporary_first>
WENGERT_INLINE Var Recorder::AddTail(const Var& temporary, double other, double y) {
  using enum Shape;
  constexpr uint32_t kCode = temporary_first ? TailCode<op, kTemporary, kConstant>()
                                             : TailCode<op, kConstant, kTemporary>();
  Word* const p = end_;
  if (p >= tail_limit_) [[unlikely]] {
    return temporary_first ? Elsewhere(op, y, temporary, Var(other), Instead::kTail)
                           : Elsewhere(op, y, Var(other), temporary, Instead::kTail);
  }
  Put(p, other);
  Put(p + 2, kCode);
  return Joined<op>(temporary, p + 3, y);
}

template <Op op>
WENGERT_INLINE Var Recorder::Joined(const Var& temporary, Word* end, double y) {
  const uint32_t record = temporary.fields_.record;
  primals_[record].value = y;
  end_ = end;
  temporary.fields_.tag = kMovedStamp;
  return Var(VarFields{y, record, stamp_ + (HasTrait(op, kRing) ? kTailHint : 0)});
}

}  // namespace wengert

#endif  // WENGERT_TAPE_APPEND_H_
