#include "wengert/tape/while_rule_runs.h"

#include "wengert/base/check.h"
#include "wengert/tape/tape.h"

namespace wengert {
namespace {

thread_local constinit WhileRuleRuns* running = nullptr;

}  // namespace

WhileRuleRuns::WhileRuleRuns(const Tape* swept, Recording recording)
    : swept_(swept),
      paused_(recording == Recording::kPauses ? Tape::innermost_.recorder : nullptr),
      outer_(running) {
  if (paused_ != nullptr) Tape::innermost_.recorder = &Tape::nobody_;
  running = this;
}

WhileRuleRuns::~WhileRuleRuns() {
  if (paused_ != nullptr) Tape::innermost_.recorder = paused_;
  running = outer_;
}

bool WhileRuleRuns::Holds(const Tape& tape) {
  for (const WhileRuleRuns* rule = running; rule != nullptr; rule = rule->outer_) {
    if (rule->swept_ == &tape) return true;
    Recorder* held = rule->paused_ != nullptr ? rule->paused_ : &Tape::nobody_;
    for (; held != &Tape::nobody_; held = static_cast<Tape*>(held)->outer_) {
      if (held == &tape) return true;
    }
  }
  return false;
}

void WhileRuleRuns::CheckIsFree(const Tape& tape, const char* where) {
  if (running == nullptr || !Holds(tape)) return;
  ThrowUsageError(where, "a rule of a user-defined operation runs, which the tape may be calling",
                  "let rules compute with numbers, or with a Tape of their own");
}

}  // namespace wengert
