// Recording out of line: what the inline code of recorder.h leaves to the general case.

#include "wengert/tape/recorder.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/tape.h"

namespace wengert {
namespace {

// The codes of forms of nodes and constants: [op][bit k: operand k is a constant].
constexpr auto kGeneralCodes = [] {
  std::array<std::array<uint16_t, 8>, kOpCount> codes = {};
  for (uint32_t code = kHints; code < kCodeCount; ++code) {
    if (!IsCode(code) || IsJoined(code)) continue;
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

constexpr size_t kFirstRecords = 1024;

}  // namespace

constinit Recorder Recorder::nobody_;
thread_local constinit Recorder::Innermost Recorder::innermost_ = {&nobody_};

Tape* Tape::Current() {
  Recorder* const current = innermost_.recorder;
  return current == &nobody_ ? nullptr : static_cast<Tape*>(current);
}

void Tape::ThrowNotRecording() {
  ThrowUsageError("arithmetic on Var", "no tape records on this thread",
                  "construct a wengert::Tape and keep it alive while you compute");
}

VarFields Recorder::RecordOperands(Op op, double y, absl::Span<const VarFields> operands) {
  const auto is_constant = [](const VarFields& v) { return v.tag == 0; };
  if (std::all_of(operands.begin(), operands.end(), is_constant)) return {y, 0, 0};
  Tape* const tape = Tape::Current();
  if (tape == nullptr) Tape::ThrowNotRecording();
  for (const VarFields& v : operands) tape->CheckOperand(v);
  tape->MakeRoom();
  Word* p = tape->end_;
  size_t constants = 0;
  for (size_t k = 0; k < operands.size(); ++k) {
    if (is_constant(operands[k])) {
      Put(p, operands[k].primal);
      p += WordsOf(Shape::kConstant);
      constants |= size_t{1} << k;
    } else {
      Put(p, operands[k].record);
      p += WordsOf(Shape::kNode);
    }
  }
  const uint32_t code = kGeneralCodes[static_cast<size_t>(op)][constants];
  Put(p, code);
  return tape->Finish(p + 1, y, code).fields_;
}

VarFields Recorder::RecordAny(Op op, double y, VarFields a) { return RecordOperands(op, y, {a}); }

VarFields Recorder::RecordAny(Op op, double y, VarFields a, VarFields b) {
  return RecordOperands(op, y, {a, b});
}

VarFields Recorder::RecordAny(Op op, double y, VarFields a, VarFields b, VarFields c) {
  return RecordOperands(op, y, {a, b, c});
}

uint32_t Recorder::Adopt(VarFields v) {
  Tape* const tape = Tape::Current();
  if (tape == nullptr) Tape::ThrowNotRecording();
  tape->CheckOperand(v);
  if (v.tag != 0) return v.record;
  tape->MakeRoom();
  Put(tape->end_, uint32_t{kConstantCode});
  return tape->Finish(tape->end_ + 1, v.primal, kConstantCode).fields_.record;
}

// Every record takes a word at least and one primal, so with r primals left there is room for the
// next r words. The limit moves on in ever smaller steps until an array is really full.
void Recorder::Refill() {
  Tape& tape = *static_cast<Tape*>(this);
  if (size_ >= tape.max_records_) {
    ThrowUsageError("arithmetic on Var",
                    absl::StrCat("the tape has its ", tape.max_records_, " nodes"),
                    "raise TapeOptions::max_nodes, or use Mark and Rewind");
  }
  const size_t used = static_cast<size_t>(end_ - tape.words_.data());
  if (used + kLongestRecord >= tape.words_.capacity()) {
    tape.words_.Reserve(2 * tape.words_.capacity());
    end_ = tape.words_.data() + used;
    limit_ = end_;
  }
  if (size_ == tape.cells_.capacity()) {
    const size_t twice = std::max(kFirstRecords, 2 * tape.cells_.capacity());
    tape.cells_.Reserve(std::min<size_t>(twice, tape.max_records_));
    primals_ = tape.cells_.data();
  }
  const size_t words = tape.words_.capacity() - kLongestRecord - used;
  const size_t cells = std::min<size_t>(tape.cells_.capacity(), tape.max_records_) - size_;
  limit_ = end_ + std::min(words, cells);
}

}  // namespace wengert
