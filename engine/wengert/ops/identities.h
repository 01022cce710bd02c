#ifndef WENGERT_OPS_IDENTITIES_H_
#define WENGERT_OPS_IDENTITIES_H_

// Which operation can be had for less: the algebra of the op table.
//
//   x * 1 = x     x + -0 = x     -(-x) = x     a - (-b) = a + b     x / 4 = x * 0.25
//
// An identity keeps every bit of the result for every operand, signed zeros and infinities
// included; a NaN stays a NaN, whose own sign and payload mean nothing. Those in the second list
// hold only while all values are finite, and may change the sign of a zero:
//
//   x * 0 = 0     x + 0 = x      x - x = 0     0 - x = -x           azmul(a, b) = a * b
//
// What only a good C library makes true (cos(-x) = cos x, pow(x, 1) = x) isn't here; what the C
// standard demands of it (Annex F: pow(x, 0) = 1, hypot(x, 0) = |x|) is.

#include <bit>
#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "wengert/ops/op.h"

namespace wengert {

// What an operation is applied to: a number, or something that is only known by its id.
struct Argument {
  static constexpr uint32_t kNoId = ~uint32_t{0};

  uint32_t id = kNoId;  // a number may have one, too
  bool is_constant = false;
  double constant = 0.0;

  static Argument Constant(double value) { return {kNoId, true, value}; }
  friend bool operator==(const Argument& x, const Argument& y) {
    if (x.is_constant != y.is_constant) return false;
    return x.is_constant
               ? std::bit_cast<uint64_t>(x.constant) == std::bit_cast<uint64_t>(y.constant)
               : x.id == y.id;
  }
};

// op(arguments). Op::kInput stands for the first argument itself.
struct Application {
  Op op = Op::kInput;
  Argument arguments[3];
};

// What the argument with this id is the value of, as far as is known; kInput of anything if it
// isn't.
using Definition = absl::FunctionRef<Application(uint32_t id)>;

// What is equal to f and costs less, or as much and is a better start for other identities, so that
// repeating it comes to an end; nothing if there is no such identity. The arguments of the answer
// are those of f, of f's arguments, or new constants.
std::optional<Application> Simplified(const Application& f, Definition definition,
                                      bool assume_finite);

}  // namespace wengert

#endif  // WENGERT_OPS_IDENTITIES_H_
