#ifndef WENGERT_BASE_RESULTS_H_
#define WENGERT_BASE_RESULTS_H_

#include <cstddef>
#include <type_traits>

#include "absl/types/span.h"

namespace wengert {

// A view that steps over numbers has data() and size() like one that doesn't: Eigen's row of a
// matrix that is stored by columns. Taken for a span, it would be read wrongly.
template <class Container>
concept Strided = requires {
  requires Container::InnerStrideAtCompileTime != 1;
};

// Where results are written: contiguous numbers of the caller, made from a vector, an array, an
// Eigen vector or a span. Holds as many as there will be results, else UsageError.
//   std::vector<double> g(n);   f.Gradient(x, g)
class Results : public absl::Span<double> {
 public:
  Results() = default;                                              // none
  Results(absl::Span<double> numbers) : Span(numbers) {}            // NOLINT
  Results(double* numbers, size_t count) : Span(numbers, count) {}  // as {numbers, count}
  template <class Container>
  requires(std::is_constructible_v<absl::Span<double>, Container&> && !Strided<Container>)
      Results(Container& container)  // NOLINT
      : Span(container) {}
};

}  // namespace wengert

#endif  // WENGERT_BASE_RESULTS_H_
