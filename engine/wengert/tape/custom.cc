#include "wengert/tape/custom.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/reads.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/while_rule_runs.h"

namespace wengert {
namespace {

void CheckShape(const CustomRules& rules, const char* what,
                const std::optional<SparsityPattern>& pattern, size_t rows, size_t columns) {
  if (!pattern.has_value() || (pattern->rows() == rows && pattern->columns == columns)) return;
  ThrowUsageError("CustomOperation",
                  absl::StrCat("the ", what, " of ", rules.name, " has ", pattern->rows(), " x ",
                               pattern->columns, " entries, this call ", rows, " x ", columns),
                  "give a pattern of the call's shape, or none");
}

// Sweeps index by what a user's pattern says.
bool IsWellFormed(const SparsityPattern& pattern) {
  const std::vector<size_t>& begin = pattern.row_begin;
  if (begin.empty() || begin.front() != 0 || begin.back() != pattern.size()) return false;
  if (!std::is_sorted(begin.begin(), begin.end())) return false;
  for (size_t i = 0; i < pattern.rows(); ++i) {
    const absl::Span<const uint32_t> row = pattern.Row(i);
    if (!row.empty() && row.back() >= pattern.columns) return false;
    for (size_t k = 1; k < row.size(); ++k) {
      if (row[k - 1] >= row[k]) return false;
    }
  }
  return true;
}

void CheckForm(const CustomRules& rules, const char* what,
               const std::optional<SparsityPattern>& pattern) {
  if (!pattern.has_value() || IsWellFormed(*pattern)) return;
  ThrowUsageError("CustomOperation",
                  absl::StrCat("the ", what, " of ", rules.name, " isn't compressed rows"),
                  "row_begin ascends from 0 to the number of entries; a row's columns ascend, each "
                  "once, below `columns`");
}

bool IsSymmetric(const SparsityPattern& pattern) {
  for (uint32_t i = 0; i < pattern.rows(); ++i) {
    for (const uint32_t j : pattern.Row(i)) {
      if (j >= pattern.rows()) return false;
      const absl::Span<const uint32_t> mirrored = pattern.Row(j);
      if (!std::binary_search(mirrored.begin(), mirrored.end(), i)) return false;
    }
  }
  return true;
}

void CheckSymmetry(const CustomRules& rules) {
  if (!rules.hessian.has_value() || IsSymmetric(*rules.hessian)) return;
  ThrowUsageError("CustomOperation",
                  absl::StrCat("the Hessian's pattern of ", rules.name, " isn't symmetric"),
                  "give both triangles: an entry at (i, j) has its twin at (j, i)");
}

}  // namespace

CustomOperation::CustomOperation(CustomRules rules)
    : CustomOperation(std::make_shared<const CustomRules>(std::move(rules))) {}

CustomOperation::CustomOperation(std::shared_ptr<const CustomRules> rules)
    : rules_(std::move(rules)) {
  if (rules_->value == nullptr || rules_->outputs == 0) {
    ThrowUsageError("CustomOperation", absl::StrCat(rules_->name, " computes nothing"),
                    "give it CustomRules::value, and at least one output");
  }
  CheckForm(*rules_, "Jacobian's pattern", rules_->jacobian);
  CheckForm(*rules_, "Hessian's pattern", rules_->hessian);
  CheckSymmetry(*rules_);
}

std::vector<Var> CustomOperation::operator()(absl::Span<const Var> x) const {
  CheckShape(*rules_, "Jacobian's pattern", rules_->jacobian, rules_->outputs, x.size());
  CheckShape(*rules_, "Hessian's pattern", rules_->hessian, x.size(), x.size());
  std::vector<double> primals, values(rules_->outputs);
  for (const Var& each : x) primals.push_back(Freeze(each));
  {
    const WhileRuleRuns rule(nullptr);
    rules_->value(primals, absl::MakeSpan(values));
  }
  std::vector<Var> y(values.begin(), values.end());
  const auto is_constant = [](const Var& each) { return each.is_constant(); };
  if (!std::all_of(x.begin(), x.end(), is_constant)) {
    Tape::RecordCall(rules_, x, absl::MakeSpan(y));
  }
  return y;
}

// All outputs or none: where memory or the node limit ends, the records made so far are forgotten.
void Tape::RecordCall(const std::shared_ptr<const CustomRules>& rules, absl::Span<const Var> x,
                      absl::Span<Var> y) {
  Tape* const tape = Current();
  if (tape == nullptr) ThrowNotRecording();
  for (const Var& each : x) tape->CheckOperand(each.fields_);
  struct Undo {
    Tape* tape;
    Position before;
    ~Undo() {
      if (tape == nullptr) return;
      tape->size_ = before.records_;
      tape->EndAt(tape->words_.data() + before.words_);
      tape->calls_.Truncate(before.calls_);
    }
  } undo{tape, tape->Here()};
  RecordedCalls& recorded = tape->calls_;
  const size_t operands = recorded.operands.size();
  recorded.calls.push_back(
      {rules, undo.before.records_, undo.before.words_, operands, operands + x.size()});
  for (const Var& each : x) recorded.operands.push_back(each.Sealed());
  for (Var& each : y) {
    tape->MakeRoom();
    tape->Finish(each.fields_, 0, each.fields_.primal, tape->end_, uint32_t{kCallCode});
  }
  undo.tape = nullptr;
}

}  // namespace wengert
