#ifndef WENGERT_TAPE_RECORDER_H_
#define WENGERT_TAPE_RECORDER_H_

// Appending records: the part of a tape that every operation on a Var touches, and the inline code
// that does so. One compare an operand tells a live Var of this tape from everything else
// (constants, stale and foreign Vars), which goes out of line to Tape::RecordAny; one compare a
// record makes sure of room; then words, primal and cursors are stored.
//
// Hints travel with Vars instead of being read back from the stream, so where a temporary's making
// and its use are inlined into one function the compiler knows which operation joins which.

#include <cstdint>

#include "absl/types/span.h"
#include "wengert/base/rounded.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/stream.h"
#include "wengert/tape/var.h"

namespace wengert {

// Stamps: 0 is a constant's, kNoStamp that of the recorder which stands where no tape records,
// kMovedStamp that of a Var whose record was joined.
inline constexpr uint32_t kNoStamp = 1 * kHints;
inline constexpr uint32_t kMovedStamp = 2 * kHints;
inline constexpr uint32_t kFirstStamp = 3 * kHints;

// An operation's code folds to a few stores once it stands at the place of use, which compilers
// can't foresee.
#define WENGERT_INLINE [[gnu::always_inline]] inline

// True where the compiler can prove it, else false.
#define WENGERT_PROVABLY(condition) (__builtin_constant_p(condition) && (condition))

class Recorder {
 public:
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // op(a) and op(a, b), recorded on the innermost tape of the thread. A `..._temporary` is an
  // operand that nobody can name after this.
  template <Op op, bool a_temporary>
  static Var Unary(const Var& a);
  template <Op op, bool a_temporary, bool b_temporary>
  static Var Binary(const Var& a, const Var& b);
  template <Op op, bool a_temporary>
  static Var WithConstant(const Var& a, double b);
  template <Op op, bool b_temporary>
  static Var WithConstant(double a, const Var& b);

  // Any operation with any operands, out of line.
  static VarFields RecordAny(Op op, double y, VarFields a);
  static VarFields RecordAny(Op op, double y, VarFields a, VarFields b);
  static VarFields RecordAny(Op op, double y, VarFields a, VarFields b, VarFields c);

 protected:
  constexpr Recorder() = default;

  // The innermost tape's recorder of this thread. In a struct, so that no store through a Recorder
  // can change it in the eyes of the compiler.
  struct Innermost {
    Recorder* recorder;
  };
  static Recorder& Current() { return *innermost_.recorder; }

  // Makes room for one more record, of any length.
  void MakeRoom() {
    if (end_ >= limit_) [[unlikely]]
      Refill();
  }
  [[gnu::cold]] void Refill();

  // The same for the current recorder. It is looked up again after what may have been a call, so
  // that the next operation finds its cursors known.
  static Recorder& WithRoom() {
    Current().MakeRoom();
    return Current();
  }

  // The record of an operand that isn't plainly one of this tape's: a record made for the constant,
  // or that of a Var older than a Rewind.
  [[gnu::cold]] static uint32_t Adopt(VarFields v);

  // The newest record is complete: it ends before `end` and its primal is y.
  WENGERT_INLINE Var Finish(Word* end, double y, uint32_t code) {
    const uint32_t record = size_;
    primals_[record].value = y;
    end_ = end;
    size_ = record + 1;
    return Var(VarFields{y, record, stamp_ + HintOf(code)});
  }
  static constexpr uint32_t HintOf(uint32_t code) {
    return code < kFirstOtherCode && code % 32 == 0 ? code / 32 : 0;
  }

  bool CanJoin(const Var& a, uint32_t hint) const {
    return hint - 1 < kHints - 1 && a.fields_.record + 1 == size_;
  }
  template <Op op, bool temporary_first>
  Var Join(const Var& temporary, uint32_t hint, const Var& other, double y);
  template <Op op, bool temporary_first>
  Var Join(const Var& temporary, uint32_t hint, double other, double y);
  Var Joined(const Var& temporary, Word* end, double y);

  static void Put(Word* at, uint32_t bits) { at->bits = bits; }
  static void Put(Word* at, double constant) { reinterpret_cast<WordPair*>(at)->value = constant; }
  template <Op op, Shape... shapes>
  static constexpr uint32_t Code() {
    constexpr uint32_t code = CodeOf({op, {shapes...}});
    static_assert(code < kCodeCount);
    return code;
  }
  template <Op op, Shape... shapes>
  static constexpr uint32_t OuterCode() {
    constexpr uint32_t outer = kOuterForms.Find({op, {shapes...}});
    static_assert(outer < kOuterForms.size);
    return outer;
  }

  static VarFields RecordOperands(Op op, double y, absl::Span<const VarFields> operands);

  static Recorder nobody_;  // stands where no tape records; no Var is its
  static thread_local constinit Innermost innermost_;

  Word* end_ = nullptr;    // of the newest record
  Word* limit_ = nullptr;  // a record that begins before it has room
  Cell* primals_ = nullptr;
  uint32_t size_ = 0;  // records
  uint32_t stamp_ = kNoStamp;
};

template <Op op, bool a_temporary>
WENGERT_INLINE Var Recorder::Unary(const Var& a) {
  using enum Shape;
  const double y = Rounded(Rule<op>::Value(a.fields_.primal));
  Recorder& now = Current();
  const uint32_t hint = a.fields_.tag - now.stamp_;
  if constexpr (a_temporary && HasTrait(op, kJoins)) {
    if (now.CanJoin(a, hint)) {
      now.end_[-1].bits = JoinedCode(hint, OuterCode<op, kTemporary>());
      return now.Joined(a, now.end_, y);
    }
  }
  uint32_t i = a.fields_.record;
  if (hint >= kHints) [[unlikely]] {
    if (a.is_constant()) return Var(y);
    i = Adopt(a.fields_);
  }
  Recorder& r = WithRoom();
  Word* const p = r.end_;
  if (i + 1 == r.size_) {
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
  Recorder& now = Current();
  const uint32_t a_hint = a.fields_.tag - now.stamp_;
  const uint32_t b_hint = b.fields_.tag - now.stamp_;
  if constexpr (b_temporary) {
    if (a_hint < kHints && now.CanJoin(b, b_hint) && &a != &b) [[likely]]
      return now.Join<op, false>(b, b_hint, a, y);
  }
  if constexpr (a_temporary) {
    if (b_hint < kHints && now.CanJoin(a, a_hint) && &a != &b) [[likely]]
      return now.Join<op, true>(a, a_hint, b, y);
  }
  uint32_t i = a.fields_.record;
  uint32_t j = b.fields_.record;
  if (a_hint >= kHints || b_hint >= kHints) [[unlikely]] {
    if (a.is_constant() && b.is_constant()) return Var(y);
    i = Adopt(a.fields_);
    j = Adopt(b.fields_);
  }
  Recorder& r = WithRoom();
  Word* const p = r.end_;
  const uint32_t n = r.size_;
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
  Recorder& now = Current();
  const uint32_t hint = a.fields_.tag - now.stamp_;
  if constexpr (a_temporary) {
    if (now.CanJoin(a, hint)) [[likely]]
      return now.Join<op, true>(a, hint, b, y);
  }
  uint32_t i = a.fields_.record;
  if (hint >= kHints) [[unlikely]] {
    if (a.is_constant()) return Var(y);
    i = Adopt(a.fields_);
  }
  Recorder& r = WithRoom();
  Word* const p = r.end_;
  if (a_temporary ? i + 1 == r.size_ : WENGERT_PROVABLY(i + 1 == r.size_)) {
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
  Recorder& now = Current();
  const uint32_t hint = b.fields_.tag - now.stamp_;
  if constexpr (b_temporary) {
    if (now.CanJoin(b, hint)) [[likely]]
      return now.Join<op, false>(b, hint, a, y);
  }
  uint32_t j = b.fields_.record;
  if (hint >= kHints) [[unlikely]] {
    if (b.is_constant()) return Var(y);
    j = Adopt(b.fields_);
  }
  Recorder& r = WithRoom();
  Word* const p = r.end_;
  Put(p, a);
  if (b_temporary ? j + 1 == r.size_ : WENGERT_PROVABLY(j + 1 == r.size_)) {
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
    return Joined(temporary, p, y);
  }
  Put(p - 1, i);
  Put(p, JoinedCode(hint, kWithNode));
  return Joined(temporary, p + 1, y);
}

template <Op op, bool temporary_first>
WENGERT_INLINE Var Recorder::Join(const Var& temporary, uint32_t hint, double other, double y) {
  using enum Shape;
  constexpr uint32_t kOuter = temporary_first ? OuterCode<op, kTemporary, kConstant>()
                                              : OuterCode<op, kConstant, kTemporary>();
  Word* const p = end_;
  Put(p - 1, other);
  Put(p + 1, JoinedCode(hint, kOuter));
  return Joined(temporary, p + 2, y);
}

WENGERT_INLINE Var Recorder::Joined(const Var& temporary, Word* end, double y) {
  const uint32_t record = temporary.fields_.record;
  primals_[record].value = y;
  end_ = end;
  temporary.fields_.tag = kMovedStamp;
  return Var(VarFields{y, record, stamp_});
}

}  // namespace wengert

#endif  // WENGERT_TAPE_RECORDER_H_
