#ifndef WENGERT_DERIVE_FIRST_NON_FINITE_H_
#define WENGERT_DERIVE_FIRST_NON_FINITE_H_

// Where a NaN or an infinity comes from. They flow through tapes as IEEE has them, and by the time
// one is noticed it has spread; this finds the operation that made the first.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/tape/adjoints.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/var.h"

namespace wengert {

class Workspace;

namespace derive_internal {
struct Recording;
}  // namespace derive_internal

// One application of an operation, with its numbers.
struct NodeNumbers {
  uint32_t node = 0;              // its index
  std::string operation;          // as in Listing; a user's operation under its own name
  std::vector<Operand> operands;  // nodes and constants
  std::vector<double> primals;    // of the operands
  double primal = 0.0;            // its own
};

// The node whose adjoint is the first that isn't finite as the sweep comes down from the root, and
// the operation it came from.
struct NonFiniteAdjoint {
  size_t output = 0;     // of f, from which was swept
  uint32_t node = 0;     // its index
  double adjoint = 0.0;  // not finite
  // Whose contribution to it isn't finite; empty if all are, and only their sum isn't.
  std::optional<NodeNumbers> from;
  size_t operand = 0;         // the node's place among from's operands
  double from_adjoint = 0.0;  // finite
};

struct NonFinite {                          // What FirstNonFinite found.
  std::optional<NodeNumbers> primal;        // the first node in the order of recording
  std::optional<NonFiniteAdjoint> adjoint;  // of a sweep
  std::optional<double> constant;           // an output that is on no tape, and isn't finite
  size_t constant_output = 0;               // which of f's it is
  std::string report;                       // all that in words, a line each

  // Any of them.
  bool found() const { return primal.has_value() || adjoint.has_value() || constant.has_value(); }
};

// A primal is also named if nothing finite comes of it: the side of a Where that isn't taken.
//
// Looks through the primals at the tape's current point; with `adjoints`, which must be of this
// tape (else UsageError), through them as well. O(nodes), and nothing at any other time: no sweep
// looks out for what isn't finite.
NonFinite FirstNonFinite(const Tape& tape, const Adjoints* adjoints = nullptr);

// The same for f, recorded at x and swept from each of its outputs, eight at a time: for what a
// Function or an optimizer was given. Here an output that is a constant is looked at, too, and
// adjoints of nodes that don't depend on x aren't. What a Function has recorded is looked through
// by FirstNonFinite(f, at) of function/function.h.
NonFinite FirstNonFinite(const std::function<Var(absl::Span<const Var>)>& f,
                         absl::Span<const double> x);
NonFinite FirstNonFinite(const std::function<std::vector<Var>(absl::Span<const Var>)>& f,
                         absl::Span<const double> x);
// The same for f(x, p), with parameters p that are constants.
NonFinite FirstNonFinite(const std::function<Var(absl::Span<const Var>, absl::Span<const Var>)>& f,
                         absl::Span<const double> x, absl::Span<const double> p);
NonFinite FirstNonFinite(
    const std::function<std::vector<Var>(absl::Span<const Var>, absl::Span<const Var>)>& f,
    absl::Span<const double> x, absl::Span<const double> p);

// For Function, whose outputs have these values.
NonFinite FirstNonFinite(const derive_internal::Recording& f, absl::Span<const double> values,
                         Workspace& workspace);

}  // namespace wengert

#endif  // WENGERT_DERIVE_FIRST_NON_FINITE_H_
