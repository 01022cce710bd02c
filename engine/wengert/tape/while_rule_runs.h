#ifndef WENGERT_TAPE_WHILE_RULE_RUNS_H_
#define WENGERT_TAPE_WHILE_RULE_RUNS_H_

// Rules of user-defined operations are called in the middle of a recording, a sweep or a replay,
// and must leave the tapes alone that are at work: while one runs, this thread's tapes don't
// record. A tape that the rule makes for itself does.

#include "wengert/tape/recorder.h"

namespace wengert {

class Tape;

class WhileRuleRuns {
 public:
  WhileRuleRuns();
  ~WhileRuleRuns();
  WhileRuleRuns(const WhileRuleRuns&) = delete;
  WhileRuleRuns& operator=(const WhileRuleRuns&) = delete;

  // UsageError if `tape` records on this thread, but not while a rule runs.
  static void CheckIsFree(const Tape& tape, const char* where);

 private:
  static bool Holds(const Tape& tape);

  Recorder* const innermost_;  // before
  WhileRuleRuns* const outer_;
};

}  // namespace wengert

#endif  // WENGERT_TAPE_WHILE_RULE_RUNS_H_
