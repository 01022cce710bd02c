#ifndef WENGERT_SWEEP_REVERSE_H_
#define WENGERT_SWEEP_REVERSE_H_

// The reverse loop, generic in two scalars, that of the primals (a Reader's) and that of the
// adjoints: for i descending from the root,
//
//   x_bar_k += y_bar_i  d op_i / d x_k     for every operand x_k that is a node.
//
//   primals        adjoints                  the sweep gives
//   double         double                    a gradient
//   double         Lanes<W>                  W gradients; each partial is computed once
//   Dual<double>   Dual<double>              a gradient and a Hessian-vector product
//   TapedPrimal    TapedAdjoint              the gradient, recorded (derive/taped_scalars.h)
//
// No partial is computed towards a constant, and an adjoint that is exactly zero contributes
// exactly zero, even against an infinite partial. So does a zero partial of an operation that masks
// its operand, like Where, even against an infinite adjoint. (Griewank and Walther, section 3.2.)

#include <cstddef>
#include <type_traits>

#include "wengert/ops/dual.h"
#include "wengert/ops/lanes.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"

namespace wengert {

template <class A>
inline void Accumulate(A& x_bar, const A& contribution) {
  x_bar = x_bar + contribution;
}

template <class R, class Reader, class A>
inline void PushAdjoints(const Reader& read, const Node& node, size_t i, const A& y_bar,
                         A* adjoints) {
  using T = typename Reader::Scalar;
  WithOperands<R::arity>(read, node, [&](const auto&... x) {
    const T y = read.Primal(i);
    ForActiveOperands<R::arity>(node, [&](auto k, uint32_t operand) {
      constexpr int which = decltype(k)::value;
      const T partial = R::template Partial<which>(x..., y);
      if constexpr (Masks(R::op, which)) {
        if (IsZero(partial)) return;
      }
      Accumulate(adjoints[operand], AdjointTimes(y_bar, partial));
    });
  });
}

// `adjoints` holds the seeds, zero where there is none, for the nodes below `end`; the sweep adds
// to it and leaves in it the adjoints of all of them.
template <class Reader, class A>
requires(!std::is_pointer_v<Reader>) void ReverseSweep(const View& view, const Reader& read,
                                                       A* adjoints, size_t end) {
  for (size_t i = end; i > 0;) {
    --i;
    const A y_bar = adjoints[i];
    if (IsZero(y_bar)) continue;
    const Node& node = view.nodes[i];
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        PushAdjoints<R>(read, node, i, y_bar, adjoints);
      } else if constexpr (R::op == Op::kCustom) {
        const CustomCall& call = view.CallOf(node);
        PushCall(view, call, read, adjoints, end);
        i = call.first;  // done with all its outputs
      }
    });
  }
}

// `primals` are those of the whole tape.
template <class T>
void ReverseSweep(const View& view, const T* primals, T* adjoints, size_t end) {
  ReverseSweep(view, OperandReader<T>{primals, view.constants.data()}, adjoints, end);
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_REVERSE_H_
