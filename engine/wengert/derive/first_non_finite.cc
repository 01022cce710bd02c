#include "wengert/derive/first_non_finite.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/base/check.h"
#include "wengert/derive/recording.h"
#include "wengert/derive/workspace.h"
#include "wengert/ops/rule.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"

namespace wengert {
namespace {

// A tape's nodes and what they were computed from.
class Reading {
 public:
  explicit Reading(const Tape& tape) : Reading(View(tape), tape.primals().data()) {}
  Reading(const View& view, const double* primals)
      : view_(view), primals_(primals, view.nodes.size()), read_{primals, view_.constants.data()} {}

  size_t size() const { return primals_.size(); }
  double primal(size_t node) const { return primals_[node]; }

  std::vector<Operand> OperandsOf(uint32_t i) const {
    const Node& node = view_.nodes[i];
    if (node.op == Op::kCustom) {
      const auto operands = view_.OperandsOf(view_.CallOf(node));
      return {operands.begin(), operands.end()};
    }
    return {node.arguments().begin(), node.arguments().end()};
  }

  NodeNumbers NumbersOf(uint32_t i) const {
    const Node& node = view_.nodes[i];
    NodeNumbers numbers;
    numbers.node = i;
    numbers.operation =
        node.op == Op::kCustom ? view_.CallOf(node).rules->name : InfoOf(node.op).text;
    numbers.operands = OperandsOf(i);
    for (Operand operand : numbers.operands) numbers.primals.push_back(read_(operand));
    numbers.primal = primal(i);
    return numbers;
  }

  // What the use of its operands by node i adds to their adjoints, operand by operand.
  std::vector<double> Contributions(uint32_t i, absl::Span<const double> adjoints) const {
    const Node& node = view_.nodes[i];
    std::vector<double> added;
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        added.resize(R::arity);
        WithOperands<R::arity>(read_, node, [&](const auto&... x) {
          ForActiveOperands<R::arity>(node, [&](auto k, uint32_t) {
            const double partial = R::template Partial<decltype(k)::value>(x..., primal(i));
            added[decltype(k)::value] = AdjointTimes(adjoints[i], partial);
          });
        });
      } else if constexpr (R::op == Op::kCustom) {
        added = ContributionsOfCall(view_.CallOf(node), adjoints);
      }
    });
    return added;
  }

 private:
  std::vector<double> ContributionsOfCall(const CustomCall& call,
                                          absl::Span<const double> adjoints) const {
    const auto same = [](double number) { return number; };
    CallFrame frame(&view_.source, *call.rules, call.inputs());
    calls_internal::ReadPrimals(view_, call, read_, same, frame);
    calls_internal::ReadSeeds(call, adjoints.data(), adjoints.size(), frame.y_bar, same);
    if (!frame.Vjp()) return std::vector<double>(call.inputs());
    return {frame.x_bar.begin(), frame.x_bar.end()};
  }

  const View view_;
  const absl::Span<const double> primals_;
  const OperandReader<double> read_;
};

std::optional<NodeNumbers> FirstPrimal(const Reading& tape) {
  for (uint32_t i = 0; i < tape.size(); ++i) {
    if (!std::isfinite(tape.primal(i))) return tape.NumbersOf(i);
  }
  return std::nullopt;
}

// Of each node, whether it depends on an input of the view's.
std::vector<bool> Active(const Reading& tape, absl::Span<const uint32_t> inputs) {
  std::vector<bool> active(tape.size());
  for (uint32_t input : inputs) active[input] = true;
  for (uint32_t i = 0; i < tape.size(); ++i) {
    for (Operand operand : tape.OperandsOf(i)) {
      if (!operand.is_constant() && active[operand.index()]) active[i] = true;
    }
  }
  return active;
}

// Every adjoint above the highest that isn't finite is finite, so what made it so is either one
// contribution to it or their sum.
std::optional<NonFiniteAdjoint> FirstAdjoint(const Reading& tape, absl::Span<const double> adjoints,
                                             const std::vector<bool>& active) {
  const auto last = std::find_if(adjoints.rbegin(), adjoints.rend(), [&](const double& adjoint) {
    return !std::isfinite(adjoint) && active[static_cast<size_t>(&adjoint - adjoints.data())];
  });
  if (last == adjoints.rend()) return std::nullopt;
  NonFiniteAdjoint first;
  first.node = static_cast<uint32_t>(adjoints.rend() - last - 1);
  first.adjoint = *last;
  for (uint32_t i = first.node + 1; i < adjoints.size(); ++i) {
    const std::vector<Operand> operands = tape.OperandsOf(i);
    const auto used = std::find(operands.begin(), operands.end(), Operand::Node(first.node));
    if (adjoints[i] == 0.0 || used == operands.end()) continue;
    const std::vector<double> added = tape.Contributions(i, adjoints);
    for (size_t k = 0; k < operands.size(); ++k) {
      if (operands[k] != Operand::Node(first.node) || std::isfinite(added[k])) continue;
      first.from = tape.NumbersOf(i);
      first.operand = k;
      first.from_adjoint = adjoints[i];
      return first;
    }
  }
  return first;
}

// The sign of a NaN says nothing.
double Shown(double number) { return std::isnan(number) ? kNaN : number; }

// "v3 = log(v2 = -1) = nan"
std::string TextOf(const NodeNumbers& numbers) {
  std::string text = absl::StrFormat("v%d = %s(", numbers.node, numbers.operation);
  for (size_t k = 0; k < numbers.operands.size(); ++k) {
    if (k > 0) absl::StrAppend(&text, ", ");
    const Operand operand = numbers.operands[k];
    if (!operand.is_constant()) absl::StrAppendFormat(&text, "v%d = ", operand.index());
    absl::StrAppendFormat(&text, "%.17g", Shown(numbers.primals[k]));
  }
  absl::StrAppendFormat(&text, ") = %.17g", Shown(numbers.primal));
  return text;
}

std::string ReportOf(const NonFinite& found, size_t outputs = 1) {
  std::string report;
  if (found.primal.has_value()) {
    absl::StrAppend(&report, "first primal that isn't finite: ", TextOf(*found.primal), "\n");
  }
  if (found.adjoint.has_value()) {
    const NonFiniteAdjoint& adjoint = *found.adjoint;
    absl::StrAppend(&report, "first adjoint that isn't finite",
                    outputs == 1 ? "" : absl::StrCat(" from output ", adjoint.output));
    absl::StrAppendFormat(&report, ": %.17g at v%d, ", Shown(adjoint.adjoint), adjoint.node);
    if (adjoint.from.has_value()) {
      absl::StrAppendFormat(&report, "by the partial towards operand %d of %s, of adjoint %.17g\n",
                            adjoint.operand, TextOf(*adjoint.from), adjoint.from_adjoint);
    } else {
      absl::StrAppend(&report, "where a sum of finite contributions overflows\n");
    }
  }
  if (found.constant.has_value()) {
    const std::string output =
        outputs == 1 ? "the output" : absl::StrCat("output ", found.constant_output);
    absl::StrAppendFormat(&report, "%s isn't finite: it is the constant %.17g\n", output,
                          Shown(*found.constant));
  }
  return report.empty() ? "everything is finite\n" : report;
}

}  // namespace

NonFinite FirstNonFinite(const Tape& tape, const Adjoints* adjoints) {
  if (adjoints != nullptr && !adjoints->AreOf(tape)) {
    ThrowUsageError("FirstNonFinite", "the adjoints aren't of this tape as it is",
                    "sweep it with Tape::Backward after its last Clear or Rewind");
  }
  const Reading reading(tape);
  NonFinite found;
  found.primal = FirstPrimal(reading);
  if (adjoints != nullptr) {
    const std::vector<bool> all(tape.size(), true);
    found.adjoint = FirstAdjoint(reading, adjoints->nodes(), all);
  }
  found.report = ReportOf(found);
  return found;
}

namespace {

// The first output from which a sweep meets what isn't finite.
std::optional<size_t> FirstOutput(const derive_internal::Recording& f,
                                  const std::vector<bool>& active, Workspace& workspace) {
  std::optional<size_t> found;
  derive_internal::InBatches(f.m(), [&]<class V>(V, size_t first, size_t count) {
    if (found.has_value()) return;
    const auto seed = [&](size_t i) { return derive_internal::Unit<V>(first, count, i); };
    const V* const adjoints = derive_internal::AdjointsOf<V>(f, seed, workspace);
    for (size_t lane = 0; lane < count && !found.has_value(); ++lane) {
      for (size_t i = 0; i < f.end && !found.has_value(); ++i) {
        const bool is_finite = std::isfinite(LaneOf(adjoints[i], static_cast<int>(lane)));
        if (!is_finite && active[i]) found = first + lane;
      }
    }
  });
  return found;
}

std::optional<NonFiniteAdjoint> FirstAdjointOf(const derive_internal::Recording& f,
                                               const Reading& reading, Workspace& workspace) {
  const std::vector<bool> active = Active(reading, f.view.inputs);
  const std::optional<size_t> output = FirstOutput(f, active, workspace);
  if (!output.has_value()) return std::nullopt;
  const auto seed = [&](size_t i) { return i == *output ? 1.0 : 0.0; };
  const double* const adjoints = derive_internal::AdjointsOf<double>(f, seed, workspace);
  std::optional<NonFiniteAdjoint> found = FirstAdjoint(reading, {adjoints, f.end}, active);
  if (found.has_value()) found->output = *output;
  return found;
}

bool HasReverse(const View& view) {
  return std::all_of(view.calls.begin(), view.calls.end(),
                     [](const CustomCall& call) { return call.rules->vjp != nullptr; });
}

}  // namespace

NonFinite FirstNonFinite(const derive_internal::Recording& f, absl::Span<const double> values,
                         Workspace& workspace) {
  const Reading reading(f.view, f.primals);
  NonFinite found;
  found.primal = FirstPrimal(reading);
  if (!found.primal.has_value() || HasReverse(f.view)) {
    found.adjoint = FirstAdjointOf(f, reading, workspace);
  }
  for (size_t i = 0; i < f.m() && !found.constant.has_value(); ++i) {
    if (!f.dependents[i].is_constant() || std::isfinite(values[i])) continue;
    found.constant = values[i];
    found.constant_output = i;
  }
  found.report = ReportOf(found, f.m());
  return found;
}

NonFinite FirstNonFinite(const std::function<std::vector<Var>(absl::Span<const Var>)>& f,
                         absl::Span<const double> x) {
  Tape tape;
  const std::vector<Var> outputs = f(tape.Inputs(x));
  std::vector<double> values;
  for (const Var& output : outputs) values.push_back(output.value());
  Workspace workspace;
  return FirstNonFinite(derive_internal::Resolve(tape, outputs, "FirstNonFinite", workspace),
                        values, workspace);
}

NonFinite FirstNonFinite(const std::function<Var(absl::Span<const Var>)>& f,
                         absl::Span<const double> x) {
  return FirstNonFinite([&](absl::Span<const Var> inputs) { return std::vector<Var>{f(inputs)}; },
                        x);
}

NonFinite FirstNonFinite(
    const std::function<std::vector<Var>(absl::Span<const Var>, absl::Span<const Var>)>& f,
    absl::Span<const double> x, absl::Span<const double> p) {
  const std::vector<Var> constants(p.begin(), p.end());
  return FirstNonFinite([&](absl::Span<const Var> inputs) { return f(inputs, constants); }, x);
}

NonFinite FirstNonFinite(const std::function<Var(absl::Span<const Var>, absl::Span<const Var>)>& f,
                         absl::Span<const double> x, absl::Span<const double> p) {
  const std::vector<Var> constants(p.begin(), p.end());
  return FirstNonFinite([&](absl::Span<const Var> inputs) { return f(inputs, constants); }, x);
}

}  // namespace wengert
