// A tape to bytes. Records are told apart from the end only, so their codes are collected from
// there first; forms and operations get numbers in order of their first use.

#include <algorithm>
#include <bit>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/tape/stored_tape.h"

namespace wengert {
namespace {

// What was used, in order; the number of each.
class FirstUses {
 public:
  explicit FirstUses(size_t kinds) : number_of_(kinds, kNone) {}
  void Use(uint32_t what) {
    if (number_of_[what] != kNone) return;
    number_of_[what] = static_cast<uint32_t>(used_.size());
    used_.push_back(what);
  }
  uint32_t NumberOf(uint32_t what) const { return number_of_[what]; }
  const std::vector<uint32_t>& used() const { return used_; }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  std::vector<uint32_t> number_of_, used_;
};

class TapeWriter {
 public:
  TapeWriter(const Tape& tape, ByteWriter& out)
      : records_(tape.records()), out_(out), codes_(kCodeCount), ops_(kOpCount) {
    const Word* end = records_.end;
    for (; end[-1].bits != kBottomCode; end = CodeBefore(end)) {
      code_of_.push_back(static_cast<uint16_t>(end[-1].bits));
    }
    begin_ = end;
    std::reverse(code_of_.begin(), code_of_.end());
  }

  void Write(absl::Span<const VarFields> outputs) {
    Count();
    WriteOperations();
    WriteForms();
    WriteRecords();
    WriteGuards();
    out_.Varint(outputs.size());
    for (const VarFields& y : outputs) WriteOperand(y, records_.size);
  }

 private:
  void Count() {
    for (const uint32_t code : code_of_) {
      if (IsOperation(code)) codes_.Use(code);
    }
    for (const uint32_t code : codes_.used()) {
      ops_.Use(static_cast<uint32_t>(FirstForm(code).op));
      if (IsJoined(code)) ops_.Use(static_cast<uint32_t>(OuterForm(code).op));
    }
    for (const RecordedGuard& guard : records_.guards) ops_.Use(static_cast<uint32_t>(guard.op));
  }

  void WriteOperations() {
    out_.Varint(ops_.used().size());
    for (const uint32_t op : ops_.used()) {
      out_.Text(InfoOf(Op(op)).text);
      out_.Varint(static_cast<uint64_t>(ArityOf(Op(op))));
    }
  }

  void WriteForms() {
    out_.Varint(codes_.used().size());
    for (const uint32_t code : codes_.used()) {
      out_.Varint(IsJoined(code) ? 2 : 1);
      WriteForm(FirstForm(code));
      if (IsJoined(code)) WriteForm(OuterForm(code));
    }
  }
  void WriteForm(const Form& form) {
    out_.Varint(ops_.NumberOf(static_cast<uint32_t>(form.op)));
    for (int k = 0; k < ArityOf(form.op); ++k) {
      out_.Byte(LetterOf(form.operands[static_cast<size_t>(k)]));
    }
  }

  void WriteRecords() {
    out_.Varint(code_of_.size());
    const Word* at = begin_;
    uint32_t next = 0;
    for (const uint32_t code : code_of_) {
      const uint32_t record = IsTail(code) ? next - 1 : next++;
      if (!IsOperation(code)) {
        out_.Varint(code == kInputCode ? kInputRecord : kSealRecord);
        if (code == kInputCode) out_.Double(records_.primals[record].value);
      } else {
        out_.Varint(kFirstForm + codes_.NumberOf(code));
        const Word* const rest = WriteOperands(FirstForm(code), record, at);
        if (IsJoined(code)) WriteOperands(OuterForm(code), record, rest);
      }
      at += WordsOf(code);
    }
  }
  const Word* WriteOperands(const Form& form, uint32_t record, const Word* at) {
    for (const Shape shape : form.operands) {
      if (shape == Shape::kNode) out_.Varint(record - at->bits);
      if (shape == Shape::kConstant) out_.Double(reinterpret_cast<const WordPair*>(at)->value);
      at += WordsOf(shape);
    }
    return at;
  }

  void WriteGuards() {
    out_.Varint(records_.guards.size());
    uint32_t before = 0;
    for (const RecordedGuard& guard : records_.guards) {
      out_.Varint(guard.position - before);
      before = guard.position;
      out_.Varint(ops_.NumberOf(static_cast<uint32_t>(guard.op)));
      WriteOperand(guard.a, guard.position);
      if (ArityOf(guard.op) == 2) WriteOperand(guard.b, guard.position);
      WriteOutcome(guard.outcome);
    }
  }
  void WriteOutcome(double outcome) {
    uint64_t k = 0;
    while (k < kOtherOutcome &&
           std::bit_cast<uint64_t>(kOutcomes[k]) != std::bit_cast<uint64_t>(outcome)) {
      ++k;
    }
    out_.Varint(k);
    if (k == kOtherOutcome) out_.Double(outcome);
  }

  void WriteOperand(const VarFields& v, uint32_t end) {
    out_.Byte(v.is_constant() ? kConstantLetter : kNodeLetter);
    if (v.is_constant()) {
      out_.Double(v.primal);
    } else {
      out_.Varint(end - v.record);
    }
  }

  const Tape::Records records_;
  ByteWriter& out_;
  const Word* begin_;  // of the first record
  std::vector<uint16_t> code_of_;
  FirstUses codes_, ops_;
};

}  // namespace

absl::Status WriteTape(const Tape& tape, absl::Span<const VarFields> outputs, ByteWriter& content) {
  if (tape.has_custom()) {
    const CustomCall& call = tape.calls().front();
    return absl::FailedPreconditionError(
        absl::StrCat("node ", call.first, " is the user-defined operation ", call.rules->name,
                     ", whose rules are code and can't be stored; record it as arithmetic on Var"));
  }
  TapeWriter(tape, content).Write(outputs);
  return absl::OkStatus();
}

}  // namespace wengert
