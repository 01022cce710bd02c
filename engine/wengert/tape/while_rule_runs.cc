#include "wengert/tape/while_rule_runs.h"

#include "wengert/base/check.h"
#include "wengert/tape/tape.h"

namespace wengert {
namespace {

thread_local constinit WhileRuleRuns* running = nullptr;

}  // namespace

WhileRuleRuns::WhileRuleRuns() : innermost_(Tape::innermost_.recorder), outer_(running) {
  Tape::innermost_.recorder = &Tape::nobody_;
  running = this;
}

WhileRuleRuns::~WhileRuleRuns() {
  Tape::innermost_.recorder = innermost_;
  running = outer_;
}

bool WhileRuleRuns::Holds(const Tape& tape) {
  for (const WhileRuleRuns* rule = running; rule != nullptr; rule = rule->outer_) {
    for (Recorder* held = rule->innermost_; held != &Tape::nobody_;
         held = static_cast<Tape*>(held)->outer_) {
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
