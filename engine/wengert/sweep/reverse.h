#ifndef WENGERT_SWEEP_REVERSE_H_
#define WENGERT_SWEEP_REVERSE_H_

// The reverse loop, generic in the scalar: for i descending from the root,
//
//   x_bar_k += y_bar_i  d op_i / d x_k     for every operand x_k that is a node.
//
// No partial is computed towards a constant, and an adjoint that is exactly zero contributes
// exactly zero, even against an infinite partial. (Griewank and Walther, section 3.2.)

#include <cstddef>

#include "wengert/ops/dual.h"
#include "wengert/sweep/operands.h"
#include "wengert/tape/tape.h"

namespace wengert {

// y_bar * partial, zero where y_bar is.
inline double AdjointTimes(double y_bar, double partial) {
  return y_bar == 0.0 ? 0.0 : y_bar * partial;
}

template <class T>
inline T AdjointTimes(const T& y_bar, const T& partial) {
  return Choose(
      Equal(y_bar, T(0)), [&] { return T(0); }, [&] { return y_bar * partial; });
}

template <class T>
inline Dual<T> AdjointTimes(const Dual<T>& y_bar, const Dual<T>& partial) {
  return {
      AdjointTimes(y_bar.primal, partial.primal),
      AdjointTimes(y_bar.tangent, partial.primal) + AdjointTimes(y_bar.primal, partial.tangent)};
}

// Whether a node with this adjoint can be passed over.
inline bool ContributesNothing(double y_bar) { return y_bar == 0.0; }
template <class T>
inline bool ContributesNothing(const T&) {
  return false;
}

template <class R, class T>
inline void PushAdjoints(const OperandReader<T>& read, const Node& node, const T& y, const T& y_bar,
                         T* adjoints) {
  WithOperands<R::arity>(read, node, [&](const auto&... x) {
    const auto push = [&](auto k, Operand operand) {
      if (operand.is_constant()) return;
      T& x_bar = adjoints[operand.index()];
      x_bar = x_bar + AdjointTimes(y_bar, R::template Partial<decltype(k)::value>(x..., y));
    };
    push(std::integral_constant<int, 0>(), node.a);
    if constexpr (R::arity > 1) push(std::integral_constant<int, 1>(), node.b);
    if constexpr (R::arity > 2) push(std::integral_constant<int, 2>(), node.c);
  });
}

// `adjoints` holds the seeds, zero where there is none, for the nodes below `end`; the sweep adds
// to it and leaves in it the adjoints of all of them. `primals` are those of the whole tape.
template <class T>
void ReverseSweep(const Tape& tape, const T* primals, T* adjoints, size_t end) {
  const OperandReader<T> read{primals, tape.constants().data()};
  const Node* const nodes = tape.nodes().data();
  for (size_t i = end; i-- > 0;) {
    const T y_bar = adjoints[i];
    if (ContributesNothing(y_bar)) continue;
    VisitOp(nodes[i].op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) PushAdjoints<R>(read, nodes[i], primals[i], y_bar, adjoints);
    });
  }
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_REVERSE_H_
