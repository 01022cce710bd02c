// Recording out of line: what the inline code of recorder.h leaves to the general case.

#include "wengert/tape/recorder.h"

#include <algorithm>
#include <array>
#include <new>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/tape.h"

namespace wengert {
namespace {

// The codes of forms of nodes and constants: [op][bit k: operand k is a constant].
constexpr auto kGeneralCodes = [] {
  std::array<std::array<uint16_t, 8>, kOpCount> codes = {};
  for (uint32_t code = kOuterLimit; code < kCodeCount; ++code) {
    if (!IsCode(code) || IsJoined(code) || IsTail(code)) continue;
    const Form form = FirstForm(code);
    size_t constants = 0;
    bool general = true;
    for (size_t k = 0; k < 3; ++k) {
      const Shape shape = form.operands[k];
      if (shape == Shape::kConstant) constants |= size_t{1} << k;
      general =
          general && (shape == Shape::kNode || shape == Shape::kConstant || shape == Shape::kNone);
    }
    if (general) codes[static_cast<size_t>(form.op)][constants] = static_cast<uint16_t>(code);
  }
  return codes;
}();

// The codes of operations on one node twice.
constexpr auto kSameCodes = [] {
  std::array<uint16_t, kOpCount> codes = {};
  for (uint32_t code = kOuterLimit; code < kCodeCount; ++code) {
    if (!IsCode(code) || IsJoined(code) || IsTail(code)) continue;
    const Form form = FirstForm(code);
    const bool is_same = form.operands[0] == Shape::kNode && form.operands[1] == Shape::kSame;
    if (is_same) codes[static_cast<size_t>(form.op)] = static_cast<uint16_t>(code);
  }
  return codes;
}();

constexpr size_t kFirstRecords = 1024;

// A tail is a word at least. So with two operations a record and the tails among the first words,
// there are never more nodes than an operand has numbers for.
constexpr size_t kMostTailWords = Operand::kConstantBit - 2 * TapeOptions().max_nodes;

}  // namespace

// The answers of the last call out of line on this thread.
thread_local constinit Recorder::Continuation Recorder::next_ = {};
thread_local constinit VarFields Recorder::refused_ = {};

constinit Recorder Recorder::nobody_;
thread_local constinit Recorder::Innermost Recorder::innermost_ = {&nobody_};

Tape* Recorder::TapeOf(Recorder* recorder) {
  return recorder == &nobody_ ? nullptr : static_cast<Tape*>(recorder);
}

Tape* Tape::Current() { return TapeOf(innermost_.recorder); }

void Tape::ThrowNotRecording() {
  ThrowUsageError("arithmetic on Var", "no tape records on this thread",
                  "construct a wengert::Tape and keep it alive while you compute");
}

// Where the next record begins, for which there is room then; false if there is none.
bool Tape::Begin(Continuation& next) noexcept {
  next = {end_, limit_, tail_limit_, primals_, size_, 0, 0, nullptr};
  return end_ < limit_ || FindRoom(next);
}

// Null if there is no room, or if an operand isn't alive: then refused_ is that one.
Recorder::Continuation* Tape::RecordOperands(Recorder* recorder, Op op, uint32_t hint, double y,
                                             absl::Span<const VarFields> operands) noexcept {
  static thread_local constinit Word* not_end = nullptr;
  next_ = {};
  refused_ = {};
  size_t constants = 0;
  for (size_t k = 0; k < operands.size(); ++k) {
    constants |= size_t{operands[k].is_constant()} << k;
  }
  if (constants + 1 == size_t{1} << operands.size()) {
    next_.not_end = &not_end;
    return &next_;
  }
  Tape* const tape = TapeOf(recorder);
  if (tape == nullptr || !tape->Begin(next_)) return nullptr;
  Word* p = next_.end;
  for (const VarFields& v : operands) {
    if (v.is_constant()) {
      Put(p, v.primal);
      p += WordsOf(Shape::kConstant);
    } else if (tape->IsAlive(v)) {
      Put(p, v.record);
      p += WordsOf(Shape::kNode);
    } else {
      refused_ = v;
      return nullptr;
    }
  }
  uint32_t code = kGeneralCodes[static_cast<size_t>(op)][constants];
  if ((hint & kOnItself) != 0) {
    code = kSameCodes[static_cast<size_t>(op)];
    p -= WordsOf(Shape::kNode);
  }
  Put(p, code);
  next_.end = p + 1;
  next_.primals[next_.size++].value = y;
  next_.record = next_.size - 1;
  next_.stamp = tape->stamp_;
  hint &= kHints - 1;
  const bool is_as_promised = hint == 0 || hint == kTailHint || hint == HintOfCode(code);
  return is_as_promised || tape->AppendSeal(next_) ? &next_ : nullptr;
}

bool Tape::AppendSeal(Continuation& next) noexcept {
  if (next.end >= next.limit && !FindRoom(next)) return false;
  Put(next.end++, kSealCode);
  next.primals[next.size++].value = 0.0;
  return true;
}

Recorder::Continuation* Recorder::RecordRare(Recorder* recorder, Word* end, Op op, uint32_t hint,
                                             double y, double a, uint32_t a_record, uint32_t a_tag,
                                             double b, uint32_t b_record, uint32_t b_tag) noexcept {
  if (end != nullptr) recorder->end_ = end;
  const VarFields operands[] = {{a, a_record, a_tag}, {b, b_record, b_tag}};
  return Tape::RecordOperands(recorder, op, hint, y, {operands, static_cast<size_t>(ArityOf(op))});
}

Recorder::Continuation* Recorder::RecordAny(Recorder* recorder, Op op, double y, double a,
                                            uint32_t a_record, uint32_t a_tag, double b,
                                            uint32_t b_record, uint32_t b_tag, double c,
                                            uint32_t c_record, uint32_t c_tag) noexcept {
  const VarFields operands[] = {{a, a_record, a_tag}, {b, b_record, b_tag}, {c, c_record, c_tag}};
  return Tape::RecordOperands(recorder, op, 0, y, {operands, static_cast<size_t>(ArityOf(op))});
}

void Recorder::ThrowUnrecorded() {
  Tape* const tape = TapeOf(this);
  if (tape == nullptr) Tape::ThrowNotRecording();
  GoOn(next_);  // one array may have moved before the other couldn't
  tape->CheckOperand(refused_);
  tape->CheckIsWhereRecorded();
  if (size_ < tape->max_records_) throw std::bad_alloc();
  ThrowUsageError("arithmetic on Var",
                  absl::StrCat("the tape has its ", tape->max_records_, " nodes"),
                  "raise TapeOptions::max_nodes, or use Mark and Rewind");
}

void Recorder::Refill() {
  refused_ = {};
  if (!static_cast<Tape*>(this)->Begin(next_)) ThrowUnrecorded();
  GoOn(next_);
}

// Every record takes a word at least and one primal, so with r primals left there is room for the
// next r words. The limit moves on in ever smaller steps until an array is really full.
bool Tape::FindRoom(Continuation& next) noexcept {
  if (next.size >= max_records_ || is_elsewhere_) return false;
  const size_t used = static_cast<size_t>(next.end - words_.data());
  if (used + kLongestRecord >= words_.capacity()) {
    if (!words_.TryReserve(2 * words_.capacity())) return false;
    next.end = words_.data() + used;
    next.limit = next.tail_limit = next.end;
  }
  if (next.size == cells_.capacity()) {
    const size_t twice = std::max(kFirstRecords, 2 * cells_.capacity());
    if (!cells_.TryReserve(std::min<size_t>(twice, max_records_))) return false;
    next.primals = cells_.data();
  }
  const size_t words = words_.capacity() - kLongestRecord - used;
  const size_t cells = std::min<size_t>(cells_.capacity(), max_records_) - next.size;
  const size_t tails = kMostTailWords - std::min(used, kMostTailWords);
  next.limit = next.end + std::min(words, cells);
  next.tail_limit = next.end + std::min({words, cells, tails});
  return true;
}

}  // namespace wengert
