#ifndef WENGERT_SWEEP_CALLS_H_
#define WENGERT_SWEEP_CALLS_H_

// How sweeps pass through a call of a user-defined operation (tape/custom.h): its numbers are
// gathered into spans, lane by lane, the user's rule is called, and the results are scattered.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "wengert/ops/dual.h"
#include "wengert/ops/lanes.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"
#include "wengert/tape/custom.h"

namespace wengert {

// What a call's rules read and write. The memory is the thread's and is kept, so that a sweep which
// is made again doesn't allocate; frames nest, for a rule may sweep a tape itself. The tape that is
// swept can't be changed by the rules; it is null where a rule of another operation calls them.
class CallFrame {
 public:
  CallFrame(const Tape* swept, const CustomRules& rules, size_t inputs);
  ~CallFrame();
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  absl::Span<double> x, x_dot, x_bar;     // n numbers
  absl::Span<double> y, y_dot, y_bar, w;  // m

  void Value();  // y = f(x)
  void Jvp();    // y_dot = J x_dot
  bool Vjp();    // x_bar = J' y_bar; false, and nothing done, where y_bar is zero
  bool Hvp();    // x_bar = sum_i w[i] H_i x_dot; false where that is zero by itself

 private:
  class Taped;

  void JvpByRows();

  const Tape* const swept_;
  const CustomRules& rules_;
  std::unique_ptr<Taped> taped_;  // the vjp at x and w, where there is no hvp
};

[[noreturn]] void ThrowMissingRule(const CustomRules& rules, const char* what, const char* rule);
[[noreturn]] void ThrowNoSweepOfScalar(const CustomRules& rules);

namespace calls_internal {

// numbers[j] = lane l of read(operand j).
template <class Read>
void Gather(absl::Span<const Operand> operands, absl::Span<double> numbers, Read read) {
  for (size_t j = 0; j < operands.size(); ++j) numbers[j] = read(operands[j]);
}

// add(node, numbers[j]) for each operand j that is a node.
template <class Add>
void Scatter(absl::Span<const Operand> operands, absl::Span<const double> numbers, Add add) {
  for (size_t j = 0; j < operands.size(); ++j) {
    if (!operands[j].is_constant()) add(operands[j].index(), numbers[j]);
  }
}

// f(k, node) for the outputs of a call below `end`.
template <class F>
void ForOutputs(const CustomCall& call, size_t end, F f) {
  for (size_t k = 0; k < call.outputs() && call.first + k < end; ++k) f(k, call.first + k);
}

// The primal of an output. Those after the sweep's end have one, too, but no tangent.
template <class Reader, class Take>
double OutputAt(const Reader& read, size_t node, Take take) {
  return take(read.Primal(node));
}
template <class V, class Take>
double OutputAt(const DualReader<V>& read, size_t node, Take) {
  return read.primals[node];
}

// x and y of the frame from primals that are doubles, or a lane of what isn't.
template <class Reader, class Take>
void ReadPrimals(const View& view, const CustomCall& call, const Reader& read, Take take,
                 CallFrame& frame) {
  Gather(view.OperandsOf(call), frame.x, [&](Operand x) { return take(read(x)); });
  for (size_t k = 0; k < frame.y.size(); ++k) {
    frame.y[k] = OutputAt(read, call.first + k, take);
  }
}

// The seeds of the outputs; those from `end` on have none.
template <class A, class Take>
void ReadSeeds(const CustomCall& call, const A* adjoints, size_t end, absl::Span<double> seeds,
               Take take) {
  for (double& each : seeds) each = 0.0;
  ForOutputs(call, end, [&](size_t k, size_t node) { seeds[k] = take(adjoints[node]); });
}

}  // namespace calls_internal

// The forward sweep over a call: the primals of its outputs.
template <class T>
void ForwardCall(const View& view, const CustomCall& call, const OperandReader<T>&, T*) {
  static_cast<void>(view);
  ThrowNoSweepOfScalar(*call.rules);
}

inline void ForwardCall(const View& view, const CustomCall& call, const OperandReader<double>& read,
                        double* primals) {
  CallFrame frame(&view.source, *call.rules, call.inputs());
  calls_internal::Gather(view.OperandsOf(call), frame.x, read);
  frame.Value();
  std::copy(frame.y.begin(), frame.y.end(), primals + call.first);
}

template <int W>
void ForwardCall(const View& view, const CustomCall& call, const OperandReader<Lanes<W>>& read,
                 Lanes<W>* primals) {
  CallFrame frame(&view.source, *call.rules, call.inputs());
  for (int l = 0; l < W; ++l) {
    calls_internal::Gather(view.OperandsOf(call), frame.x,
                           [&](Operand x) { return read(x).lane[l]; });
    frame.Value();
    for (size_t k = 0; k < frame.y.size(); ++k) primals[call.first + k].lane[l] = frame.y[k];
  }
}

inline void ForwardCall(const View& view, const CustomCall& call,
                        const OperandReader<Dual<double>>& read, Dual<double>* primals) {
  CallFrame frame(&view.source, *call.rules, call.inputs());
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  calls_internal::Gather(operands, frame.x, [&](Operand x) { return read(x).primal; });
  calls_internal::Gather(operands, frame.x_dot, [&](Operand x) { return read(x).tangent; });
  frame.Value();
  frame.Jvp();
  for (size_t k = 0; k < frame.y.size(); ++k)
    primals[call.first + k] = {frame.y[k], frame.y_dot[k]};
}

// The tangent sweep over a call: the tangents of its outputs below `end`.
template <class V>
void TangentCall(const View& view, const CustomCall& call, const OperandReader<double>& read,
                 V* tangents, size_t end) {
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  CallFrame frame(&view.source, *call.rules, call.inputs());
  calls_internal::ReadPrimals(
      view, call, read, [](double x) { return x; }, frame);
  for (int l = 0; l < kWidthOf<V>; ++l) {
    calls_internal::Gather(operands, frame.x_dot, [&](Operand x) {
      return x.is_constant() ? 0.0 : LaneOf(tangents[x.index()], l);
    });
    frame.Jvp();
    calls_internal::ForOutputs(
        call, end, [&](size_t k, size_t node) { LaneOf(tangents[node], l) = frame.y_dot[k]; });
  }
}

// The reverse sweep over a call, whose outputs' adjoints are complete: adds to the operands'.
template <class Reader, class A>
void PushCall(const View& view, const CustomCall& call, const Reader&, A*, size_t) {
  static_cast<void>(view);
  ThrowNoSweepOfScalar(*call.rules);
}

template <class V>
void PushCall(const View& view, const CustomCall& call, const OperandReader<double>& read,
              V* adjoints, size_t end) {
  CallFrame frame(&view.source, *call.rules, call.inputs());
  calls_internal::ReadPrimals(
      view, call, read, [](double x) { return x; }, frame);
  for (int l = 0; l < kWidthOf<V>; ++l) {
    calls_internal::ReadSeeds(call, adjoints, end, frame.y_bar,
                              [l](const V& y_bar) { return LaneOf(y_bar, l); });
    if (!frame.Vjp()) continue;
    calls_internal::Scatter(view.OperandsOf(call), frame.x_bar,
                            [&](uint32_t x, double x_bar) { LaneOf(adjoints[x], l) += x_bar; });
  }
}

template <int W>
void PushCall(const View& view, const CustomCall& call, const OperandReader<Lanes<W>>& read,
              Lanes<W>* adjoints, size_t end) {
  CallFrame frame(&view.source, *call.rules, call.inputs());
  for (int l = 0; l < W; ++l) {
    const auto take = [l](const Lanes<W>& x) { return x.lane[l]; };
    calls_internal::ReadSeeds(call, adjoints, end, frame.y_bar, take);
    calls_internal::ReadPrimals(view, call, read, take, frame);
    if (!frame.Vjp()) continue;
    calls_internal::Scatter(view.OperandsOf(call), frame.x_bar,
                            [&](uint32_t x, double x_bar) { adjoints[x].lane[l] += x_bar; });
  }
}

// Forward over reverse: x_bar_dot = J' y_bar_dot + sum_i y_bar_i H_i x_dot.
template <class Reader, class V>
void PushCall(const View& view, const CustomCall& call, const Reader& read,
              Dual<double, V>* adjoints, size_t end) {
  using D = Dual<double, V>;
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  CallFrame frame(&view.source, *call.rules, call.inputs());
  calls_internal::ReadPrimals(
      view, call, read, [](const D& x) { return x.primal; }, frame);
  calls_internal::ReadSeeds(call, adjoints, end, frame.w, [](const D& w) { return w.primal; });
  std::copy(frame.w.begin(), frame.w.end(), frame.y_bar.begin());
  if (frame.Vjp()) {
    calls_internal::Scatter(operands, frame.x_bar,
                            [&](uint32_t x, double x_bar) { adjoints[x].primal += x_bar; });
  }
  for (int l = 0; l < kWidthOf<V>; ++l) {
    const auto add = [&](uint32_t x, double x_bar_dot) {
      LaneOf(adjoints[x].tangent, l) += x_bar_dot;
    };
    calls_internal::ReadSeeds(call, adjoints, end, frame.y_bar,
                              [l](const D& y_bar) { return LaneOf(y_bar.tangent, l); });
    if (frame.Vjp()) calls_internal::Scatter(operands, frame.x_bar, add);
    calls_internal::Gather(operands, frame.x_dot,
                           [&](Operand x) { return LaneOf(read(x).tangent, l); });
    if (frame.Hvp()) calls_internal::Scatter(operands, frame.x_bar, add);
  }
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_CALLS_H_
