#ifndef WENGERT_TAPE_READS_H_
#define WENGERT_TAPE_READS_H_

// Where a program reads primals while it is recorded. A branch or an index that depends on
// value() is invisible to guards, so a Function counts such reads, and can refuse them.

#include <cstdint>

#include "wengert/tape/var.h"

namespace wengert {

// While it lives, counts this thread's plain reads of Vars that are active on `tape`; with
// `refuse`, such a read throws UsageError that names the node. Nests, each for a tape of its own.
class PrimalReads {
 public:
  PrimalReads(const Tape& tape, bool refuse);  // from here on
  ~PrimalReads();
  PrimalReads(const PrimalReads&) = delete;
  PrimalReads& operator=(const PrimalReads&) = delete;

  int64_t count() const { return count_; }  // so far

 private:
  friend class Var;
  void Note(const Var& read);

  int64_t count_ = 0;
  const Tape& tape_;
  const bool refuse_;
  PrimalReads* outer_;
};

// The largest whole number <= x, for use as an index. A guard sees to it that a replay at another
// index is noticed. UsageError for a NaN or a number beyond 2^53.
int64_t Index(const Var& x);

// The primal of x as a deliberate constant: no derivative, no guard, not counted as a read. A
// replay keeps the number of the recording.
double Freeze(const Var& x);

}  // namespace wengert

#endif  // WENGERT_TAPE_READS_H_
