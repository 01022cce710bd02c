// The members of Tape and Adjoints that sweep: declared in tape/, where a user looks for them,
// defined here, above the loops they are made of.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/guards.h"
#include "wengert/sweep/reverse.h"
#include "wengert/tape/tape.h"

namespace wengert {

const Adjoints& Tape::Backward(const Var& root) {
  Backward(root, adjoints_);
  return adjoints_;
}

void Tape::Backward(const Var& root, Adjoints& adjoints) const {
  const size_t end = root.is_constant() ? 0 : NodeOf(root, "Tape::Backward") + size_t{1};
  adjoints.tape_ = this;
  adjoints.values_.assign(end, 0.0);
  if (end == 0) return;
  adjoints.values_[end - 1] = 1.0;
  ReverseSweep(*this, primals().data(), adjoints.values_.data(), end);
}

absl::Status Tape::Replay(absl::Span<const double> x) {
  if (x.size() != inputs_.size()) {
    ThrowUsageError(
        "Tape::Replay",
        absl::StrCat("the point has ", x.size(), " numbers, the tape ", inputs_.size(), " inputs"),
        "give one number for each Tape::Input, in order");
  }
  previous_point_.clear();
  for (uint32_t node : inputs_) previous_point_.push_back(primals_[node]);
  MoveTo(x);
  for (const Guard& guard : guards_) {
    if (Holds(*this, primals_.data(), guard)) continue;
    const std::string flip = DescribeFlip(*this, primals_.data(), guard);
    MoveTo(previous_point_);
    return absl::FailedPreconditionError(
        absl::StrCat("Tape::Replay: a branch changed: ", flip,
                     "; record the function again at this point, or write the choice with Where"));
  }
  return absl::OkStatus();
}

void Tape::MoveTo(absl::Span<const double> x) {
  for (size_t k = 0; k < inputs_.size(); ++k) primals_[inputs_[k]] = x[k];
  ForwardSweep(*this, primals_.data());
}

double Adjoints::operator[](const Var& v) const {
  if (v.is_constant()) return 0.0;
  if (tape_ == nullptr) {
    ThrowUsageError("Adjoints::operator[]", "no sweep was made into these Adjoints",
                    "call Tape::Backward first");
  }
  return AtNode(tape_->NodeOf(v, "Adjoints::operator[]"));
}

void Adjoints::Gradient(absl::Span<double> gradient) const {
  const size_t count = tape_ == nullptr ? 0 : tape_->inputs().size();
  if (gradient.size() != count) {
    ThrowUsageError("Adjoints::Gradient",
                    absl::StrCat("the span holds ", gradient.size(), " numbers, the tape has ",
                                 count, " inputs"),
                    "give room for one number for each Tape::Input");
  }
  for (size_t k = 0; k < count; ++k) gradient[k] = AtNode(tape_->inputs()[k]);
}

std::vector<double> Adjoints::Gradient() const {
  std::vector<double> gradient(tape_ == nullptr ? 0 : tape_->inputs().size());
  Gradient(absl::MakeSpan(gradient));
  return gradient;
}

}  // namespace wengert
