#ifndef WENGERT_SWEEP_TANGENT_H_
#define WENGERT_SWEEP_TANGENT_H_

// The tangent loop: the primals stand, and for i ascending
//
//   y_dot_i = sum over k of  d op_i / d x_k  x_dot_k .
//
// V is what a tangent is: a double, or Lanes for several directions at once; each partial is
// computed once for all of them. (Griewank and Walther, section 3.1.)

#include <cstddef>

#include "wengert/ops/dual.h"
#include "wengert/ops/lanes.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"

namespace wengert {

// The tangents of the independents must stand in `tangents`; those of the other nodes below `end`
// are written.
template <class V>
void TangentSweep(const View& view, const double* primals, V* tangents, size_t end) {
  const OperandReader<double> read{primals, view.constants.data()};
  for (size_t i = 0; i < end; ++i) {
    const Node& node = view.nodes[i];
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        V y_dot(0.0);
        WithOperands<R::arity>(read, node, [&](const auto&... x) {
          ForActiveOperands<R::arity>(node, [&](auto k, uint32_t operand) {
            const V& x_dot = tangents[operand];
            if (IsZero(x_dot)) return;
            y_dot = y_dot +
                    Contribution(R::template Partial<decltype(k)::value>(x..., primals[i]), x_dot);
          });
        });
        tangents[i] = y_dot;
      } else if constexpr (R::op == Op::kCustom) {
        const CustomCall& call = view.CallOf(node);
        if (i == call.first) TangentCall(view, call, read, tangents, end);
      }
    });
  }
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_TANGENT_H_
