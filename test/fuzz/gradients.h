#ifndef WENGERT_TEST_FUZZ_GRADIENTS_H_
#define WENGERT_TEST_FUZZ_GRADIENTS_H_

// A gradient by the sweep over records beside that over nodes. Both take the same partials at the
// same primals, so they differ by the roundings of products and sums alone: by a tiny part of the
// sum of all paths' sizes, whatever cancels. And an answer of whatever engine beside the rounding
// reference.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include "test/fuzz/fuzz_input.h"
#include "test/support/rounding.h"
#include "test/support/rules.h"
#include "wengert/program/from_tape.h"
#include "wengert/wengert.h"

namespace wengert::fuzz {

// How often there was something to compare, printed at the end.
struct ComparedGradients {
  size_t ordinary = 0, infinite = 0, extreme = 0, compiled = 0;
  ~ComparedGradients() {
    std::printf(
        "counted: gradients, %zu of ordinary numbers, %zu not finite, %zu of extreme numbers and "
        "not compared; %zu answers of compiled Functions\n",
        ordinary, infinite, extreme, compiled);
  }
};
inline ComparedGradients compared;

inline bool SameNumber(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline bool SameNumbers(const std::vector<double>& a, const std::vector<double>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (!SameNumber(a[i], b[i])) return false;
  }
  return a.size() == b.size();
}

// No product of a few of them over- or underflows.
inline bool IsOrdinary(double x, double largest) {
  const double size = std::abs(x);
  return size == 0 || (size < largest && size > 1 / largest);
}

// By input, the sum over all paths from it to the root of the sizes of their products of partials;
// nothing where a number on the way isn't ordinary.
inline std::optional<std::vector<double>> PathSizes(const Tape& tape, uint32_t root) {
  std::vector<double> sizes(tape.size(), 0.0);
  sizes[root] = 1.0;
  for (uint32_t i = root + 1; i > 0;) {
    --i;
    const Node& node = tape.nodes()[i];
    if (sizes[i] == 0.0 || node.op == Op::kInput) continue;
    truth::Operands x = {};
    for (size_t k = 0; k < static_cast<size_t>(ArityOf(node.op)); ++k) {
      const uint32_t at = node.operands[k].index();
      x[k] = node.operands[k].is_constant() ? tape.constants()[at] : tape.primals()[at];
    }
    for (int k = 0; k < ArityOf(node.op); ++k) {
      const Operand operand = node.operands[k];
      if (operand.is_constant()) continue;
      const double partial = truth::RulePartial(node.op, x, k, tape.primals()[i]);
      double& size = sizes[operand.index()];
      size += sizes[i] * std::abs(partial);
      if (!IsOrdinary(partial, 1e30) || !IsOrdinary(size, 1e100)) return std::nullopt;
    }
  }
  std::vector<double> of_inputs;
  for (const uint32_t input : tape.inputs()) of_inputs.push_back(sizes[input]);
  return of_inputs;
}

inline bool AreNear(const std::vector<double>& a, const std::vector<double>& b,
                    const std::vector<double>& sizes) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= 1e-11 * sizes[i])) return false;
  }
  return a.size() == b.size();
}

inline bool IsFinite(const std::vector<double>& x) {
  for (const double each : x) {
    if (!std::isfinite(each)) return false;
  }
  return true;
}

// What isn't finite, the sweep over records leaves to that over nodes.
inline void CheckGradient(const Tape& tape, const Var& y) {
  Adjoints adjoints;
  tape.Backward(y, adjoints);
  const std::vector<double> by_records = adjoints.Gradient();
  std::vector<double> by_nodes(by_records.size());
  Workspace workspace;
  Vjp(tape, {y}, {1.0}, absl::MakeSpan(by_nodes), workspace);
  if (y.is_constant() || !IsFinite(by_records)) {
    compared.infinite += !y.is_constant();
    return Require(SameNumbers(by_records, by_nodes), "Backward and Vjp differ");
  }
  const auto sizes = PathSizes(tape, tape.NodeOf(y, "fuzz"));
  compared.extreme += !sizes.has_value();
  if (!sizes.has_value()) return;
  ++compared.ordinary;
  Require(AreNear(by_records, by_nodes, *sizes), "Backward and Vjp aren't near");
}

// Whether a value and gradient are y's within what rounding explains; true where it may make a
// large difference, or a number on the way isn't finite.
inline bool IsNear(const Tape& tape, const Var& y, double value,
                   const std::vector<double>& gradient) {
  const auto recorded = program::FromTape(tape, {Operand::Node(tape.NodeOf(y, "fuzz"))});
  testing::RoundingReference reference(GraphOf(recorded.graph), 1);
  std::vector<double> x;
  for (const uint32_t input : tape.inputs()) x.push_back(tape.primals()[input]);
  const auto answer = reference.At(x, {1.0}, x.size());
  if (!answer.is_finite || !answer.is_smooth()) return true;
  if (!reference.guards_are_clear(recorded.outcomes)) return true;
  ++compared.compiled;
  bool is_near = answer.values[0].Allows(value);
  for (size_t i = 0; i < x.size(); ++i) {
    is_near = is_near && answer.gradient[i].Allows(gradient[i]);
  }
  return is_near;
}

}  // namespace wengert::fuzz

#endif  // WENGERT_TEST_FUZZ_GRADIENTS_H_
