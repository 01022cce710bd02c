// The members of Tape and Adjoints that sweep: declared in tape/, where a user looks for them,
// defined here, above the loops they are made of.

#include <algorithm>
#include <bit>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/base/huge_pages.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/guards.h"
#include "wengert/sweep/records.h"
#include "wengert/sweep/reverse.h"
#include "wengert/sweep/underflow.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/while_rule_runs.h"

namespace wengert {

const Adjoints& Tape::Backward(const Var& root) {
  root.Seal();  // these adjoints stay those of root, whatever is done with it
  Backward(root, adjoints_);
  return adjoints_;
}

void Tape::Backward(const Var& root, Adjoints& adjoints) const {
  adjoints.tape_ = this;
  adjoints.stamp_ = stamp_;
  adjoints.records_.clear();
  adjoints.nodes_.clear();
  if (root.is_constant()) return;
  const uint32_t record = RecordOf(root, "Tape::Backward");
  adjoints.Zero(record + size_t{2});
  double* const seeds = adjoints.records_.data() + 1;
  seeds[record] = 1.0;
  if (!SweepRecords(record, seeds)) BackwardByNodes(record, adjoints);
}

bool Tape::SweepRecords(uint32_t root, double* adjoints) const {
  // From call to call of user-defined operations, at which the sweep over records stops.
  const auto sweep = [&](auto over_records, auto over_call) {
    const Word* end = EndOf(root);
    uint32_t last = root;
    for (auto call = calls_.calls.rbegin(); call != calls_.calls.rend(); ++call) {
      if (call->first > last) continue;
      if (call->end() <= last) over_records(end, last);
      over_call(*call, last);
      end = words_.data() + call->words;
      last = call->first - 1;  // an operand is before it
    }
    over_records(end, last);
  };
  const UnderflowWatch underflow;
  sweep([&](const Word* end, uint32_t last) { ReverseRecords(end, last, primals_, adjoints); },
        [&](const auto& call, uint32_t last) { PushCall(call, last, adjoints); });
  if (!std::isfinite(adjoints[-1])) return false;
  if (!underflow.HasSeenOne()) return true;
  std::vector<double> zeros(root + size_t{2});
  bool is_lossy = false;
  sweep(
      [&](const Word* end, uint32_t last) {
        is_lossy |= PartialsUnderflow(end, last, primals_, zeros.data() + 1);
      },
      [](const auto&, uint32_t) {});
  return !is_lossy;
}

void Tape::PushCall(const RecordedCalls::Call& call, uint32_t root, double* adjoints) const {
  CallFrame frame(this, *call.rules, call.operands_end - call.operands_begin);
  for (size_t k = 0; k < frame.y.size(); ++k) {
    frame.y[k] = primals_[call.first + k].value;
    frame.y_bar[k] = call.first + k <= root ? adjoints[call.first + k] : 0.0;
  }
  const VarFields* const operands = calls_.operands.data() + call.operands_begin;
  for (size_t j = 0; j < frame.x.size(); ++j) {
    const VarFields& x = operands[j];
    frame.x[j] = x.is_constant() ? x.primal : primals_[x.record].value;
  }
  if (!frame.Vjp()) return;
  for (size_t j = 0; j < frame.x.size(); ++j) {
    if (!operands[j].is_constant()) adjoints[operands[j].record] += frame.x_bar[j];
  }
}

// The sweep over records lets 0 * infinity be NaN and multiplies partials first, and nothing that
// isn't finite gets lost on its way down to an independent. So where it arrived, or where such a
// product is too small for its digits, the tape is swept again by the loop that looks.
void Tape::BackwardByNodes(uint32_t root, Adjoints& adjoints) const {
  const absl::Span<const Operand> operand_of = decoded().operand_of;
  const std::vector<double>& of_nodes = adjoints.SweepNodes(operand_of[root].index());
  for (uint32_t record = 0; record <= root; ++record) {
    const Operand operand = operand_of[record];
    if (!operand.is_constant()) adjoints.records_[record + size_t{1}] = of_nodes[operand.index()];
  }
}

void Adjoints::Zero(size_t size) {
  if (size > records_.capacity()) {
    records_.reserve(std::max(size, 2 * records_.capacity()));
    PreferHugePages(records_.data(), records_.capacity() * sizeof(double));
  }
  records_.assign(size, 0.0);
}

const std::vector<double>& Adjoints::SweepNodes(uint32_t root) const {
  nodes_.assign(root + size_t{1}, 0.0);
  nodes_[root] = 1.0;
  ReverseSweep(*tape_, tape_->primals().data(), nodes_.data(), nodes_.size());
  return nodes_;
}

bool Adjoints::AreOf(const Tape& tape) const { return tape_ == &tape && stamp_ == tape.stamp_; }

void Adjoints::CheckCurrent(const char* where) const {
  if (tape_ == nullptr || stamp_ == tape_->stamp_) return;
  ThrowUsageError(where, "the tape was cleared or rewound since the sweep",
                  "read the adjoints before, or call Tape::Backward again");
}

absl::Span<const double> Adjoints::nodes() const {
  CheckCurrent("Adjoints::nodes");
  if (nodes_.empty() && !records_.empty()) {
    SweepNodes(tape_->decoded().operand_of[records_.size() - 2].index());
  }
  return nodes_;
}

const Word* Tape::EndOf(uint32_t record) const {
  const Word* end = end_;
  for (uint32_t newest = size_ - 1; newest > record; --newest) end = RecordBefore(end);
  return end;
}

absl::Status Tape::Replay(absl::Span<const double> x) {
  if (x.size() != input_records_.size()) {
    ThrowUsageError("Tape::Replay",
                    absl::StrCat("the point has ", x.size(), " numbers, the tape ",
                                 input_records_.size(), " inputs"),
                    "give one number for each Tape::Input, in order");
  }
  WhileRuleRuns::CheckIsFree(*this, "Tape::Replay");
  previous_point_.clear();
  for (uint32_t record : input_records_) previous_point_.push_back(primals_[record].value);
  if (!is_elsewhere_) recorded_point_ = previous_point_;
  MoveTo(x);
  for (const Guard& guard : guards()) {
    if (Holds(*this, decoded_.primals.data(), guard)) continue;
    const std::string flip = DescribeFlip(*this, decoded_.primals.data(), guard);
    MoveTo(previous_point_);
    return absl::FailedPreconditionError(
        absl::StrCat("Tape::Replay: a branch changed: ", flip,
                     "; record the function again at this point, or write the choice with Where"));
  }
  NoteWhereItIs();
  return absl::OkStatus();
}

// Where nothing can be recorded, the tape looks full.
void Tape::NoteWhereItIs() {
  is_elsewhere_ = false;
  for (size_t k = 0; k < input_records_.size(); ++k) {
    const double here = primals_[input_records_[k]].value;
    is_elsewhere_ |= std::bit_cast<uint64_t>(here) != std::bit_cast<uint64_t>(recorded_point_[k]);
  }
  if (is_elsewhere_) EndAt(end_);
}

void Tape::MoveTo(absl::Span<const double> x) {
  const absl::Span<const uint32_t> inputs = decoded().inputs;
  // A user's rule may throw on the way.
  struct Undo {
    UnwrittenVector<double>* primals;
    UnwrittenVector<double>* before;
    ~Undo() {
      if (before != nullptr) primals->swap(*before);
    }
  } undo{&decoded_.primals, nullptr};
  if (has_custom()) {
    previous_primals_ = decoded_.primals;
    undo.before = &previous_primals_;
  }
  for (size_t k = 0; k < inputs.size(); ++k) decoded_.primals[inputs[k]] = x[k];
  ForwardSweep(*this, decoded_.primals.data());
  undo.before = nullptr;
  for (uint32_t record = 0; record < size_; ++record) {
    primals_[record].value = decoded_.PrimalOf(record);
  }
}

double Adjoints::operator[](const Var& v) const {
  if (v.is_constant()) return 0.0;
  if (tape_ == nullptr) {
    ThrowUsageError("Adjoints::operator[]", "no sweep was made into these Adjoints",
                    "call Tape::Backward first");
  }
  const uint32_t record = tape_->RecordOf(v, "Adjoints::operator[]");
  const bool was_there = stamp_ == tape_->stamp_ || tape_->HadAt(stamp_, record);
  return was_there ? AtRecord(record) : 0.0;
}

void Adjoints::Gradient(absl::Span<double> gradient) const {
  CheckCurrent("Adjoints::Gradient");
  const size_t count = tape_ == nullptr ? 0 : tape_->input_records_.size();
  if (gradient.size() != count) {
    ThrowUsageError("Adjoints::Gradient",
                    absl::StrCat("the span holds ", gradient.size(), " numbers, the tape has ",
                                 count, " inputs"),
                    "give room for one number for each Tape::Input");
  }
  if (count == 0) return;
  const std::vector<uint32_t>& inputs = tape_->input_records_;
  const bool are_in_a_row = inputs.back() - inputs.front() == count - 1;
  if (are_in_a_row && inputs.back() + size_t{1} < records_.size()) {
    std::copy_n(&records_[inputs.front() + size_t{1}], count, gradient.data());
    return;
  }
  for (size_t k = 0; k < count; ++k) gradient[k] = AtRecord(inputs[k]);
}

std::vector<double> Adjoints::Gradient() const {
  std::vector<double> gradient(tape_ == nullptr ? 0 : tape_->input_records_.size());
  Gradient(absl::MakeSpan(gradient));
  return gradient;
}

}  // namespace wengert
