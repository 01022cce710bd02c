#ifndef WENGERT_DERIVE_RETAPE_H_
#define WENGERT_DERIVE_RETAPE_H_

// Derivatives as tapes. A reverse sweep over Var computes nothing: it records the gradient, which
// is then a function like any other, to be replayed at new points, optimised, or differentiated
// again, to any order.
//
// What is recorded is only what the gradient depends on: about four operations for each of the
// source, for the longest partials (quotients, norms, powers, atan2) up to 15, products with
// constant zeros and ones left out. The source's guards are recorded again, so that a replay
// notices a flipped branch as the source's would.
//
// Some partials have shorter forms than in a sweep (derive/taped_scalars.h). They lose digits where
// a norm overflows, a power underflows, or tanh is within a rounding of 1, and those of pow, hypot,
// atan2 and logaddexp have no limit at infinite operands. What a mask hides from a sweep (the side
// of a Where that isn't taken), it hides from a derivative's tape and from sweeps of that; a
// derivative's derivative as a tape may be NaN there.

#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "wengert/tape/tape.h"

namespace wengert {

struct RetapeOptions {  // How derivatives are recorded.
  // Adjoints meet partials in the operation azmul, in which an adjoint that is exactly zero wins
  // even against an infinite partial, as in a sweep. Where all partials are known to be finite,
  // plain products do, which a later pass can join and reorder more freely.
  bool assume_finite = false;
};

// Records, on this thread's recording tape, what `source` computes, as a function of x: one Var (or
// constant) for each input of the source. Returns its dependents. What they don't depend on is left
// out. UsageError where a recorded branch of the source isn't taken at x.
std::vector<Var> Rerecord(const Tape& source, absl::Span<const Var> dependents,
                          absl::Span<const Var> x);

// Records, on this thread's recording tape, the gradient of sum_i seeds[i] f_i at x: one Var for
// each input of the source; inputs without influence have the constant zero. Seeds may be
// constants or Vars. The recording tape may be the source itself.
std::vector<Var> RecordVjp(const Tape& source, absl::Span<const Var> dependents,
                           absl::Span<const Var> seeds, absl::Span<const Var> x,
                           RetapeOptions options = {});

// A derivative's tape: its inputs are the source's, in order and at the source's current point.
struct Retaped {
  std::unique_ptr<Tape> tape;  // stopped
  std::vector<Var> inputs;     // of that tape
  std::vector<Var> gradient;   // d root / d input
};

// The gradient of `root` as a new tape. O(size) time, and memory for two copies while it works.
Retaped Retape(const Tape& source, const Var& root, RetapeOptions options = {});

}  // namespace wengert

#endif  // WENGERT_DERIVE_RETAPE_H_
