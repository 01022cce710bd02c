#ifndef WENGERT_SWEEP_VIEW_H_
#define WENGERT_SWEEP_VIEW_H_

#include "absl/types/span.h"
#include "wengert/tape/tape.h"

namespace wengert {

// What a sweep reads of a recording: the operations, without their primals. A Tape is one; so is
// anything else that keeps nodes in order.
struct View {
  View(const Tape& tape)  // NOLINT(google-explicit-constructor)
      : source(tape),
        nodes(tape.nodes()),
        constants(tape.constants()),
        inputs(tape.inputs()),
        calls(tape.calls()),
        call_operands(tape.call_operands()) {}

  const CustomCall& CallOf(const Node& output) const { return calls[output.call()]; }
  absl::Span<const Operand> OperandsOf(const CustomCall& call) const {
    return call_operands.subspan(call.operands_begin, call.inputs());
  }

  const Tape& source;
  absl::Span<const Node> nodes;
  absl::Span<const double> constants;
  absl::Span<const uint32_t> inputs;
  absl::Span<const CustomCall> calls;
  absl::Span<const Operand> call_operands;
};

}  // namespace wengert

#endif  // WENGERT_SWEEP_VIEW_H_
