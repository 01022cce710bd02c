#ifndef WENGERT_SWEEP_FORWARD_H_
#define WENGERT_SWEEP_FORWARD_H_

// The forward loop, generic in the scalar: for i ascending, y_i = op_i(operands). Over double it
// recomputes the primals, over Dual<double> it carries tangents along, over Var it records the
// function again.

#include <cstddef>

#include "wengert/ops/rule.h"
#include "wengert/sweep/operands.h"
#include "wengert/tape/tape.h"

namespace wengert {

// The primals of the independents must stand in `primals`; all the others are written.
template <class T>
void ForwardSweep(const Tape& tape, T* primals) {
  const OperandReader<T> read{primals, tape.constants().data()};
  size_t i = 0;
  for (const Node& node : tape.nodes()) {
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        primals[i] = WithOperands<R::arity>(
            read, node, [](const auto&... operands) { return Apply<R::op, T>(operands...); });
      }
    });
    ++i;
  }
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_FORWARD_H_
