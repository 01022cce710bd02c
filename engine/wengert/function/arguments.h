#ifndef WENGERT_FUNCTION_ARGUMENTS_H_
#define WENGERT_FUNCTION_ARGUMENTS_H_

#include <initializer_list>
#include <optional>
#include <type_traits>

#include "absl/types/span.h"
#include "wengert/base/results.h"

namespace wengert {

// Where a Function is evaluated: the point x and, for this call only, the parameters p. Without p
// the parameters that were set last hold. Refers to the caller's numbers; made from any span:
//   f.Gradient(x, g)     f.Gradient({x, p}, g)     f.Value({1.0, 2.0})
struct Arguments {
  absl::Span<const double> x;                 // the point
  std::optional<absl::Span<const double>> p;  // the parameters
  // Contiguous numbers of the caller; the parameters after the point.
  template <class Container>
  requires(std::is_convertible_v<const Container&, absl::Span<const double>> && !Strided<Container>)
      Arguments(const Container& point)
      : x(point) {}                                                                   // NOLINT
  Arguments(std::initializer_list<double> point) : x(point.begin(), point.size()) {}  // NOLINT
  Arguments(absl::Span<const double> point, absl::Span<const double> parameters)
      : x(point), p(parameters) {}
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_ARGUMENTS_H_
