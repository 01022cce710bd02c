#ifndef WENGERT_PROGRAM_RUN_COST_H_
#define WENGERT_PROGRAM_RUN_COST_H_

// Predicts what a run of a program takes, beside a replay and a sweep of the tape that it was made
// from: a program that is slower isn't worth having. In nanoseconds of a core of 2.1 GHz with
// AVX-512, and the same on any other, so that which function is compiled doesn't depend on the
// machine. Both have two limits: what there is to do, and how long each operation waits for the one
// before.

#include <cstdint>

#include "wengert/program/blocks.h"
#include "wengert/program/lower.h"
#include "wengert/program/recording.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

// Of a block whose iterations are executed in lanes by this code.
double CostInLanes(const Block& block, const LoweredBody& code);

// Of a block whose iterations are executed one after the other by scalar code.
double CostOfScalarCode(const Block& block);

// Of a linear recurrence of so many steps.
double CostOfChain(uint32_t count);

// Of what stands beside a block's body.
double CostOfMoves(const Block& block);

// What a tape takes where there is no program. The tape must outlive it.
class TapeCost {
 public:
  // What there is to do, how long each of the operations in the longest row waits for the one
  // before, and what comes on top of that.
  struct Sweeps {
    double work, wait, ends;
    friend Sweeps operator*(double times, const Sweeps& sweeps) {
      return {times * sweeps.work, times * sweeps.wait, times * sweeps.ends};
    }
  };

  TapeCost() = default;
  TapeCost(const Tape& tape, const OpCounts& counts);  // of its nodes

  Sweeps values() const;
  Sweeps gradient() const;
  Sweeps jvp() const;
  Sweeps hvp() const;
  // O(nodes), for the longest row.
  double Of(const Sweeps& sweeps) const;
  // The same comparison, but O(1) where the work decides it.
  bool IsMoreThan(double cost, const Sweeps& sweeps) const;
  // A point among many, in a program that has a lane for each (batch.h).
  double batch() const;

 private:
  double ends() const;   // guards, inputs and their adjoints
  double depth() const;  // operations in the longest row

  const Tape* tape_ = nullptr;
  double plain_ = 0.0, calls_ = 0.0;
  double guards_ = 0.0, inputs_ = 0.0, nodes_ = 0.0;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RUN_COST_H_
