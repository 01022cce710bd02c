#ifndef WENGERT_SWEEP_RECORD_REPLAY_H_
#define WENGERT_SWEEP_RECORD_REPLAY_H_

// A tape's records laid out for many forward sweeps, with the check of its guards.
//
// The stream says what a record is at the record's end, so the codes are laid out in order once.
// The sweep goes by stretches of some thousand records; after each it checks the guards that stand
// in it. Primals are never overwritten, so a guard sees there what it would see at its place, and
// what was computed behind a flip is thrown away.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wengert/tape/tape.h"

namespace wengert {

class RecordReplay {
 public:
  struct Flip {
    size_t guard;  // the first that came out differently
    double outcome;
  };

  explicit RecordReplay(const Tape& tape);  // which is stopped, and outlives this

  // Room for the primals of all records, and the constants that guards compare with.
  std::vector<Cell> MakePrimals() const;
  // Recomputes the primals made by MakePrimals; those of the independents must stand there.
  std::optional<Flip> Sweep(std::vector<Cell>& primals) const;

  // Where the record ends.
  const Word* EndOf(uint32_t record) const;
  size_t bytes() const;

 private:
  struct Stretch {
    uint32_t first_record, end_record;
    size_t code;  // where it begins in codes_
    const Word* words;
    size_t end_run;
  };
  // The operands of a guard: places among the primals, or the constants behind them.
  struct Check {
    uint32_t a, b;
  };
  // Checks of one operation and outcome that stand in one stretch, and compare with one constant,
  // or with none.
  struct Run {
    Op op;
    double outcome;
    bool has_constant;  // b is the same for all
    uint32_t end_check;
  };

  void LayOutCodes(const Tape::Records& records);
  void LayOutGuards(const Tape::Records& records);
  void LayOutChecks(const Tape::Records& records, size_t begin, size_t end);
  uint32_t PlaceOf(const VarFields& operand);
  Flip FirstFlip(const Stretch& stretch, const Cell* cells) const;

  const Tape& tape_;
  std::vector<uint16_t> codes_;  // kBottomCode behind each stretch
  std::vector<Stretch> stretches_;
  std::vector<Check> checks_;     // of a stretch, run by run
  std::vector<uint32_t> guards_;  // of each check, the guard
  std::vector<Run> runs_;
  std::vector<Cell> constants_;
};

}  // namespace wengert

#endif  // WENGERT_SWEEP_RECORD_REPLAY_H_
