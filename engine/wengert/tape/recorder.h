#ifndef WENGERT_TAPE_RECORDER_H_
#define WENGERT_TAPE_RECORDER_H_

// Appending records: the part of a tape that every operation on a Var touches. append.h has the
// inline code that does so. One compare an operand tells a live Var of this tape from everything
// else (constants, stale and foreign Vars); one compare a record makes sure of room; then words,
// primal and cursors are stored.
//
// In a loop of operations the cursors live in registers: one that is loaded back from memory makes
// the next operation wait five cycles. A call could change them, so an operation makes at most one,
// at its end and rarely, that records the whole of it, cannot throw, moves no cursor and returns
// where the tape goes on.
//
// Hints travel with Vars instead of being read back from the stream, so where a temporary's making
// and its use are inlined into one function the compiler knows which operation joins which.

#include <cstdint>
#include <type_traits>

#include "wengert/base/sanitized.h"
#include "wengert/tape/stream.h"
#include "wengert/tape/var.h"

namespace wengert {

// Stamps: 0 is a constant's, kNoStamp that of the recorder which stands where no tape records,
// kMovedStamp that of a Var whose record was joined.
inline constexpr uint32_t kNoStamp = 1 * kHints;
inline constexpr uint32_t kMovedStamp = 2 * kHints;
inline constexpr uint32_t kFirstStamp = 3 * kHints;

// An operation's code folds to a few stores once it stands at the place of use, which compilers
// can't foresee. That goes for the smallest function: one that isn't inlined at once, GCC splits so
// that it is handed what it reads, by loads that no longer say what they load from. With a
// sanitizer's checks in it, it would be minutes of compiling there.
#if WENGERT_SANITIZED
#define WENGERT_INLINE inline
#else
#define WENGERT_INLINE [[gnu::always_inline]] inline
#endif

// True where the compiler can prove it, else false.
#define WENGERT_PROVABLY(condition) (__builtin_constant_p(condition) && (condition))

// Keeps GCC from collecting two words in a vector register to store them at once, which takes
// longer than two stores.
#if defined(__GNUC__) && !defined(__clang__)
#define WENGERT_ONE_BY_ONE __asm__ volatile("")
#else
#define WENGERT_ONE_BY_ONE
#endif

class Recorder {
 public:
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // op of one or two operands, of which one may be a double, recorded on the innermost tape of the
  // thread. `temporaries` are those of the Vars among them that nobody can name after this.
  template <Op op, bool... temporaries, class... Operands>
  static Var Record(const Operands&... operands);

  // Any operation with two or three operands, out of line. y is its primal.
  static Var Any(Op op, double y, const Var& a, const Var& b, const Var& c = Var());

 protected:
  constexpr Recorder() = default;

  // The innermost tape's recorder of this thread. In a struct, so that no store through a Recorder
  // can change it in the eyes of the compiler.
  struct Innermost {
    Recorder* recorder;
  };
  WENGERT_INLINE static Recorder& Current() { return *innermost_.recorder; }

  // Clang knows that the Var a function returns is nowhere else in memory, and notes so at every
  // load and store of a function it inlines, with a name of its own for each. To LLVM 14 two loads
  // of a cursor with different notes are different questions, of which it answers one: every
  // operation would load all cursors again, behind stores it can't tell from theirs. Of a Var whose
  // address was compared nothing is noted, and once the comparison is inlined it is gone.
  WENGERT_INLINE static void KeepFromAliasScopes([[maybe_unused]] const Var& result) {
#ifdef __clang__
    if (static_cast<const void*>(&result) == static_cast<const void*>(&nobody_))
      __builtin_unreachable();
#endif
  }

  // Record op(a) and op(a, b). These and what they call tell the result by reference, not by value,
  // so that it needs to be kept from alias scopes but once.
  template <Op op, bool a_temporary>
  static void Append(VarFields& result, const Var& a);
  template <Op op, bool a_temporary, bool b_temporary>
  static void Append(VarFields& result, const Var& a, const Var& b);
  template <Op op, bool a_temporary>
  static void Append(VarFields& result, const Var& a, double b);
  template <Op op, bool b_temporary>
  static void Append(VarFields& result, double a, const Var& b);

  // Where a tape goes on after a call out of line, and what it recorded: the record and its tape's
  // stamp, or a constant, whose stamp is 0.
  struct Continuation {
    Word* end;
    Word* limit;
    Word* tail_limit;
    Cell* primals;
    uint32_t size;
    uint32_t record;
    uint32_t stamp;
    Word** not_end;  // of no meaning (RecallEnd)
  };

  // Record an operation on any operands, where that is rare and where it isn't. Null if there is no
  // room or an operand isn't one, which ThrowUnrecorded tells. Operands come field by field: a
  // struct would have to stand in memory just in case. What is recorded has the adjoints, to the
  // bit, of what the inline code would have recorded: they may not depend on where memory ends. So
  // the result can be joined, too. It has the very hint that the inline code's result has, which
  // compilers then know on either way; where another form had to be recorded, for an operand turned
  // out to be a constant, a seal behind it keeps it from being joined.
  //
  // They are said to be pure, so that compilers know that whose turn it is to record, its stamp and
  // on the other paths its cursors are what they were. What they do change is memory behind the
  // cursors, which nothing inline reads, and the answer, which is read as volatile and written to
  // once it was taken: thus no two calls are one. RecordRare stores `end`, too, unless it's null:
  // it is what the caller takes to be there, or nothing that it reads before it goes on
  // (ForgetEnd).
  static constexpr uint32_t kOnItself = kHints;  // with the hint: an operation on one node twice
  [[gnu::cold, gnu::pure]] static Continuation* RecordRare(Recorder* recorder, Word* end, Op op,
                                                           uint32_t hint, double y, double a,
                                                           uint32_t a_record, uint32_t a_tag,
                                                           double b, uint32_t b_record,
                                                           uint32_t b_tag) noexcept;
  [[gnu::pure]] static Continuation* RecordAny(Recorder* recorder, Op op, double y, double a,
                                               uint32_t a_record, uint32_t a_tag, double b,
                                               uint32_t b_record, uint32_t b_tag, double c,
                                               uint32_t c_record, uint32_t c_tag) noexcept;
  [[noreturn, gnu::cold]] void ThrowUnrecorded();

  WENGERT_INLINE void Elsewhere(VarFields& result, uint32_t hint, Op op, double y, const Var& a,
                                const Var& b = Var()) {
    Continuation* const next =
        RecordRare(this, ForgetEnd(), op, hint, y, a.fields_.primal, a.fields_.record,
                   a.fields_.tag, b.fields_.primal, b.fields_.record, b.fields_.tag);
    Recorded(result, hint & (kHints - 1), next, y);
  }
  template <bool in_order>
  WENGERT_INLINE void Elsewhere(VarFields& result, uint32_t hint, Op op, double y, const Var& a,
                                const Var& b) {
    return in_order ? Elsewhere(result, hint, op, y, a, b) : Elsewhere(result, hint, op, y, b, a);
  }
  WENGERT_INLINE void Recorded(VarFields& result, uint32_t hint, volatile Continuation* next,
                               double y) {
    if (next == nullptr) [[unlikely]]
      ThrowUnrecorded();
    const uint32_t stamp = next->stamp & ~(kHints - 1);
    if (stamp != 0) {
      GoOn(*next);
    } else {
      RecallEnd(*next);
    }
    result = {y, next->record, stamp ^ hint};
    next->stamp = 0;  // taken
  }
  WENGERT_INLINE void GoOn(const volatile Continuation& next) {
    end_ = next.end;
    limit_ = next.limit;
    tail_limit_ = next.tail_limit;
    primals_ = next.primals;
    size_ = next.size;
  }

  // GCC leaves out a store that nothing reads before the next one to the same place, provided that
  // each path which begins behind it begins with such a one. So `end_` is stored before all else,
  // and where an operation has to call, its life ends, and the call, which is told, stores it.
  // Where no tape went on, GCC then takes a store to an address it doesn't know for one to `end_`.
  // LLVM leaves no store out in a function that may throw, and is faster with this one behind all.
#ifdef __clang__
  static constexpr bool kEndIsStoredFirst = false;
  WENGERT_INLINE Word* ForgetEnd() { return nullptr; }
  WENGERT_INLINE void RecallEnd(const volatile Continuation&) {}
#else
  static constexpr bool kEndIsStoredFirst = true;
  struct Forgotten {
    Word* end;
    ~Forgotten() {}
  };
  WENGERT_INLINE Word* ForgetEnd() {
    Word* const end = end_;
    reinterpret_cast<Forgotten*>(&end_)->~Forgotten();
    return end;
  }
  WENGERT_INLINE void RecallEnd(const volatile Continuation& next) { *next.not_end = nullptr; }
#endif

  // The newest record ends here; whether there is room behind it will be seen.
  void EndAt(Word* end) { end_ = limit_ = tail_limit_ = end; }

  // Makes room for one more record, of any length.
  void MakeRoom() {
    if (end_ >= limit_) [[unlikely]]
      Refill();
  }
  [[gnu::cold]] void Refill();

  // A record ends with these words, which are numbers of records, constants and codes written from
  // p on; its primal is y.
  template <bool is_new, class... Words>
  WENGERT_INLINE void Write(uint32_t record, double y, Word* p, Words... words) {
    WritePrimal<is_new>(record, y, WriteWords<is_new>(record, p, words...));
  }
  template <bool is_new, class... Words>
  WENGERT_INLINE Word* WriteWords(uint32_t record, Word* p, Words... words) {
    static_assert(((std::is_same_v<Words, uint32_t> || std::is_same_v<Words, double>)&&...));
    Word* const end = p + (... + (sizeof(words) / sizeof(Word)));
    if (kEndIsStoredFirst) MoveCursors<is_new>(record, end);
    ((Put(p, words), p += sizeof(words) / sizeof(Word)), ...);
    return end;
  }
  template <bool is_new>
  WENGERT_INLINE void WritePrimal(uint32_t record, double y, Word* end) {
    primals_[record].value = y;
    if (!kEndIsStoredFirst) MoveCursors<is_new>(record, end);
  }
  template <bool is_new>
  WENGERT_INLINE void MoveCursors(uint32_t record, Word* end) {
    end_ = end;
    if (is_new) size_ = record + 1;
  }

  // These also tell the result: of a new record, and of an operation that a temporary's goes on
  // with.
  template <class... Words>
  WENGERT_INLINE void Finish(VarFields& result, uint32_t hint, double y, Word* p, Words... words) {
    const uint32_t record = size_;
    Word* const end = WriteWords<true>(record, p, words...);
    result = {y, record, Stamp() ^ hint};
    WritePrimal<true>(record, y, end);
  }
  template <class... Words>
  WENGERT_INLINE void Joined(VarFields& result, uint32_t hint, double y, const Var& temporary,
                             Word* p, Words... words) {
    const uint32_t record = temporary.fields_.record;
    Write<false>(record, y, p, words...);
    temporary.fields_.tag = kMovedStamp;
    result = {y, record, Stamp() ^ hint};
  }

  // Compilers are told that the last bits are zero: so they know a Var's hint wherever its tag was
  // made of a stamp.
  WENGERT_INLINE uint32_t Stamp() const {
    const uint32_t stamp = stamp_;
    if (stamp % kHints != 0) __builtin_unreachable();
    return stamp;
  }
  WENGERT_INLINE bool IsMine(const Var& a) const { return (a.fields_.tag ^ Stamp()) < kHints; }
  WENGERT_INLINE bool AreMine(const Var& a, const Var& b) const {
    return ((a.fields_.tag ^ Stamp()) | (b.fields_.tag ^ Stamp())) < kHints;
  }
  WENGERT_INLINE static uint32_t HintOf(const Var& a) { return a.fields_.tag & (kHints - 1); }
  static constexpr uint32_t HintOfCode(uint32_t code) {
    return code < kFirstOtherCode && code % kOuterLimit == 0 ? code / kOuterLimit : 0;
  }
  // The result's hint. If temporaries have hints it is one that the result has in any case, joined
  // or not, so that compilers needn't find out which.
  template <Op op, Shape... shapes>
  WENGERT_INLINE static uint32_t HintOf(uint32_t hints_of_temporaries) {
    constexpr uint32_t kIfJoined = HasTrait(op, kRing) ? kTailHint : 0;
    return hints_of_temporaries != 0 ? kIfJoined : HintOfCode(Code<op, shapes...>());
  }

  // Whether the newest record is that of a temporary of this tape which an operation may join, or
  // to which a tail may be added. Asked before anything else is computed, for where the compiler
  // knows a path on which the answer is yes it then goes there from the operation before.
  WENGERT_INLINE bool CanJoin(const Var& a, uint32_t size) const {
    constexpr uint32_t kLast = kInnerLimit - 1;  // hints 1 to kLast in one compare
    return (a.fields_.tag ^ Stamp() ^ kLast) < kLast && a.fields_.record + 1 == size;
  }
  WENGERT_INLINE bool CanHaveTail(const Var& a, uint32_t size) const {
    return (a.fields_.tag ^ Stamp()) == kTailHint && a.fields_.record + 1 == size;
  }
  template <Op op, bool temporary_first>
  static double Primal(double temporary, double other);
  template <Op op, bool temporary_first>
  void Join(VarFields& result, uint32_t hint, Word* p, const Var& temporary, const Var& other);
  template <Op op, bool temporary_first>
  void Join(VarFields& result, uint32_t hint, Word* p, const Var& temporary, double other);
  template <Op op, Shape... shapes>
  static constexpr bool IsTailForm() {
    return kTailForms.Find({op, {shapes...}}) < kTailForms.size;
  }
  // The record of the temporary goes on with a tail.
  template <Op op, bool temporary_first>
  void AddTail(VarFields& result, uint32_t hint, Word* p, const Var& temporary, const Var& other);
  template <Op op, bool temporary_first>
  void AddTail(VarFields& result, uint32_t hint, Word* p, const Var& temporary, double other);

  WENGERT_INLINE static void Put(Word* at, uint32_t bits) {
    WENGERT_ONE_BY_ONE;
    at->bits = bits;
  }
  WENGERT_INLINE static void Put(Word* at, double constant) {
    reinterpret_cast<WordPair*>(at)->value = constant;
  }
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

  template <Op op, Shape... shapes>
  static constexpr uint32_t TailCode() {
    constexpr uint32_t tail = kTailForms.Find({op, {shapes...}});
    static_assert(tail < kTailForms.size);
    return kFirstTailCode + tail;
  }

  static Tape* TapeOf(Recorder* recorder);  // null for nobody_'s

  static thread_local constinit Continuation next_;
  static thread_local constinit VarFields refused_;
  static constinit Recorder nobody_;  // stands where no tape records; no Var is its
  static thread_local constinit Innermost innermost_;

  Word* end_ = nullptr;         // of the newest record
  Word* limit_ = nullptr;       // a record that begins before it has room
  Word* tail_limit_ = nullptr;  // and a tail before this
  Cell* primals_ = nullptr;
  uint32_t size_ = 0;  // records
  uint32_t stamp_ = kNoStamp;
};

WENGERT_INLINE Var Recorder::Any(Op op, double y, const Var& a, const Var& b, const Var& c) {
  Var result;
  KeepFromAliasScopes(result);
  Recorder& r = Current();
  Continuation* const next =
      RecordAny(&r, op, y, a.fields_.primal, a.fields_.record, a.fields_.tag, b.fields_.primal,
                b.fields_.record, b.fields_.tag, c.fields_.primal, c.fields_.record, c.fields_.tag);
  r.Recorded(result.fields_, 0, next, y);
  return result;
}

}  // namespace wengert

#endif  // WENGERT_TAPE_RECORDER_H_
