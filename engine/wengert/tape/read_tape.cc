// A tape from bytes that may be anybody's: recorded anew, record by record, each verified before it
// is appended and evaluated by the table's rule.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "wengert/ops/notation.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/stored_tape.h"

namespace wengert {
namespace {

using Values = std::array<double, 3>;

double Evaluate(Op op, const Values& x) {
  return VisitOp(op, [&](auto rule) -> double {
    using R = decltype(rule);
    if constexpr (R::arity == 1) return Apply<R::op>(x[0]);
    if constexpr (R::arity == 2) return Apply<R::op>(x[0], x[1]);
    if constexpr (R::arity == 3) return Apply<R::op>(x[0], x[1], x[2]);
    return 0.0;
  });
}

std::optional<Op> OpOf(std::string_view text, uint64_t arity) {
  for (const OpName& each : OpNames()) {
    if (each.name == text && static_cast<uint64_t>(ArityOf(each.op)) == arity) return each.op;
  }
  return std::nullopt;
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

class TapeReader {
 public:
  TapeReader(ByteReader& in, const TapeOptions& options) : in_(in), options_(options) {}

  LoadedTape Read() {
    ReadOperations();
    ReadForms();
    const uint64_t records = in_.Count(1, "a number of records");
    const uint64_t most = std::min(options_.max_nodes, TapeOptions().max_nodes);
    if (records > most) {
      in_.Fail(absl::ResourceExhaustedError(absl::StrCat(
          "byte ", in_.last(), ": ", records, " records, TapeOptions::max_nodes is ", most)));
    }
    if (!in_.ok()) return {};
    options_.reserve_nodes = std::max<size_t>(records, 1);
    LoadedTape loaded;
    loaded.tape = std::make_unique<Tape>(options_);
    tape_ = loaded.tape.get();
    for (uint64_t k = 0; k < records && in_.ok(); ++k) ReadRecord(loaded.inputs);
    ReadGuards();
    ReadOutputs(loaded.outputs);
    if (forms_used_ < forms_.size()) in_.Fail("a use of each form, in their order");
    if (ops_used_ < ops_.size()) in_.Fail("a use of each operation, in their order");
    tape_->Stop();
    return loaded;
  }

 private:
  struct StoredForm {
    uint32_t code;
    Form first, outer;
  };

  // A number below `size`; each is used before a higher one.
  uint64_t Use(size_t size, size_t& used, const char* expected) {
    const uint64_t number = in_.Below(std::min(size, used + 1), expected);
    if (number == used && in_.ok()) ++used;
    return number;
  }

  void ReadOperations() {
    const uint64_t count = in_.Count(2, "a number of operations");
    for (uint64_t k = 0; k < count && in_.ok(); ++k) {
      const std::string_view text = in_.Text("the name of an operation");
      const size_t at = in_.last();
      const uint64_t arity = in_.Below(4, "a number of operands");
      if (!in_.ok()) return;
      const std::optional<Op> op = OpOf(text, arity);
      if (!op.has_value()) {
        return in_.Fail(absl::UnimplementedError(
            absl::StrCat("byte ", at, ": expected an operation that this release has, not \"",
                         absl::CHexEscape(View(text)), "\" of ", arity, " operands")));
      }
      if (std::find(ops_.begin(), ops_.end(), *op) != ops_.end()) {
        return in_.Fail("each operation once");
      }
      ops_.push_back(*op);
    }
  }

  void ReadForms() {
    const uint64_t count = in_.Count(3, "a number of forms");
    for (uint64_t k = 0; k < count && in_.ok(); ++k) {
      const uint64_t operations = in_.Below(3, "one operation or two");
      if (operations == 0) in_.Fail("one operation or two");
      const bool is_joined = operations == 2;
      StoredForm form = {0, ReadForm(), {}};
      if (is_joined) form.outer = ReadForm();
      if (!in_.ok()) return;
      form.code = CodeOfForm(form, is_joined);
      if (!SaysForm(form.code, form, is_joined)) {
        return in_.Fail("operands in a form that this release has");
      }
      const auto same = [&](const StoredForm& each) { return each.code == form.code; };
      if (std::any_of(forms_.begin(), forms_.end(), same)) return in_.Fail("each form once");
      forms_.push_back(form);
    }
  }
  Form ReadForm() {
    const uint64_t number = Use(ops_.size(), ops_used_, "the number of an operation");
    if (!in_.ok()) return {};
    Form form{ops_[number], {}};
    for (int k = 0; k < ArityOf(form.op) && in_.ok(); ++k) {
      form.operands[static_cast<size_t>(k)] = ReadShape();
    }
    return form;
  }
  Shape ReadShape() {
    using enum Shape;
    const uint8_t letter = in_.Byte("what an operand is");
    for (const Shape shape : {kNode, kPrevious, kConstant, kSame, kTemporary}) {
      if (LetterOf(shape) == letter) return shape;
    }
    in_.Fail("what an operand is: n, p, c, s or t");
    return kNone;
  }
  static uint32_t CodeOfForm(const StoredForm& form, bool is_joined) {
    const uint32_t tail = is_joined ? kTailForms.size : kTailForms.Find(form.first);
    if (tail < kTailForms.size) return kFirstTailCode + tail;
    if (!is_joined) return CodeOf(form.first);
    const uint32_t inner = kInnerForms.Find(form.first), outer = kOuterForms.Find(form.outer);
    const bool exists = inner < kInnerForms.size && outer < kOuterForms.size;
    return exists ? JoinedCode(inner, outer) : kCodeCount;
  }

  // A form that doesn't exist has no code, or that of another.
  static bool SaysForm(uint32_t code, const StoredForm& form, bool is_joined) {
    return IsCode(code) && IsOperation(code) && FirstForm(code) == form.first &&
           IsJoined(code) == is_joined && (!is_joined || OuterForm(code) == form.outer);
  }

  void ReadRecord(std::vector<Var>& inputs) {
    const uint64_t which =
        in_.Below(kFirstForm + std::min(forms_.size(), forms_used_ + 1), "the form of a record");
    if (!in_.ok()) return;
    tape_->MakeRoom();
    if (which == kInputRecord) {
      const double x = in_.Double("an input's primal");
      if (in_.ok()) inputs.push_back(tape_->Input(x));
    } else if (which == kSealRecord) {
      tape_->Write<true>(tape_->size_, 0.0, tape_->end_, uint32_t{kSealCode});
      seals_.push_back(tape_->size_ - 1);
    } else {
      if (which - kFirstForm == forms_used_) ++forms_used_;
      const StoredForm& form = forms_[which - kFirstForm];
      if (IsTail(form.code)) return ReadTail(form);
      ReadOperation(form);
    }
  }
  void ReadOperation(const StoredForm& form) {
    Word* end = tape_->end_;
    double y = ReadOperands(form.first, 0.0, end);
    if (IsJoined(form.code)) y = ReadOperands(form.outer, y, end);
    if (!in_.ok()) return;
    tape_->Write<true>(tape_->size_, y, end, form.code);
  }
  void ReadTail(const StoredForm& form) {
    if (!CanHaveTail(tape_->end_[-1].bits)) in_.Fail("a tail behind a polynomial");
    if (!in_.ok()) return;
    Word* end = tape_->end_;
    const uint32_t record = tape_->size_ - 1;
    const double y = ReadOperands(form.first, tape_->primals_[record].value, end, record);
    if (in_.ok()) tape_->Write<false>(record, y, end, form.code);
  }
  static bool CanHaveTail(uint32_t code) {
    if (!IsOperation(code)) return false;
    return HasTrait(IsJoined(code) ? OuterForm(code).op : FirstForm(code).op, kRing);
  }
  double ReadOperands(const Form& form, double temporary, Word*& end) {
    return ReadOperands(form, temporary, end, tape_->size_);
  }
  // The value of the operation of a record, whose operands are appended at `end`.
  double ReadOperands(const Form& form, double temporary, Word*& end, uint32_t of) {
    Values x = {};
    for (size_t k = 0; k < static_cast<size_t>(ArityOf(form.op)); ++k) {
      switch (form.operands[k]) {
        case Shape::kNode: {
          const uint32_t record = ReadRecordNumber(of);
          x[k] = PrimalOf(record);
          Tape::Put(end, record);
          break;
        }
        case Shape::kPrevious:
          if (tape_->size_ == 0 || IsSeal(tape_->size_ - 1))
            in_.Fail("an operation on the record before");
          if (in_.ok()) x[k] = PrimalOf(tape_->size_ - 1);
          break;
        case Shape::kConstant:
          x[k] = in_.Double("a constant");
          Tape::Put(end, x[k]);
          break;
        case Shape::kSame:
          x[k] = x[k - 1];
          break;
        case Shape::kTemporary:
          x[k] = temporary;
          break;
        case Shape::kNone:
          break;
      }
      end += WordsOf(form.operands[k]);
    }
    return in_.ok() ? Evaluate(form.op, x) : 0.0;
  }

  // Of a record before `end` that has a value; 0 after an error.
  uint32_t ReadRecordNumber(uint32_t end) {
    const uint64_t distance = in_.Varint("a distance back to an operand");
    if (in_.ok() && (distance == 0 || distance > end)) {
      in_.Fail(absl::StrCat("a distance back to an operand from 1 to ", end, ", not ", distance));
    }
    if (!in_.ok()) return 0;
    const uint32_t record = end - static_cast<uint32_t>(distance);
    if (IsSeal(record)) in_.Fail("a distance back to a record with a value");
    return record;
  }
  double PrimalOf(uint32_t record) const {
    return record < tape_->size_ ? tape_->primals_[record].value : 0.0;
  }
  bool IsSeal(uint32_t record) const {
    return std::binary_search(seals_.begin(), seals_.end(), record);
  }

  VarFields ReadOperand(uint32_t end) {
    const uint8_t letter = in_.Byte("what an operand is");
    if (in_.ok() && letter == kConstantLetter) return {in_.Double("a constant"), 0, 0};
    if (letter != kNodeLetter) in_.Fail("what an operand is: n or c");
    const uint32_t record = ReadRecordNumber(end);
    return {PrimalOf(record), record, tape_->stamp_};
  }

  void ReadGuards() {
    const uint64_t count = in_.Count(5, "a number of guards");
    if (!in_.ok()) return;
    tape_->recorded_guards_.reserve(count);
    uint32_t position = 0;
    for (uint64_t k = 0; k < count && in_.ok(); ++k) {
      position += static_cast<uint32_t>(
          in_.Below(uint64_t{tape_->size_} - position + 1, "records between two guards"));
      ReadGuard(position);
    }
  }
  void ReadGuard(uint32_t position) {
    const uint64_t number = Use(ops_.size(), ops_used_, "the number of an operation");
    if (!in_.ok()) return;
    const Op op = ops_[number];
    if (!HasTrait(op, kFlat) || ArityOf(op) > 2) return in_.Fail("a comparison");
    RecordedGuard guard = {op, ReadOperand(position), {}, position, 0.0};
    guard.b = ArityOf(op) == 2 ? ReadOperand(position) : guard.a;
    guard.outcome = ReadOutcome();
    if (!in_.ok()) return;
    if (guard.a.is_constant() && guard.b.is_constant())
      return in_.Fail("a comparison of what isn't constant");
    const double outcome = Evaluate(op, {guard.a.primal, guard.b.primal});
    if (std::bit_cast<uint64_t>(outcome) != std::bit_cast<uint64_t>(guard.outcome)) {
      return in_.Fail(absl::FailedPreconditionError(absl::StrCat(
          "byte ", in_.last(), ": expected what ", InfoOf(op).text, " of (", guard.a.primal, ", ",
          guard.b.primal, ") is, ", outcome, ", not ", guard.outcome)));
    }
    tape_->recorded_guards_.push_back(guard);
  }
  double ReadOutcome() {
    const uint64_t k = in_.Below(kOtherOutcome + 1, "an outcome");
    if (k < kOtherOutcome) return kOutcomes[k];
    const double outcome = in_.Double("an outcome");
    if (std::isnan(outcome)) in_.Fail("an outcome that is a number");
    for (const double each : kOutcomes) {
      if (std::bit_cast<uint64_t>(each) == std::bit_cast<uint64_t>(outcome)) {
        in_.Fail("an outcome in its short form");
      }
    }
    return outcome;
  }

  void ReadOutputs(std::vector<Var>& outputs) {
    const uint64_t count = in_.Count(2, "a number of outputs");
    for (uint64_t k = 0; k < count && in_.ok(); ++k) {
      outputs.emplace_back(ReadOperand(tape_->size_));
    }
  }

  ByteReader& in_;
  TapeOptions options_;
  std::vector<Op> ops_;
  std::vector<StoredForm> forms_;
  size_t ops_used_ = 0, forms_used_ = 0;
  Tape* tape_ = nullptr;
  std::vector<uint32_t> seals_;
};

LoadedTape ReadTape(ByteReader& content, const TapeOptions& options) {
  return TapeReader(content, options).Read();
}

}  // namespace wengert
