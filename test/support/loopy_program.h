#ifndef WENGERT_TEST_SUPPORT_LOOPY_PROGRAM_H_
#define WENGERT_TEST_SUPPORT_LOOPY_PROGRAM_H_

// Random recordings with loops in them, for what is said of all of those: bodies of any operations
// over streams, strides, borders, tables with repeated entries, columns of constants; sums of one
// and several links; values that iterations hand on; guards; time steps; code before, between and
// behind the loops, some of it dead.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "wengert/program/run.h"
#include "wengert/wengert.h"

namespace wengert::testing {

struct LoopyOptions {
  bool recurrences = false;  // whether iterations may need each other beyond sums
  bool is_small = false;     // one short loop
  bool chains = false;  // whether maxima, products and their like go through the iterations, too
};

// Values and partials are ordinary numbers where it was recorded.
class LoopyProgram {
 public:
  // Seeded: the same on every platform.
  explicit LoopyProgram(uint64_t seed, const LoopyOptions& options = {});

  Tape tape;
  std::vector<double> x0;  // x, then parameters
  size_t n = 0;            // how many of them are x
  std::vector<Var> outputs;
  std::vector<program::Run> runs;  // the loops as they were written, by node of a program::Recorded
  bool has_sums = false;
  std::string text;  // what was drawn, for the message of a test that fails
};

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_LOOPY_PROGRAM_H_
