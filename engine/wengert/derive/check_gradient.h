#ifndef WENGERT_DERIVE_CHECK_GRADIENT_H_
#define WENGERT_DERIVE_CHECK_GRADIENT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "wengert/derive/differences.h"
#include "wengert/tape/var.h"

namespace wengert {

// An operation whose partial isn't what its own values say: a kink, a jump, a singular point.
struct NodeSuspicion {
  uint32_t node = 0;            // the operation
  int operand = 0;              // which of its operands
  double partial = 0.0;         // by the rule
  DifferenceQuotient quotient;  // by differences
};

struct GradientCheck {                     // What CheckGradient found.
  bool ok = true;                          // every entry is near its differences
  size_t input = 0;                        // where gradient and differences are furthest apart
  double found = 0.0;                      // the gradient's entry there
  DifferenceQuotient expected;             // the differences' entry
  std::optional<NodeSuspicion> suspicion;  // where it probably comes from
  std::string nearby_flip;  // a comparison that comes out differently at one of the differences
  std::string report;       // all that in words
};

// Compares the gradient of f at x with extrapolated differences of f. An entry is wrong if it is
// further from its difference quotient than `slack` times the quotient's error estimate, isn't
// finite, or the differences don't settle. A subgradient that is the mean of a kink's two slopes is
// what central differences give, too, and passes. f is recorded anew for every value, so what the
// tape can't see is found, too: values that were read with value() and used, or state that f keeps.
// Where f itself isn't finite, the report says so and nothing else is looked at.
// About 24 n recordings of f, up to 96 n where an entry is wrong.
GradientCheck CheckGradient(const std::function<Var(absl::Span<const Var>)>& f,
                            absl::Span<const double> x, double slack = 10.0);
// The same for f(x, p), with parameters p that are constants.
GradientCheck CheckGradient(
    const std::function<Var(absl::Span<const Var>, absl::Span<const Var>)>& f,
    absl::Span<const double> x, absl::Span<const double> p, double slack = 10.0);

}  // namespace wengert

#endif  // WENGERT_DERIVE_CHECK_GRADIENT_H_
