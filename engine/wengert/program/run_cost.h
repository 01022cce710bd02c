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

// What a tape takes where there is no program. O(nodes) to make.
class TapeCost {
 public:
  TapeCost() = default;
  explicit TapeCost(const Tape& tape);

  double values() const;
  double gradient() const;
  double jvp() const;
  double hvp() const;
  // A point among many, in a program that has a lane for each (batch.h).
  double batch() const;

 private:
  double ends() const;  // guards, inputs and their adjoints

  double plain_ = 0.0, calls_ = 0.0;
  double depth_ = 0.0, guards_ = 0.0, inputs_ = 0.0, nodes_ = 0.0;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RUN_COST_H_
