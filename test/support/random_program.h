#ifndef TEST_SUPPORT_RANDOM_PROGRAM_H_
#define TEST_SUPPORT_RANDOM_PROGRAM_H_

// Random straight-line programs of all operations at ordinary points, their values and gradients in
// high precision, and how far doubles may be off.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "test/support/reference.h"
#include "test/support/rules.h"

namespace wengert::truth {

// A node, inputs first, or a constant.
struct Operand {
  int node = -1;
  double constant = 0;
};

struct Step {
  Op op = Op::kAdd;
  std::array<Operand, 3> operands;
};

// The last step is the result.
struct RandomProgram {
  std::vector<double> inputs;
  std::vector<Step> steps;
};

// Seeded: the same on every platform whose C library rounds alike. Every operand lies in the domain
// of its operation, every number is 0 or between 1e-4 and 1e4.
RandomProgram MakeRandomProgram(uint64_t seed);

struct HighDual {
  High value;
  std::vector<High> tangents;  // towards each input
};

// The program on dual numbers of 256 bits.
HighDual TruthOf(const RandomProgram& program);

struct ErrorBounds {
  double value = 0;
  std::vector<double> gradient;
};

// How far a tape's value and gradient may be from the truth, by a running error analysis: the error
// of a step is the rounding that op_domains.inc allows it, and its operands' errors times the
// largest partial that they may lead to. Nothing where that may lead over a kink or a jump, or
// where so little is known of an operand that the analysis means nothing.
std::optional<ErrorBounds> BoundsOf(const RandomProgram& program);

// |computed - truth| / bound, infinite if that is no number.
double ErrorShare(double computed, const High& truth, double bound);

// The program without whatever it still fails without: steps become the numbers they are.
RandomProgram Shrunk(RandomProgram program, const std::function<bool(const RandomProgram&)>& fails);

std::string Text(const RandomProgram& program);

}  // namespace wengert::truth

#endif  // TEST_SUPPORT_RANDOM_PROGRAM_H_
