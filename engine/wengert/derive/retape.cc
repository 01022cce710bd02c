#include "wengert/derive/retape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/derive/recording.h"
#include "wengert/derive/taped_calls.h"
#include "wengert/derive/taped_scalars.h"
#include "wengert/sweep/guards.h"
#include "wengert/sweep/reverse.h"
#include "wengert/tape/reads.h"
#include "wengert/tape/while_rule_runs.h"

namespace wengert {
namespace {

using derive_internal::CheckLength;
using derive_internal::TapedAdjoint;
using derive_internal::TapedPrimal;

// An output needs the first one, and that the operands.
void NeedCall(const View& view, const Node& output, size_t i, std::vector<bool>& needed) {
  const CustomCall& call = view.CallOf(output);
  needed[call.first] = true;
  if (i != call.first) return;
  for (Operand operand : view.OperandsOf(call)) {
    if (!operand.is_constant()) needed[operand.index()] = true;
  }
}

// Which nodes the dependents and the guards are computed from.
std::vector<bool> NeededNodes(const Tape& tape, absl::Span<const Var> dependents) {
  std::vector<bool> needed(tape.size());
  for (const Var& y : dependents) {
    if (!y.is_constant()) needed[tape.NodeOf(y, "Rerecord")] = true;
  }
  for (const Guard& guard : tape.guards()) {
    for (Operand operand : {guard.a, guard.b}) {
      if (!operand.is_constant()) needed[operand.index()] = true;
    }
  }
  for (size_t i = needed.size(); i > 0;) {
    --i;
    if (!needed[i]) continue;
    const Node& node = tape.nodes()[i];
    VisitOp(node.op, [&](auto rule) {
      ForActiveOperands<decltype(rule)::arity>(
          node, [&](auto, uint32_t operand) { needed[operand] = true; });
    });
    if (node.op == Op::kCustom) NeedCall(tape, node, i, needed);
  }
  return needed;
}

// Records the guard over new Vars, which must be at a point where it holds.
void RerecordGuard(const Guard& guard, const OperandReader<Var>& read) {
  VisitOp(guard.op, [&](auto rule) {
    using R = decltype(rule);
    const Var a = read(guard.a);
    const Var b = R::arity == 2 ? read(guard.b) : Var();
    double outcome = guard.outcome;
    if constexpr (R::arity == 1) outcome = R::Value(Freeze(a));
    if constexpr (R::arity == 2) outcome = R::Value(Freeze(a), Freeze(b));
    if (outcome != guard.outcome) {
      ThrowUsageError("Rerecord",
                      absl::StrCat("the branch ", InfoOf(guard.op).text, " before node ",
                                   guard.position, " isn't taken at this point"),
                      "record at a point where the source's branches are the same");
    }
    if (!a.is_constant() || !b.is_constant()) Tape::RecordGuard(guard.op, a, b, outcome);
  });
}

// Records the call again; its outputs are those of the first node of the group.
void RerecordCall(const Tape& source, const Node& output, size_t i, const OperandReader<Var>& read,
                  std::vector<Var>& again) {
  const View view(source);
  const CustomCall call = view.CallOf(output);
  if (i != call.first) return;
  std::vector<Var> x;
  for (Operand operand : view.OperandsOf(call)) x.push_back(read(operand));
  const WhileRuleRuns rule(&source, WhileRuleRuns::Recording::kGoesOn);
  const std::vector<Var> y = CustomOperation(call.rules)(x);
  std::copy(y.begin(), y.end(), again.begin() + call.first);
}

// The needed nodes of the source, recorded as functions of x; the others are constants zero. The
// source may be the recording tape: it is read by index, for it may move while it grows.
std::vector<Var> RerecordNodes(const Tape& source, const std::vector<bool>& needed,
                               absl::Span<const Var> x) {
  const size_t size = needed.size(), guards = source.guards().size();
  const std::vector<double> constants(source.constants().begin(), source.constants().end());
  std::vector<Var> again(size);
  const OperandReader<Var> read{again.data(), constants.data()};
  for (size_t k = 0; k < x.size(); ++k) again[source.inputs()[k]] = x[k];
  size_t guard = 0;
  for (size_t i = 0; i <= size; ++i) {
    for (; guard < guards && source.guards()[guard].position <= i; ++guard) {
      RerecordGuard(Guard(source.guards()[guard]), read);
    }
    if (i == size || !needed[i]) continue;
    const Node node = source.nodes()[i];
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        again[i] = WithOperands<R::arity>(
            read, node, [](const auto&... operands) { return Var::Apply<R::op>(operands...); });
      } else if constexpr (R::op == Op::kCustom) {
        RerecordCall(source, node, i, read, again);
      }
    });
  }
  return again;
}

Var ImageOf(const Tape& source, const Var& v, const std::vector<Var>& again) {
  return v.is_constant() ? v : again[source.NodeOf(v, "Rerecord")];
}

// Records the source and its reverse sweep on the recording tape, with all that nobody will need.
template <bool assume_finite>
std::vector<Var> RecordSweeps(const Tape& source, absl::Span<const Var> dependents,
                              absl::Span<const Var> seeds, absl::Span<const Var> x) {
  const std::vector<Var> again = RerecordNodes(source, std::vector<bool>(source.size(), true), x);
  const std::vector<TapedPrimal> primals(again.begin(), again.end());
  std::vector<TapedAdjoint<assume_finite>> adjoints(source.size());
  for (size_t i = 0; i < dependents.size(); ++i) {
    if (dependents[i].is_constant()) continue;
    const uint32_t y = source.NodeOf(dependents[i], "RecordVjp");
    Accumulate(adjoints[y], TapedAdjoint<assume_finite>{seeds[i]});
  }
  const OperandReader<TapedPrimal> read{primals.data(), source.constants().data()};
  ReverseSweep(source, read, adjoints.data(), adjoints.size());
  std::vector<Var> gradient;
  for (uint32_t input : source.inputs()) gradient.push_back(adjoints[input].var);
  return gradient;
}

// For each active Var of `vars`, an input of `tape` at its place, and the Var in `originals`.
std::vector<Var> InputsFor(absl::Span<const Var> vars, Tape& tape, std::vector<Var>& originals) {
  std::vector<Var> inputs(vars.begin(), vars.end());
  for (Var& each : inputs) {
    if (each.is_constant()) continue;
    originals.push_back(each);
    each = tape.Input(Freeze(each));
  }
  return inputs;
}

}  // namespace

std::vector<Var> Rerecord(const Tape& source, absl::Span<const Var> dependents,
                          absl::Span<const Var> x) {
  CheckLength(x.size(), source.inputs().size(), "the point x", "Rerecord");
  const std::vector<Var> again = RerecordNodes(source, NeededNodes(source, dependents), x);
  std::vector<Var> images;
  for (const Var& y : dependents) images.push_back(ImageOf(source, y, again));
  return images;
}

// Two recordings: which primals the derivative needs is known only when it is recorded. So that
// happens on a tape of its own, and what turns out to be needed is copied.
std::vector<Var> RecordVjp(const Tape& source, absl::Span<const Var> dependents,
                           absl::Span<const Var> seeds, absl::Span<const Var> x,
                           RetapeOptions options) {
  CheckLength(x.size(), source.inputs().size(), "the point x", "RecordVjp");
  CheckLength(seeds.size(), dependents.size(), "the seeds", "RecordVjp");
  std::vector<Var> originals;
  Tape scratch({.reserve_nodes = 4 * source.size()});
  const std::vector<Var> scratch_x = InputsFor(x, scratch, originals);
  const std::vector<Var> scratch_seeds = InputsFor(seeds, scratch, originals);
  const std::vector<Var> gradient =
      options.assume_finite ? RecordSweeps<true>(source, dependents, scratch_seeds, scratch_x)
                            : RecordSweeps<false>(source, dependents, scratch_seeds, scratch_x);
  scratch.Stop();
  return Rerecord(scratch, gradient, originals);
}

Retaped Retape(const Tape& source, const Var& root, RetapeOptions options) {
  Retaped result;
  result.tape = std::make_unique<Tape>();
  for (uint32_t input : source.inputs()) {
    result.inputs.push_back(result.tape->Input(source.primals()[input]));
  }
  const Var seed = 1.0;
  result.gradient = RecordVjp(source, {&root, 1}, {&seed, 1}, result.inputs, options);
  result.tape->Stop();
  return result;
}

}  // namespace wengert
