#ifndef WENGERT_TAPE_STREAM_H_
#define WENGERT_TAPE_STREAM_H_

// How a tape stores what it records: a stream of records in 4-byte words, written forwards and read
// backwards, each ending with the code that says what lies before it. The primal of record i stands
// in an array beside it.
//
//    code            operands      code        operands    code
//   +--------+     +----+--------+------+    +----+----+------+
//   | bottom | ... | a  | 0.5    | mul  |    | a  | b  | add  |     a, b: numbers of records
//   +--------+     +----+--------+------+    +----+----+------+     0.5: a double in two words
//
// An operand's *shape* belongs to the code, so the words hold nothing that is already known:
//
//    kNode      a word, the number of an earlier record
//    kPrevious  nothing: the record just before, whose adjoint a sweep then has in a register
//    kConstant  two words, a double
//    kSame      nothing: the operand before it, as in x * x
//
// Two operations share a record where the first, cheap to compute again (kRing, kCheap), was a
// temporary that only the second (kJoins) used: z + x * y is
//
//   +----+----+----+-------------------------------+
//   | x  | y  | z  | mul(node, node) in            |     the temporary has neither a primal
//   |    |    |    |      add(node, kTemporary)    |     nor an adjoint in memory
//   +----+----+----+-------------------------------+
//
// A record that ends with a polynomial goes on with *tails*, operations that were applied to its
// unnamed result and are linear in it: k * (z + x * y) adds a constant and a code. A sweep
// backwards takes from a tail what flows into the result before it, of which it needs no primal:
//
//   +----+----+----+---------------+---------+---------------------+
//   | x  | y  | z  | mul, then add | k       | mul(kConstant,      |    one primal and one adjoint
//   |    |    |    |               |         |     kTemporary)     |    for the three
//   +----+----+----+---------------+---------+---------------------+
//
//   code:  0 .. 31      kBottom, kInput, kSeal, kCall
//          32 .. 2047   inner form * 32 + outer form (0: none)
//          2048 ..      every other form, then tails

#include <array>
#include <cstddef>
#include <cstdint>

#include "wengert/ops/op.h"

namespace wengert {

// Types of their own, so that the compiler knows a store to the stream changes no cursor.
struct Word {
  uint32_t bits;
};
struct [[gnu::packed, gnu::aligned(4)]] WordPair {
  double value;
};
struct Cell {
  double value;
};

enum class Shape : uint8_t { kNone, kNode, kPrevious, kConstant, kSame, kTemporary };

// An operation and where its operands are.
struct Form {
  Op op = Op::kInput;
  std::array<Shape, 3> operands = {Shape::kNone, Shape::kNone, Shape::kNone};

  friend constexpr bool operator==(const Form&, const Form&) = default;
};

// The forms with a code of their own kind, in order of the op table.
struct FormList {
  static constexpr size_t kCapacity = 512;
  std::array<Form, kCapacity> forms = {};
  uint32_t size = 0;

  constexpr void Add(Op op, Shape a, Shape b = Shape::kNone, Shape c = Shape::kNone) {
    forms[size++] = {op, {a, b, c}};
  }
  constexpr uint32_t Find(const Form& form) const {
    uint32_t k = 0;
    while (k < size && !(forms[k] == form)) ++k;
    return k;
  }
};

constexpr bool MayBeInner(Op op) { return HasTrait(op, kRing) || HasTrait(op, kCheap); }

namespace stream_internal {

constexpr bool IsOperator(Op op) { return HasTrait(op, kJoins) && ArityOf(op) == 2; }

// The forms of an operation that stands alone in its record or comes first in it.
constexpr void AddForms(Op op, FormList& list) {
  using enum Shape;
  if (ArityOf(op) == 1) {
    list.Add(op, kNode);
    list.Add(op, kPrevious);
  } else if (ArityOf(op) == 2) {
    list.Add(op, kNode, kNode);
    list.Add(op, kNode, kConstant);
    list.Add(op, kConstant, kNode);
    if (!IsOperator(op)) return;
    list.Add(op, kNode, kPrevious);
    list.Add(op, kPrevious, kNode);
    list.Add(op, kPrevious, kConstant);
    list.Add(op, kConstant, kPrevious);
    list.Add(op, kNode, kSame);
    list.Add(op, kPrevious, kSame);
  } else if (ArityOf(op) == 3) {
    for (int constants = 0; constants < 7; ++constants) {
      const auto shape = [&](int k) { return (constants >> k & 1) != 0 ? kConstant : kNode; };
      list.Add(op, shape(0), shape(1), shape(2));
    }
  }
}

constexpr FormList InnerForms() {
  FormList list;
  list.size = 1;  // 0: none
  for (int k = 0; k < kOpCount; ++k) {
    if (MayBeInner(Op(k))) AddForms(Op(k), list);
  }
  return list;
}

constexpr FormList OuterForms() {
  using enum Shape;
  FormList list;
  list.size = 1;  // 0: none
  for (int k = 0; k < kOpCount; ++k) {
    const Op op = Op(k);
    if (!HasTrait(op, kJoins)) continue;
    if (ArityOf(op) == 1) {
      list.Add(op, kTemporary);
    } else {
      for (Shape other : {kNode, kPrevious, kConstant}) {
        list.Add(op, kTemporary, other);
        list.Add(op, other, kTemporary);
      }
    }
  }
  return list;
}

constexpr FormList OtherForms() {
  FormList list;
  for (int k = 0; k < kOpCount; ++k) {
    if (!MayBeInner(Op(k))) AddForms(Op(k), list);
  }
  return list;
}

// Forms whose partials, of a kTemporary and of a node beside it, depend on neither.
constexpr FormList TailForms() {
  using enum Shape;
  FormList list;
  for (int k = 0; k < kOpCount; ++k) {
    const Op op = Op(k);
    if (!HasTrait(op, kRing) || !HasTrait(op, kJoins)) continue;
    if (ArityOf(op) == 1) {
      if (!HasTrait(op, kCurvedA)) list.Add(op, kTemporary);
      continue;
    }
    if (!HasTrait(op, kCurvedA)) list.Add(op, kTemporary, kConstant);
    if (!HasTrait(op, kCurvedB)) list.Add(op, kConstant, kTemporary);
    if (HasTrait(op, kCurvedA) || HasTrait(op, kCurvedAB) || HasTrait(op, kCurvedB)) continue;
    list.Add(op, kTemporary, kNode);
    list.Add(op, kNode, kTemporary);
  }
  return list;
}

}  // namespace stream_internal

inline constexpr FormList kInnerForms = stream_internal::InnerForms();
inline constexpr FormList kOuterForms = stream_internal::OuterForms();
inline constexpr FormList kOtherForms = stream_internal::OtherForms();
inline constexpr FormList kTailForms = stream_internal::TailForms();

// What a Var's tag says beside its tape: 0, the inner form of the record it names, or that a tail
// may be added to it.
inline constexpr uint32_t kInnerLimit = 64, kOuterLimit = 32;
inline constexpr uint32_t kTailHint = kInnerLimit;
inline constexpr uint32_t kHints = 2 * kInnerLimit;  // engine/debugger knows it, too
static_assert(kInnerForms.size <= kInnerLimit && kOuterForms.size <= kOuterLimit);

enum : uint32_t {
  kBottomCode = 0,  // below the first record
  kInputCode = 1,   // an independent
  kSealCode = 2,    // nothing: keeps the record before it from being joined
  kCallCode = 3,    // an output of a user-defined operation; its operands are in a table beside
  kFirstOtherCode = kInnerLimit * kOuterLimit,
  kFirstTailCode = kFirstOtherCode + kOtherForms.size,
  kCodeCount = kFirstTailCode + kTailForms.size,
};

constexpr uint32_t JoinedCode(uint32_t inner, uint32_t outer) {
  return inner * kOuterLimit + outer;
}

constexpr uint32_t CodeOf(const Form& form) {
  const uint32_t inner = kInnerForms.Find(form);
  if (inner < kInnerForms.size) return JoinedCode(inner, 0);
  return kFirstOtherCode + kOtherForms.Find(form);
}

// Where a sweep over records comes to its end, or hands over to what isn't in the stream.
constexpr bool IsStop(uint32_t code) { return code == kBottomCode || code == kCallCode; }

constexpr bool IsOperation(uint32_t code) { return code >= kOuterLimit; }
constexpr bool IsTail(uint32_t code) { return code >= kFirstTailCode; }

// Whether a code is in use. The two operations of a used one, in order; the second may be kNone's.
constexpr bool IsCode(uint32_t code) {
  if (code >= kFirstOtherCode) return code < kCodeCount;
  if (!IsOperation(code)) return code <= kCallCode;
  return code / kOuterLimit < kInnerForms.size && code % kOuterLimit < kOuterForms.size;
}
constexpr Form FirstForm(uint32_t code) {
  if (IsTail(code)) return kTailForms.forms[code - kFirstTailCode];
  if (code >= kFirstOtherCode) return kOtherForms.forms[code - kFirstOtherCode];
  return kInnerForms.forms[code / kOuterLimit];
}
constexpr bool IsJoined(uint32_t code) {
  return IsOperation(code) && code < kFirstOtherCode && code % kOuterLimit != 0;
}
constexpr Form OuterForm(uint32_t code) { return kOuterForms.forms[code % kOuterLimit]; }

constexpr int WordsOf(Shape shape) {
  return shape == Shape::kNode ? 1 : shape == Shape::kConstant ? 2 : 0;
}
constexpr int WordsOf(const Form& form) {
  return WordsOf(form.operands[0]) + WordsOf(form.operands[1]) + WordsOf(form.operands[2]);
}
constexpr int WordsOf(uint32_t code) {
  if (!IsOperation(code)) return 1;
  return 1 + WordsOf(FirstForm(code)) + (IsJoined(code) ? WordsOf(OuterForm(code)) : 0);
}
inline constexpr int kLongestRecord = 7;  // three constants' words and a code

}  // namespace wengert

#endif  // WENGERT_TAPE_STREAM_H_
