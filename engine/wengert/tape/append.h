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

template <Op op, bool... temporaries, class... Operands>
WENGERT_INLINE Var Recorder::Record(const Operands&... operands) {
  Var result;
  KeepFromAliasScopes(result);
  Append<op, temporaries...>(result.fields_, operands...);
  return result;
}

template <Op op, bool a_temporary>
WENGERT_INLINE void Recorder::Append(VarFields& result, const Var& a) {
  using enum Shape;
  const double y = Rounded(Rule<op>::Value(a.fields_.primal));
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  constexpr bool kHasTail = IsTailForm<op, kTemporary>();
  const uint32_t hints = a_temporary && (kHasTail || HintOf(a) < kTailHint) ? HintOf(a) : 0;
  const uint32_t hint = HintOf<op, kNode>(hints);
  if constexpr (a_temporary && HasTrait(op, kJoins)) {
    if (r.CanJoin(a, n)) [[likely]] {
      const uint32_t code = JoinedCode(HintOf(a), OuterCode<op, kTemporary>());
      return r.Joined(result, hint, y, a, p - 1, code);
    }
  }
  if constexpr (a_temporary && kHasTail) {
    if (r.CanHaveTail(a, n)) {
      if (p >= r.tail_limit_) [[unlikely]]
        return r.Elsewhere(result, hint, op, y, a);
      return r.Joined(result, hint, y, a, p, TailCode<op, kTemporary>());
    }
  }
  const uint32_t i = a.fields_.record;
  if (!r.IsMine(a) || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(result, hint, op, y, a);
  if (i + 1 == n)
    return r.Finish(result, HintOf<op, kPrevious>(hints), y, p, Code<op, kPrevious>());
  return r.Finish(result, hint, y, p, i, Code<op, kNode>());
}

template <Op op, bool a_temporary, bool b_temporary>
WENGERT_INLINE void Recorder::Append(VarFields& result, const Var& a, const Var& b) {
  using enum Shape;
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t hints = (a_temporary ? HintOf(a) : 0) | (b_temporary ? HintOf(b) : 0);
  const uint32_t hint = HintOf<op, kNode, kNode>(hints);
  if constexpr (b_temporary) {
    if (r.CanJoin(b, n) && &a != &b) [[likely]]
      return r.Join<op, false>(result, hint, p, b, a);
  }
  if constexpr (a_temporary) {
    if (r.CanJoin(a, n) && &a != &b) [[likely]]
      return r.Join<op, true>(result, hint, p, a, b);
  }
  if constexpr (b_temporary && IsTailForm<op, kNode, kTemporary>()) {
    if (r.CanHaveTail(b, n) && &a != &b) return r.AddTail<op, false>(result, hint, p, b, a);
  }
  if constexpr (a_temporary && IsTailForm<op, kTemporary, kNode>()) {
    if (r.CanHaveTail(a, n) && &a != &b) return r.AddTail<op, true>(result, hint, p, a, b);
  }
  const double y = Rounded(Rule<op>::Value(a.fields_.primal, b.fields_.primal));
  const uint32_t i = a.fields_.record;
  const uint32_t j = b.fields_.record;
  const bool has_place = r.AreMine(a, b) && p < r.limit_;
  // One Var twice. Of its addresses the question would keep it in memory.
  if (WENGERT_PROVABLY(i == j && a.fields_.tag == b.fields_.tag)) {
    const uint32_t same_hint = HintOf<op, kNode, kSame>(hints);
    if (!has_place) [[unlikely]]
      return r.Elsewhere(result, kOnItself | same_hint, op, y, a, b);
    if (i + 1 == n) {
      return r.Finish(result, HintOf<op, kPrevious, kSame>(hints), y, p,
                      Code<op, kPrevious, kSame>());
    }
    return r.Finish(result, same_hint, y, p, i, Code<op, kNode, kSame>());
  }
  if (!has_place) [[unlikely]]
    return r.Elsewhere(result, hint, op, y, a, b);
  // Of a named operand the compiler may know that it is the newest record; looking would cost more
  // than it gains.
  if (b_temporary ? j + 1 == n : WENGERT_PROVABLY(j + 1 == n)) {
    return r.Finish(result, HintOf<op, kNode, kPrevious>(hints), y, p, i,
                    Code<op, kNode, kPrevious>());
  }
  if (a_temporary ? i + 1 == n : WENGERT_PROVABLY(i + 1 == n)) {
    return r.Finish(result, HintOf<op, kPrevious, kNode>(hints), y, p, j,
                    Code<op, kPrevious, kNode>());
  }
  return r.Finish(result, hint, y, p, i, j, Code<op, kNode, kNode>());
}

template <Op op, bool a_temporary>
WENGERT_INLINE void Recorder::Append(VarFields& result, const Var& a, double b) {
  using enum Shape;
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t hints = a_temporary ? HintOf(a) : 0;
  const uint32_t hint = HintOf<op, kNode, kConstant>(hints);
  if constexpr (a_temporary) {
    if (r.CanJoin(a, n)) [[likely]]
      return r.Join<op, true>(result, hint, p, a, b);
    if constexpr (IsTailForm<op, kTemporary, kConstant>()) {
      if (r.CanHaveTail(a, n)) return r.AddTail<op, true>(result, hint, p, a, b);
    }
  }
  const double y = Rounded(Rule<op>::Value(a.fields_.primal, b));
  const uint32_t i = a.fields_.record;
  if (!r.IsMine(a) || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(result, hint, op, y, a, Var(b));
  if (a_temporary ? i + 1 == n : WENGERT_PROVABLY(i + 1 == n)) {
    return r.Finish(result, HintOf<op, kPrevious, kConstant>(hints), y, p, b,
                    Code<op, kPrevious, kConstant>());
  }
  return r.Finish(result, hint, y, p, i, b, Code<op, kNode, kConstant>());
}

template <Op op, bool b_temporary>
WENGERT_INLINE void Recorder::Append(VarFields& result, double a, const Var& b) {
  using enum Shape;
  Recorder& r = Current();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
  const uint32_t hints = b_temporary ? HintOf(b) : 0;
  const uint32_t hint = HintOf<op, kConstant, kNode>(hints);
  if constexpr (b_temporary) {
    if (r.CanJoin(b, n)) [[likely]]
      return r.Join<op, false>(result, hint, p, b, a);
    if constexpr (IsTailForm<op, kConstant, kTemporary>()) {
      if (r.CanHaveTail(b, n)) return r.AddTail<op, false>(result, hint, p, b, a);
    }
  }
  const double y = Rounded(Rule<op>::Value(a, b.fields_.primal));
  const uint32_t j = b.fields_.record;
  if (!r.IsMine(b) || p >= r.limit_) [[unlikely]]
    return r.Elsewhere(result, hint, op, y, Var(a), b);
  if (b_temporary ? j + 1 == n : WENGERT_PROVABLY(j + 1 == n)) {
    return r.Finish(result, HintOf<op, kConstant, kPrevious>(hints), y, p, a,
                    Code<op, kConstant, kPrevious>());
  }
  return r.Finish(result, hint, y, p, a, j, Code<op, kConstant, kNode>());
}

template <Op op, bool temporary_first>
WENGERT_INLINE double Recorder::Primal(double temporary, double other) {
  return Rounded(temporary_first ? Rule<op>::Value(temporary, other)
                                 : Rule<op>::Value(other, temporary));
}

// The newest record's operation becomes the inner one of a pair; its code word is overwritten by
// the outer one's operand, and nothing branches on which operation it was.
template <Op op, bool temporary_first>
WENGERT_INLINE void Recorder::Join(VarFields& result, uint32_t hint, Word* p, const Var& temporary,
                                   const Var& other) {
  using enum Shape;
  constexpr uint32_t kWithNode =
      temporary_first ? OuterCode<op, kTemporary, kNode>() : OuterCode<op, kNode, kTemporary>();
  constexpr uint32_t kWithPrevious = temporary_first ? OuterCode<op, kTemporary, kPrevious>()
                                                     : OuterCode<op, kPrevious, kTemporary>();
  const double y = Primal<op, temporary_first>(temporary.fields_.primal, other.fields_.primal);
  if (!IsMine(other)) [[unlikely]]
    return Elsewhere<temporary_first>(result, hint, op, y, temporary, other);
  const uint32_t i = other.fields_.record;
  if (i + 1 == temporary.fields_.record) {
    return Joined(result, hint, y, temporary, p - 1, JoinedCode(HintOf(temporary), kWithPrevious));
  }
  return Joined(result, hint, y, temporary, p - 1, i, JoinedCode(HintOf(temporary), kWithNode));
}

template <Op op, bool temporary_first>
WENGERT_INLINE void Recorder::Join(VarFields& result, uint32_t hint, Word* p, const Var& temporary,
                                   double other) {
  using enum Shape;
  constexpr uint32_t kOuter = temporary_first ? OuterCode<op, kTemporary, kConstant>()
                                              : OuterCode<op, kConstant, kTemporary>();
  const double y = Primal<op, temporary_first>(temporary.fields_.primal, other);
  return Joined(result, hint, y, temporary, p - 1, other, JoinedCode(HintOf(temporary), kOuter));
}

template <Op op, bool temporary_first>
WENGERT_INLINE void Recorder::AddTail(VarFields& result, uint32_t hint, Word* p,
                                      const Var& temporary, const Var& other) {
  using enum Shape;
  constexpr uint32_t kCode =
      temporary_first ? TailCode<op, kTemporary, kNode>() : TailCode<op, kNode, kTemporary>();
  const double y = Primal<op, temporary_first>(temporary.fields_.primal, other.fields_.primal);
  if (!IsMine(other) || p >= tail_limit_) [[unlikely]]
    return Elsewhere<temporary_first>(result, hint, op, y, temporary, other);
  return Joined(result, hint, y, temporary, p, other.fields_.record, kCode);
}

template <Op op, bool temporary_first>
WENGERT_INLINE void Recorder::AddTail(VarFields& result, uint32_t hint, Word* p,
                                      const Var& temporary, double other) {
  using enum Shape;
  constexpr uint32_t kCode = temporary_first ? TailCode<op, kTemporary, kConstant>()
                                             : TailCode<op, kConstant, kTemporary>();
  const double y = Primal<op, temporary_first>(temporary.fields_.primal, other);
  if (p >= tail_limit_) [[unlikely]]
    return Elsewhere<temporary_first>(result, hint, op, y, temporary, Var(other));
  return Joined(result, hint, y, temporary, p, other, kCode);
}

}  // namespace wengert

#endif  // WENGERT_TAPE_APPEND_H_
