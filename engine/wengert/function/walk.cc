// The walk of an evaluation to the trace that is right at a point.

#include <algorithm>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/function/state.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/guards.h"

namespace wengert {
namespace {

bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

void KeyOfFlip(const Tier::Flip& flip, Evaluation& evaluation) {
  const absl::Span<const double> outcomes = evaluation.trace->outcomes();
  evaluation.prefix.assign(outcomes.begin(), outcomes.begin() + static_cast<ptrdiff_t>(flip.guard));
  evaluation.prefix.push_back(flip.outcome);
}

}  // namespace

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

void Function::State::Aim(Evaluation& evaluation, const Arguments& at) {
  RefreshSettings(evaluation);
  ComposePoint(at, evaluation);
  if (evaluation.trace == nullptr || !SameBits(evaluation.point, evaluation.next_point)) {
    evaluation.nodes_are_there = evaluation.tier_is_there = false;
    std::swap(evaluation.point, evaluation.next_point);
  }
  if (evaluation.trace != nullptr) return;
  evaluation.prefix.clear();
  evaluation.Use(FindOrRecord(evaluation));
}

void Function::State::MoveTo(Evaluation& evaluation, const Arguments& at, TierSweep sweep) {
  Aim(evaluation, at);
  const bool is_there = evaluation.tier_is_there ||
                        (evaluation.nodes_are_there && evaluation.trace->tape().has_custom());
  if (!is_there) WalkToTrace(evaluation, &sweep);
}

void Function::State::MoveTo(Evaluation& evaluation, const Arguments& at) {
  MoveTo(evaluation, at,
         [](const Tier& tier, const Tier::Point& point, Tier::Workspace& workspace) {
           return tier.Forward(point, workspace);
         });
}

void Function::State::Expect(const Trace& trace, bool Tier::Drivers::*driver, size_t times) {
  if (!trace.tape().has_custom()) TierOf(trace).tier->Expect(driver, times);
}

bool Function::State::HasDriver(const Trace& trace, bool Tier::Drivers::*driver) {
  return !trace.tape().has_custom() && TierOf(trace).tier->drivers().*driver;
}

// What a product is made by depends on the trace of the point alone, not on the one that was used
// before: bits must not.
bool Function::State::Push(Evaluation& evaluation, const Arguments& at, bool Tier::Drivers::*driver,
                           TierSweep sweep, TierPush push) {
  Aim(evaluation, at);
  std::shared_ptr<const Trace> asked;
  const auto has_driver = [&] {
    if (asked != evaluation.trace) Expect(*evaluation.trace, driver, 1);
    asked = evaluation.trace;
    return HasDriver(*evaluation.trace, driver);
  };
  if (!has_driver()) {
    MoveNodesTo(evaluation, at);
    if (!has_driver()) return false;
  }
  if (evaluation.tier_is_there) {
    const Tier& tier = *evaluation.tier->tier;
    if (!(tier.drivers().*driver)) return false;
    evaluation.tier_is_there = push(tier, *evaluation.tier_workspace);
    return evaluation.tier_is_there;
  }
  bool pushed = false;
  MoveTo(evaluation, at,
         [&](const Tier& tier, const Tier::Point& point, Tier::Workspace& workspace) {
           pushed = has_driver() && tier.drivers().*driver;
           return pushed ? sweep(tier, point, workspace) : tier.Forward(point, workspace);
         });
  if (!evaluation.tier_is_there || !pushed) return false;
  evaluation.tier_is_there = evaluation.tier->tier->is_exact();  // else no values are
  return true;
}

void Function::State::MoveNodesTo(Evaluation& evaluation, const Arguments& at) {
  Aim(evaluation, at);
  if (!evaluation.nodes_are_there) WalkToTrace(evaluation, nullptr);
}

bool Function::State::MoveToTrace(Evaluation& evaluation, const Arguments& at) {
  Aim(evaluation, at);
  if (evaluation.tier_is_there || evaluation.nodes_are_there) return true;
  if (!evaluation.trace->is_compiled()) {
    MoveNodesTo(evaluation, at);
    return true;
  }
  MoveTo(evaluation, at);
  return evaluation.tier_is_there;
}

// Each flip leads to a trace that agrees with the program on one comparison more, so the walk ends.
void Function::State::WalkToTrace(Evaluation& evaluation, const TierSweep* sweep) {
  size_t agreed = 0;
  while (const std::optional<Tier::Flip> flip = Sweep(evaluation, sweep)) {
    if (flip->guard < agreed) ThrowNoFunction();
    agreed = flip->guard + 1;
    KeyOfFlip(*flip, evaluation);
    evaluation.Use(FindOrRecord(evaluation));
  }
}

void Function::State::CountEvaluations(const Trace& trace, const TraceTier& tier, int64_t count) {
  trace.evaluations.fetch_add(count, std::memory_order_relaxed);
  tier.evaluations.fetch_add(count, std::memory_order_relaxed);
}

// A tier that the nodes must be asked after more often than not costs more than it saves.
void Function::State::CountRefusal(const Trace& trace, const TraceTier& tier) const {
  constexpr int64_t kPatience = 16;
  const int64_t refusals = tier.refusals.fetch_add(1, std::memory_order_relaxed) + 1;
  const bool too_many =
      refusals >= kPatience && refusals > tier.evaluations.load(std::memory_order_relaxed);
  if (too_many && options_.compile_after > 0) trace.Interpret();
}

std::optional<Tier::Flip> Function::State::Sweep(Evaluation& evaluation, const TierSweep* sweep) {
  const TraceTier* refusing = nullptr;
  if (sweep != nullptr && !evaluation.trace->tape().has_custom()) {
    const TraceTier& best = TierOf(*evaluation.trace);
    evaluation.Use(&best);
    evaluation.tier_is_there = false;
    const std::optional<Tier::Flip> flip =
        (*sweep)(*best.tier, PointOf(evaluation), *evaluation.tier_workspace);
    if (!flip.has_value()) {
      evaluation.tier_is_there = true;
      CountEvaluations(*evaluation.trace, best, 1);
      return std::nullopt;
    }
    if (best.tier->is_exact()) return flip;
    refusing = &best;
  }
  const std::optional<Tier::Flip> flip = SweepNodes(evaluation);
  evaluation.nodes_are_there = !flip.has_value();
  if (flip.has_value()) return flip;
  evaluation.trace->evaluations.fetch_add(1, std::memory_order_relaxed);
  if (refusing != nullptr) CountRefusal(*evaluation.trace, *refusing);
  return std::nullopt;
}

// In stretches from guard to guard.
std::optional<Tier::Flip> Function::State::SweepNodes(Evaluation& evaluation) const {
  const Tape& tape = evaluation.trace->tape();
  evaluation.primals.resize(tape.size());
  double* const primals = evaluation.primals.data();
  const Tier::Point point = PointOf(evaluation);
  const absl::Span<const uint32_t> inputs = tape.inputs();
  for (size_t k = 0; k < inputs.size(); ++k) {
    primals[inputs[k]] = k < inputs_ ? point.x[k] : point.p[k - inputs_];
  }
  size_t done = 0;
  const absl::Span<const Guard> guards = tape.guards();
  for (size_t k = 0; k < guards.size(); ++k) {
    ForwardSweep(tape, primals, done, guards[k].position);
    done = guards[k].position;
    const double outcome = OutcomeOf(tape, primals, guards[k]);
    if (outcome != guards[k].outcome) return Tier::Flip{k, outcome};
  }
  ForwardSweep(tape, primals, done, tape.size());
  return std::nullopt;
}

const TraceTier& Function::State::TierOf(const Trace& trace) {
  const bool is_time = !trace.compiling.load(std::memory_order_relaxed) &&
                       trace.evaluations.load(std::memory_order_relaxed) >= options_.compile_after;
  if (is_time) Compile(trace);
  return trace.tier();
}

std::shared_ptr<const Trace> Function::State::FindOrRecord(Evaluation& evaluation) {
  std::shared_ptr<const Trace> trace = traces_.Find(evaluation.prefix);
  if (trace == nullptr && !can_record()) ThrowFlipped(evaluation);
  if (trace == nullptr) trace = RecordInTurn(evaluation);
  AddNewNames(evaluation);
  return trace;
}

// One thread at a time; one that waited may find what it wants.
std::shared_ptr<const Trace> Function::State::RecordInTurn(Evaluation& evaluation) {
  if (recording_thread_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    ThrowRecursion();
  }
  const std::lock_guard<std::mutex> lock(recording_mutex_);
  if (auto known = traces_.Find(evaluation.prefix)) return known;
  recording_thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  const absl::Cleanup done = [this] {
    recording_thread_.store(std::thread::id(), std::memory_order_relaxed);
  };
  AddNewNames(evaluation);
  std::shared_ptr<const Trace> trace = RecordAt(evaluation.point);
  if (!BeginsWith(trace->outcomes(), evaluation.prefix)) ThrowNoFunction();
  Publish(trace);
  return trace;
}

// The trace may be another thread's, and use names that came up after the point was composed.
void Function::State::AddNewNames(Evaluation& evaluation) const {
  RefreshSettings(evaluation);
  const std::vector<NamedParameter>& named = evaluation.settings->named;
  for (size_t k = evaluation.point.size() - inputs_ - parameters_; k < named.size(); ++k) {
    evaluation.point.push_back(named[k].value);
  }
}

void Function::State::ThrowRecursion() {
  ThrowUsageError("Function",
                  "the callable evaluates its own Function, on a branch that isn't "
                  "recorded yet",
                  "write the recursion in the callable, on Vars");
}

void Function::State::ThrowNoFunction() {
  ThrowUsageError("Function", "the callable computes differently from one call to the next",
                  "make it depend on its arguments only");
}

void Function::State::ThrowFlipped(Evaluation& evaluation) const {
  const Tape& tape = evaluation.trace->tape();
  const std::optional<Tier::Flip> flip = SweepNodes(evaluation);
  ThrowUsageError(
      "Function",
      absl::StrCat("there is no recording of this branch, nor a callable: ",
                   DescribeFlip(tape, evaluation.primals.data(), tape.guards()[flip->guard])),
      "record a callable with Function::Record, or write the choice with Where");
}

}  // namespace wengert
