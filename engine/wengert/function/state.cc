#include "wengert/function/state.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/guards.h"
#include "wengert/tape/reads.h"

namespace wengert {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kAllHold = ~size_t{0};

void SetInputs(const Trace& trace, size_t unnamed, absl::Span<const double> point,
               std::vector<double>& primals) {
  const absl::Span<const uint32_t> nodes = trace.tape->inputs();
  for (size_t k = 0; k < nodes.size(); ++k) {
    primals[nodes[k]] = k < unnamed ? point[k] : point[unnamed + trace.names[k - unnamed]];
  }
}

// Recomputes the primals of the evaluation's trace in stretches from guard to guard, and stops at
// the first guard that comes out differently: returns its number.
size_t SweepUntilFlip(Evaluation& evaluation) {
  const Tape& tape = *evaluation.trace->tape;
  double* const primals = evaluation.primals.data();
  size_t done = 0;
  const absl::Span<const Guard> guards = tape.guards();
  for (size_t k = 0; k < guards.size(); ++k) {
    ForwardSweep(tape, primals, done, guards[k].position);
    done = guards[k].position;
    if (!Holds(tape, primals, guards[k])) return k;
  }
  ForwardSweep(tape, primals, done, tape.size());
  return kAllHold;
}

void KeyOfFlip(Evaluation& evaluation, size_t flipped) {
  const Trace& trace = *evaluation.trace;
  evaluation.prefix.assign(trace.outcomes.begin(),
                           trace.outcomes.begin() + static_cast<ptrdiff_t>(flipped));
  evaluation.prefix.push_back(
      OutcomeOf(*trace.tape, evaluation.primals.data(), trace.tape->guards()[flipped]));
}

bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

void SetDependents(Trace& trace, absl::Span<const Var> outputs) {
  trace.end = 0;
  for (const Var& y : outputs) {
    trace.constants.push_back(Freeze(y));
    trace.dependents.push_back(Operand::Constant(0));
    if (y.is_constant()) continue;
    const uint32_t node = trace.tape->NodeOf(y, "Function::Record");
    trace.dependents.back() = Operand::Node(node);
    trace.end = std::max<size_t>(trace.end, node + size_t{1});
  }
}

std::vector<double> OutcomesOf(const Tape& tape) {
  std::vector<double> outcomes;
  for (const Guard& guard : tape.guards()) outcomes.push_back(guard.outcome);
  return outcomes;
}

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
  outputs_ = first->dependents.size();
  traces_.Insert(first);
}

Function::State::State(std::unique_ptr<Tape> tape, absl::Span<const Var> outputs)
    : callable_(nullptr),
      inputs_(tape->inputs().size()),
      outputs_(outputs.size()),
      parameters_(0),
      traces_(1),
      settings_(std::make_shared<Settings>()) {
  auto trace = std::make_shared<Trace>();
  tape->Stop();
  trace->tape = std::move(tape);
  SetDependents(*trace, outputs);
  trace->outcomes = OutcomesOf(*trace->tape);
  traces_.Insert(std::move(trace));
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

void Function::State::ComposePoint(const Arguments& at, Evaluation& evaluation) const {
  const Settings& settings = *evaluation.settings;
  const absl::Span<const double> p = at.p.value_or(absl::MakeConstSpan(settings.p));
  if (at.x.size() != inputs_ || p.size() != parameters_) {
    ThrowUsageError("Function",
                    absl::StrCat("evaluated at ", at.x.size(), " inputs and ", p.size(),
                                 " parameters, recorded with ", inputs_, " and ", parameters_),
                    "give as many numbers as Function::Record was given");
  }
  std::vector<double>& point = evaluation.next_point;
  point.assign(at.x.begin(), at.x.end());
  point.insert(point.end(), p.begin(), p.end());
  for (const NamedParameter& parameter : settings.named) point.push_back(parameter.value);
}

EvaluationPool::Lease Function::State::MoveTo(const Arguments& at) {
  EvaluationPool::Lease lease = pool_.Take();
  Evaluation& evaluation = *lease;
  RefreshSettings(evaluation);
  ComposePoint(at, evaluation);
  if (evaluation.is_there && SameBits(evaluation.point, evaluation.next_point)) return lease;
  evaluation.is_there = false;
  std::swap(evaluation.point, evaluation.next_point);
  WalkToTrace(evaluation);
  evaluation.trace->evaluations.fetch_add(1, std::memory_order_relaxed);
  evaluation.is_there = true;
  return lease;
}

// Each flip leads to a trace that agrees with the program on one comparison more, so the walk ends.
void Function::State::WalkToTrace(Evaluation& evaluation) {
  if (evaluation.trace == nullptr) {
    evaluation.prefix.clear();
    evaluation.trace = FindOrRecord(evaluation);
  }
  size_t agreed = 0;
  for (;;) {
    evaluation.primals.resize(evaluation.trace->tape->size());
    SetInputs(*evaluation.trace, inputs_ + parameters_, evaluation.point, evaluation.primals);
    const size_t flipped = SweepUntilFlip(evaluation);
    if (flipped == kAllHold) return;
    if (!can_record()) ThrowFlipped(evaluation, flipped);
    if (flipped < agreed) ThrowNoFunction();
    agreed = flipped + 1;
    KeyOfFlip(evaluation, flipped);
    evaluation.trace = FindOrRecord(evaluation);
  }
}

std::shared_ptr<const Trace> Function::State::FindOrRecord(Evaluation& evaluation) {
  if (auto known = traces_.Find(evaluation.prefix)) return known;
  const std::lock_guard<std::mutex> lock(recording_mutex_);
  if (auto known = traces_.Find(evaluation.prefix)) return known;
  std::shared_ptr<const Trace> trace = RecordAt(evaluation.point);
  if (!BeginsWith(trace->outcomes, evaluation.prefix)) ThrowNoFunction();
  RefreshSettings(evaluation);
  const std::vector<NamedParameter>& named = evaluation.settings->named;
  for (size_t k = evaluation.point.size() - inputs_ - parameters_; k < named.size(); ++k) {
    evaluation.point.push_back(named[k].value);
  }
  traces_.Insert(trace);
  return trace;
}

std::shared_ptr<const Trace> Function::State::RecordAt(absl::Span<const double> point) {
  const Clock::time_point start = Clock::now();
  auto trace = std::make_shared<Trace>();
  Settings now = settings();
  const size_t known = now.named.size();
  trace->tape = std::make_unique<Tape>(options_.tape);
  {
    const std::vector<Var> x = trace->tape->Inputs(point.subspan(0, inputs_));
    const std::vector<Var> p = trace->tape->Inputs(point.subspan(inputs_, parameters_));
    PrimalReads reads(options_.refuse_reads);
    ParameterRecording parameters(*trace->tape, now.named);
    SetDependents(*trace, callable_(x, p));
    trace->names = parameters.used();
    trace->plain_reads = reads.count();
  }
  trace->tape->Stop();
  if (outputs_ != 0 && trace->dependents.size() != outputs_) {
    ThrowUsageError("Function",
                    absl::StrCat("the callable gave ", trace->dependents.size(), " outputs, ",
                                 outputs_, " before"),
                    "give the same number of outputs on every branch");
  }
  trace->outcomes = OutcomesOf(*trace->tape);
  if (now.named.size() > known) {
    const std::lock_guard<std::mutex> lock(settings_mutex_);
    auto changed = std::make_shared<Settings>(*settings_);
    changed->named.insert(changed->named.end(), now.named.begin() + static_cast<ptrdiff_t>(known),
                          now.named.end());
    settings_ = std::move(changed);
    settings_version_.fetch_add(1, std::memory_order_release);
  }
  trace->seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return trace;
}

void Function::State::ThrowNoFunction() {
  ThrowUsageError("Function", "the callable computes differently from one call to the next",
                  "make it depend on its arguments only");
}

void Function::State::ThrowFlipped(const Evaluation& evaluation, size_t guard) {
  const Tape& tape = *evaluation.trace->tape;
  ThrowUsageError("Function",
                  absl::StrCat("the tape has no recording of this branch: ",
                               DescribeFlip(tape, evaluation.primals.data(), tape.guards()[guard])),
                  "record a callable with Function::Record, or write the choice with Where");
}

}  // namespace wengert
