#include "wengert/sweep/calls.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/base/buffer.h"
#include "wengert/base/check.h"
#include "wengert/sweep/tangent.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/while_rule_runs.h"

namespace wengert {
namespace {

// A thread's memory for frames, one buffer for each level of nesting.
struct Scratch {
  std::vector<Buffer<double>> levels;
  size_t depth = 0;
};
thread_local Scratch scratch;

double* Enter(size_t count) {
  if (scratch.depth == scratch.levels.size()) scratch.levels.emplace_back();
  Buffer<double>& level = scratch.levels[scratch.depth];
  level.Reserve(count);
  ++scratch.depth;
  return level.data();
}

bool IsZero(absl::Span<const double> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double each) { return each == 0.0; });
}

void Clear(absl::Span<double> numbers) { std::fill(numbers.begin(), numbers.end(), 0.0); }

}  // namespace

void ThrowMissingRule(const CustomRules& rules, const char* what, const char* rule) {
  ThrowUsageError(what,
                  absl::StrCat("the operation ", rules.name, " of the user's was given no ", rule),
                  "give it that member of CustomRules, or use another driver");
}

void ThrowNoSweepOfScalar(const CustomRules& rules) {
  ThrowUsageError("sweep",
                  absl::StrCat("the operation ", rules.name,
                               " of the user's has no rule for this class of numbers"),
                  "sweep over double, Lanes or Dual<double>");
}

// The vjp recorded at x with fixed weights: its tangent along v is the Hessian-vector product.
class CallFrame::Taped {
 public:
  Taped(const CustomRules& rules, absl::Span<const double> x, absl::Span<const double> w) {
    const std::vector<Var> inputs = tape_.Inputs(x);
    // Only borrowed: the rules outlive this tape.
    const CustomOperation f(
        std::shared_ptr<const CustomRules>(std::shared_ptr<const CustomRules>(), &rules));
    gradient_ = rules.taped_vjp(inputs, f(inputs), std::vector<Var>(w.begin(), w.end()));
    tape_.Stop();
    CheckSize(rules, x.size());
    tangents_.resize(tape_.size());
  }

  void Multiply(absl::Span<const double> v, absl::Span<double> h) {
    const View view(tape_);
    for (size_t j = 0; j < v.size(); ++j) tangents_[view.inputs[j]] = v[j];
    TangentSweep(view, tape_.primals().data(), tangents_.data(), tangents_.size());
    for (size_t j = 0; j < h.size(); ++j) {
      const Var& g = gradient_[j];
      h[j] = g.is_constant() ? 0.0 : tangents_[tape_.NodeOf(g, "CustomRules::taped_vjp")];
    }
  }

 private:
  void CheckSize(const CustomRules& rules, size_t inputs) const {
    if (gradient_.size() == inputs) return;
    ThrowUsageError("CustomRules::taped_vjp",
                    absl::StrCat("that of ", rules.name, " gave ", gradient_.size(), " Vars for ",
                                 inputs, " operands"),
                    "return one Var for each operand");
  }

  Tape tape_;
  std::vector<Var> gradient_;
  std::vector<double> tangents_;
};

CallFrame::CallFrame(const Tape* swept, const CustomRules& rules, size_t inputs)
    : swept_(swept), rules_(rules) {
  const size_t n = inputs, m = rules.outputs;
  double* at = Enter(3 * n + 4 * m);
  for (absl::Span<double>* span : {&x, &x_dot, &x_bar}) {
    *span = {at, n};
    at += n;
  }
  for (absl::Span<double>* span : {&y, &y_dot, &y_bar, &w}) {
    *span = {at, m};
    at += m;
  }
}

CallFrame::~CallFrame() { --scratch.depth; }

void CallFrame::Value() {
  Clear(y);
  const WhileRuleRuns rule(swept_);
  rules_.value(x, y);
}

void CallFrame::Jvp() {
  Clear(y_dot);
  if (IsZero(x_dot)) return;
  if (rules_.jvp == nullptr) return JvpByRows();
  const WhileRuleRuns rule(swept_);
  rules_.jvp(x, y, x_dot, y_dot);
}

void CallFrame::JvpByRows() {
  if (rules_.vjp == nullptr)
    ThrowMissingRule(rules_, "tangent sweep", "jvp, nor a vjp for its rows");
  for (size_t k = 0; k < y.size(); ++k) {
    Clear(y_bar);
    y_bar[k] = 1.0;
    Vjp();
    for (size_t j = 0; j < x.size(); ++j) y_dot[k] += Contribution(x_bar[j], x_dot[j]);
  }
}

bool CallFrame::Vjp() {
  if (IsZero(y_bar)) return false;
  if (rules_.vjp == nullptr) ThrowMissingRule(rules_, "reverse sweep", "vjp");
  Clear(x_bar);
  const WhileRuleRuns rule(swept_);
  rules_.vjp(x, y, y_bar, x_bar);
  return true;
}

bool CallFrame::Hvp() {
  if (rules_.is_linear() || IsZero(w) || IsZero(x_dot)) return false;
  Clear(x_bar);
  if (rules_.hvp != nullptr) {
    const WhileRuleRuns rule(swept_);
    rules_.hvp(x, w, x_dot, x_bar);
    return true;
  }
  if (rules_.taped_vjp == nullptr) {
    ThrowMissingRule(rules_, "second-order sweep", "hvp, nor a taped_vjp");
  }
  if (taped_ == nullptr) taped_ = std::make_unique<Taped>(rules_, x, w);
  taped_->Multiply(x_dot, x_bar);
  return true;
}

}  // namespace wengert
