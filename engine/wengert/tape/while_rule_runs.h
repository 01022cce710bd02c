#ifndef WENGERT_TAPE_WHILE_RULE_RUNS_H_
#define WENGERT_TAPE_WHILE_RULE_RUNS_H_

// Rules of user-defined operations are called in the middle of a recording, a sweep or a replay,
// and must leave the tapes alone that are at work: while one runs, this thread's tapes don't
// record, and neither they nor the tape that is swept can be changed. A tape that the rule made
// for itself can.

#include "wengert/tape/recorder.h"

namespace wengert {

class Tape;

class WhileRuleRuns {
 public:
  enum class Recording { kPauses, kGoesOn };

  // `swept` calls the rule; null where it is being recorded, or a rule calls it. Recording goes on
  // for a rule that records.
  explicit WhileRuleRuns(const Tape* swept, Recording recording = Recording::kPauses);
  ~WhileRuleRuns();
  WhileRuleRuns(const WhileRuleRuns&) = delete;
  WhileRuleRuns& operator=(const WhileRuleRuns&) = delete;

  // UsageError if `tape` is at work on this thread, up to a rule that runs.
  static void CheckIsFree(const Tape& tape, const char* where);

 private:
  static bool Holds(const Tape& tape);

  const Tape* const swept_;
  Recorder* const paused_;  // the innermost before, or null
  WhileRuleRuns* const outer_;
};

}  // namespace wengert

#endif  // WENGERT_TAPE_WHILE_RULE_RUNS_H_
