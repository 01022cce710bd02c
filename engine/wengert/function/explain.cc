#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

std::string OperationsOf(const Tape& tape) {
  std::array<size_t, kOpCount + 1> count = {};
  for (const Node& node : tape.nodes()) ++count[static_cast<size_t>(node.op)];
  std::string text;
  for (size_t op = 0; op < count.size(); ++op) {
    if (count[op] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", InfoOf(static_cast<Op>(op)).text, " ",
                    count[op]);
  }
  return text;
}

std::string ParameterList(const Settings& settings) {
  if (settings.named.empty()) return "";
  std::string text;
  for (const NamedParameter& parameter : settings.named) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", parameter.name, " = ", parameter.value);
  }
  return absl::StrCat("  named parameters: ", text, "\n");
}

std::string LinesOf(const Tier& tier) {
  std::string text;
  const std::string lines = tier.Explain();
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "\n      ", line);
  }
  return text;
}

std::string TierText(const Trace& trace, const FunctionOptions& options) {
  const TraceTier& tier = trace.tier();
  const std::string bytes = absl::StrCat(tier.tier->bytes(), " bytes");
  if (!trace.is_compiled()) {
    return absl::StrCat("interpreted, ", bytes, ": ", WhyInterpreted(trace, options));
  }
  return absl::StrFormat("compiled in %.3g ms, %s, %d evaluations%s", tier.seconds * 1e3, bytes,
                         tier.evaluations.load(std::memory_order_relaxed), LinesOf(*tier.tier));
}

std::string TraceText(const Trace& trace, const FunctionOptions& options) {
  const Tape& tape = trace.tape();
  return absl::StrFormat(
      "  trace: %d evaluations, %d nodes, %d guards, %d bytes, recorded in %.3g ms, %d plain "
      "reads\n"
      "    tier: %s\n"
      "    %s\n",
      trace.evaluations.load(std::memory_order_relaxed), tape.size(), tape.guards().size(),
      tape.bytes(), trace.seconds * 1e3, trace.plain_reads, TierText(trace, options),
      OperationsOf(tape));
}

}  // namespace

Function::Statistics Function::statistics() const {
  Statistics statistics = {state_->traces().inserted(), state_->compilations(), 0, 0, 0};
  for (const auto& trace : state_->traces().All()) {
    ++statistics.traces;
    statistics.evaluations += trace->evaluations.load(std::memory_order_relaxed);
    const TraceTier* const compiled = trace->compiled();
    if (compiled == nullptr) continue;
    statistics.compiled_evaluations += compiled->evaluations.load(std::memory_order_relaxed);
  }
  return statistics;
}

std::string Function::Explain() const {
  const Settings settings = state_->settings();
  std::string text = absl::StrFormat(
      "Function: R^%d -> R^%d, %d parameters, %s\n", inputs(), outputs(), settings.p.size(),
      state_->can_record() ? "records again when a branch changes"
                           : "no callable: these traces' branches only");
  absl::StrAppend(&text, ParameterList(settings));
  for (const auto& trace : state_->traces().All()) {
    absl::StrAppend(&text, TraceText(*trace, state_->options()));
  }
  return text;
}

}  // namespace wengert
