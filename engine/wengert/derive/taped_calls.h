#ifndef WENGERT_DERIVE_TAPED_CALLS_H_
#define WENGERT_DERIVE_TAPED_CALLS_H_

// The reverse sweep that records, at a call of a user-defined operation: PushCall of sweep/calls.h
// for TapedPrimal and TapedAdjoint, which ReverseSweep finds by its arguments.

#include <memory>
#include <vector>

#include "wengert/derive/taped_scalars.h"
#include "wengert/sweep/calls.h"
#include "wengert/tape/custom.h"

namespace wengert::derive_internal {

// J' y_bar on this thread's recording tape: the user's taped_vjp, or the vjp as an operation of its
// own, whose rules are made of the user's. With u for what comes back to its result,
//
//   f.vjp(x, y_bar, y) = J(x)' y_bar      towards x: sum_i y_bar_i H_i u,  towards y_bar: J u
//
// y, the value of f at x, is handed on so that it needn't be computed again. `swept` is what
// the sweep is of.
std::vector<Var> RecordCallVjp(const Tape& swept, const std::shared_ptr<const CustomRules>& rules,
                               absl::Span<const Var> x, absl::Span<const Var> y,
                               absl::Span<const Var> y_bar);

template <bool assume_finite>
void PushCall(const View& view, const CustomCall& call, const OperandReader<TapedPrimal>& read,
              TapedAdjoint<assume_finite>* adjoints, size_t end) {
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  std::vector<Var> x, y, y_bar(call.outputs());
  for (Operand operand : operands) x.push_back(read(operand).var);
  for (size_t k = 0; k < y_bar.size(); ++k) {
    y.push_back(read.Primal(call.first + k).var);
    if (call.first + k < end) y_bar[k] = adjoints[call.first + k].var;
  }
  const std::vector<Var> x_bar = RecordCallVjp(view.source, call.rules, x, y, y_bar);
  for (size_t j = 0; j < operands.size(); ++j) {
    if (operands[j].is_constant()) continue;
    Accumulate(adjoints[operands[j].index()], TapedAdjoint<assume_finite>{x_bar[j]});
  }
}

}  // namespace wengert::derive_internal

#endif  // WENGERT_DERIVE_TAPED_CALLS_H_
