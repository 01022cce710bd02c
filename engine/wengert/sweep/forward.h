#ifndef WENGERT_SWEEP_FORWARD_H_
#define WENGERT_SWEEP_FORWARD_H_

// The forward loop, generic in the scalar: for i ascending, y_i = op_i(operands). Over double it
// recomputes the primals, over Dual<double> it carries tangents along, over Var it records the
// function again.

#include <cstddef>

#include "wengert/ops/rule.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"

namespace wengert {

// Writes the primals of the nodes from `begin` to `end`; those of the nodes before them, and of
// the independents among them, must stand in `primals`.
template <class T>
void ForwardSweep(const View& view, T* primals, size_t begin, size_t end) {
  const OperandReader<T> read{primals, view.constants.data()};
  for (size_t i = begin; i < end; ++i) {
    const Node& node = view.nodes[i];
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        primals[i] = WithOperands<R::arity>(
            read, node, [](const auto&... operands) { return Apply<R::op, T>(operands...); });
      } else if constexpr (R::op == Op::kCustom) {
        const CustomCall& call = view.CallOf(node);
        if (i == call.first) ForwardCall(view, call, read, primals);
      }
    });
  }
}

// Writes the primals of all nodes but the independents, which must stand in `primals`.
template <class T>
void ForwardSweep(const View& view, T* primals) {
  ForwardSweep(view, primals, 0, view.nodes.size());
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_FORWARD_H_
