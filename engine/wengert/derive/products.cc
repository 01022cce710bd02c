#include "wengert/derive/products.h"

#include <algorithm>

#include "wengert/derive/recording.h"

namespace wengert {
namespace {

using derive_internal::CheckLength;
using derive_internal::InBatches;
using derive_internal::Recording;
using derive_internal::Resolve;

// How many vectors of `size` numbers the `length` numbers are; where size is 0, as many as the
// results say, which then hold `result_size` each. Spans that aren't both empty are at least one.
size_t CountVectors(size_t length, size_t size, size_t result_length, size_t result_size) {
  const size_t least = length == 0 && result_length == 0 ? 0 : 1;
  if (size != 0) return std::max(least, length / size);
  return result_size == 0 ? 0 : std::max(least, result_length / result_size);
}

// Lane l is entry j of vector first + l.
template <class V>
V Gather(absl::Span<const double> vectors, size_t size, size_t first, size_t count, size_t j) {
  V lanes(0.0);
  for (size_t l = 0; l < count; ++l) {
    LaneOf(lanes, static_cast<int>(l)) = vectors[(first + l) * size + j];
  }
  return lanes;
}

template <class V>
void Scatter(const V& lanes, absl::Span<double> vectors, size_t size, size_t first, size_t count,
             size_t j) {
  for (size_t l = 0; l < count; ++l) {
    vectors[(first + l) * size + j] = LaneOf(lanes, static_cast<int>(l));
  }
}

}  // namespace

void Jvp(const Recording& f, absl::Span<const double> v, Results y_dot, Workspace& workspace) {
  const size_t k = CountVectors(v.size(), f.n(), y_dot.size(), f.m());
  CheckLength(v.size(), k * f.n(), "the direction v", "Jvp");
  CheckLength(y_dot.size(), k * f.m(), "the result y_dot", "Jvp");
  InBatches(k, [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const V* const tangents = derive_internal::TangentsAlong<V>(
        f, [&](size_t j) { return Gather<V>(v, f.n(), first, count, j); }, workspace);
    for (size_t i = 0; i < f.m(); ++i) {
      const Operand y = f.dependents[i];
      Scatter(y.is_constant() ? V(0.0) : tangents[y.index()], y_dot, f.m(), first, count, i);
    }
  });
}

void Jvp(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> v,
         Results y_dot, Workspace& workspace) {
  Jvp(Resolve(tape, dependents, "Jvp", workspace), v, y_dot, workspace);
}

void Vjp(const Recording& f, absl::Span<const double> w, Results x_bar, Workspace& workspace) {
  const size_t k = CountVectors(w.size(), f.m(), x_bar.size(), f.n());
  CheckLength(w.size(), k * f.m(), "the seed w", "Vjp");
  CheckLength(x_bar.size(), k * f.n(), "the result x_bar", "Vjp");
  InBatches(k, [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const V* const adjoints = derive_internal::AdjointsOf<V>(
        f, [&](size_t i) { return Gather<V>(w, f.m(), first, count, i); }, workspace);
    for (size_t j = 0; j < f.n(); ++j) {
      const uint32_t x = f.view.inputs[j];
      Scatter(x < f.end ? adjoints[x] : V(0.0), x_bar, f.n(), first, count, j);
    }
  });
}

void Vjp(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> w,
         Results x_bar, Workspace& workspace) {
  Vjp(Resolve(tape, dependents, "Vjp", workspace), w, x_bar, workspace);
}

void Hvp(const Recording& f, absl::Span<const double> weights, absl::Span<const double> v,
         Results h, Workspace& workspace) {
  const size_t k = CountVectors(v.size(), f.n(), h.size(), f.n());
  CheckLength(weights.size(), f.m(), "the weights", "Hvp");
  CheckLength(v.size(), k * f.n(), "the direction v", "Hvp");
  CheckLength(h.size(), k * f.n(), "the result h", "Hvp");
  InBatches(k, [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const Dual<double, V>* const adjoints = derive_internal::SecondAdjoints<V>(
        f, weights, [&](size_t j) { return Gather<V>(v, f.n(), first, count, j); }, workspace);
    for (size_t j = 0; j < f.n(); ++j) {
      const uint32_t x = f.view.inputs[j];
      Scatter(x < f.end ? adjoints[x].tangent : V(0.0), h, f.n(), first, count, j);
    }
  });
}

void Hvp(const Tape& tape, absl::Span<const Var> dependents, absl::Span<const double> weights,
         absl::Span<const double> v, Results h, Workspace& workspace) {
  Hvp(Resolve(tape, dependents, "Hvp", workspace), weights, v, h, workspace);
}

void Hvp(const Tape& tape, const Var& root, absl::Span<const double> v, Results h,
         Workspace& workspace) {
  const double weight = 1.0;
  Hvp(tape, {&root, 1}, {&weight, 1}, v, h, workspace);
}

}  // namespace wengert
