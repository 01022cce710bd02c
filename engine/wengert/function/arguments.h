#ifndef WENGERT_FUNCTION_ARGUMENTS_H_
#define WENGERT_FUNCTION_ARGUMENTS_H_

#include <initializer_list>
#include <optional>
#include <type_traits>

#include "absl/types/span.h"

namespace wengert {

// A view that steps over numbers has data() and size() like one that doesn't: Eigen's row of a
// matrix that is stored by columns. Taken for a span, it would be read wrongly.
template <class Container>
concept Strided = requires {
  requires Container::InnerStrideAtCompileTime != 1;
};

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
