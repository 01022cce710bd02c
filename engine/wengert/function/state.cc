#include "wengert/function/state.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/reads.h"

namespace wengert {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Function::State::State(Callable callable, absl::Span<const double> x0, absl::Span<const double> p0,
                       const FunctionOptions& options)
    : callable_(std::move(callable)),
      options_(options),
      inputs_(x0.size()),
      parameters_(p0.size()),
      traces_(std::max<size_t>(options.max_traces, 1)),
      settings_(std::make_shared<Settings>(Settings{{p0.begin(), p0.end()}, {}})) {
  std::vector<double> point(x0.begin(), x0.end());
  point.insert(point.end(), p0.begin(), p0.end());
  const std::shared_ptr<const Trace> first = RecordAt(point);
  outputs_ = first->outputs();
  Publish(first);
}

Function::State::State(const std::vector<std::shared_ptr<const Trace>>& traces, size_t inputs,
                       Settings settings, const FunctionOptions& options)
    : callable_(nullptr),
      options_(options),
      inputs_(inputs),
      outputs_(traces.front()->outputs()),
      parameters_(settings.p.size()),
      traces_(std::max(options.max_traces, traces.size())),
      settings_(std::make_shared<Settings>(std::move(settings))) {
  for (auto trace = traces.rbegin(); trace != traces.rend(); ++trace) Publish(*trace);
}

void Function::State::Publish(const std::shared_ptr<const Trace>& trace) {
  if (options_.compile_after <= 0) Compile(*trace);
  traces_.Insert(trace);
}

void Function::State::Compile(const Trace& trace) {
  if (options_.compiler == nullptr || trace.tape().has_custom()) return;
  if (trace.compiling.exchange(true, std::memory_order_relaxed)) return;
  compilations_.fetch_add(1, std::memory_order_relaxed);
  trace.Compile(options_);
}

Settings Function::State::settings() const {
  const std::lock_guard<std::mutex> lock(settings_mutex_);
  return *settings_;
}

void Function::State::SetParameters(absl::Span<const double> p) {
  if (p.size() != parameters_) {
    ThrowUsageError("Function::SetParameters",
                    absl::StrCat(p.size(), " numbers for ", parameters_, " parameters"),
                    "give one number for each parameter of the recording");
  }
  const std::lock_guard<std::mutex> lock(settings_mutex_);
  auto changed = std::make_shared<Settings>(*settings_);
  changed->p.assign(p.begin(), p.end());
  settings_ = std::move(changed);
  settings_version_.fetch_add(1, std::memory_order_release);
}

void Function::State::Set(std::string_view name, double value) {
  const std::lock_guard<std::mutex> lock(settings_mutex_);
  auto changed = std::make_shared<Settings>(*settings_);
  for (NamedParameter& parameter : changed->named) {
    if (parameter.name != name) continue;
    parameter.value = value;
    settings_ = std::move(changed);
    settings_version_.fetch_add(1, std::memory_order_release);
    return;
  }
  ThrowUsageError("Function::Set",
                  absl::StrCat("no parameter is named \"", std::string(name), "\""),
                  "name it in the callable: Parameter(value, name)");
}

void Function::State::RefreshSettings(Evaluation& evaluation) const {
  if (evaluation.settings_version == settings_version_.load(std::memory_order_acquire)) return;
  const std::lock_guard<std::mutex> lock(settings_mutex_);
  evaluation.settings = settings_;
  evaluation.settings_version = settings_version_.load(std::memory_order_relaxed);
}

std::shared_ptr<const Trace> Function::State::RecordAt(absl::Span<const double> point) {
  const Clock::time_point start = Clock::now();
  std::vector<NamedParameter> named = settings().named;
  const size_t known = named.size();
  for (size_t k = 0; k < known; ++k) named[k].value = point[inputs_ + parameters_ + k];
  auto tape = std::make_unique<Tape>(options_.tape);
  std::shared_ptr<Trace> trace;
  {
    const std::vector<Var> x = tape->Inputs(point.subspan(0, inputs_));
    const std::vector<Var> p = tape->Inputs(point.subspan(inputs_, parameters_));
    PrimalReads reads(*tape, options_.refuse_reads);
    ParameterRecording parameters(*tape, named);
    const std::vector<Var> outputs = callable_(x, p);
    trace = std::make_shared<Trace>(std::move(tape), inputs_, outputs);
    trace->names = parameters.used();
    trace->plain_reads = reads.count();
  }
  if (outputs_.has_value() && trace->outputs() != *outputs_) {
    ThrowUsageError(
        "Function",
        absl::StrCat("the callable gave ", trace->outputs(), " outputs, ", *outputs_, " before"),
        "give the same number of outputs on every branch");
  }
  if (named.size() > known) {
    const std::lock_guard<std::mutex> lock(settings_mutex_);
    auto changed = std::make_shared<Settings>(*settings_);
    changed->named.insert(changed->named.end(), named.begin() + static_cast<ptrdiff_t>(known),
                          named.end());
    settings_ = std::move(changed);
    settings_version_.fetch_add(1, std::memory_order_release);
  }
  trace->seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return trace;
}

}  // namespace wengert
