#ifndef WENGERT_TEST_FUZZ_CALL_MODEL_H_
#define WENGERT_TEST_FUZZ_CALL_MODEL_H_

// What a sequence of calls knows of its tapes and Vars, beside the library.

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "wengert/wengert.h"

namespace wengert::fuzz {

// A Var with what is known of it: when its tape was begun, and its place in time.
struct Known {
  Var var;
  double primal = 0.0;
  int tape = -1;  // a constant
  uint64_t born = 0;
};

struct Mark {
  Tape::Position position;
  uint64_t at, cleared;
  size_t nodes, guards;  // before it
};

// What a Rewind forgot: what was made between two moments. What the tape went back to.
struct Gone {
  uint64_t first, last;
  size_t nodes, guards;
  bool Contains(uint64_t moment) const { return first < moment && moment < last; }
};

struct Recording {
  std::unique_ptr<Tape> tape;
  uint64_t cleared = 0;  // the moment before which Vars are stale
  std::vector<Gone> gone;
  std::vector<Mark> marks;
  std::vector<double> inputs;  // as they were made
  bool stopped = false, moved = false;

  bool Records() const { return !stopped && !moved; }
  bool IsElsewhere() const {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const double here = tape->primals()[tape->inputs()[i]];
      if (std::bit_cast<uint64_t>(here) != std::bit_cast<uint64_t>(inputs[i])) return true;
    }
    return false;
  }
};

// What Functions are recorded of.
struct Callable {
  size_t kind = 0;

  bool ThrowsAt(const std::vector<double>& x) const { return kind == 3 && x[0] < -2.0; }
  Var operator()(absl::Span<const Var> x) const {
    if (kind == 3 && x[0] < -2.0) throw 7;  // a callable's own exception
    Var s = x[1] < x[0] ? x[0] * x[1] : sin(x[0]) - x[1];
    for (int i = 0; i < 9; ++i) s += kind == 1 ? x[0] * s * 0.1 : sin(x[1] * i);
    return kind == 2 && 0.0 < s ? sqrt(s) : s;
  }
};

}  // namespace wengert::fuzz

#endif  // WENGERT_TEST_FUZZ_CALL_MODEL_H_
