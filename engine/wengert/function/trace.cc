#include "wengert/function/trace.h"

#include <algorithm>
#include <chrono>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "wengert/function/function.h"
#include "wengert/function/replay_tier.h"
#include "wengert/tape/reads.h"

namespace wengert {

Trace::Trace(std::unique_ptr<Tape> tape, size_t n, absl::Span<const Var> outputs)
    : tape_(std::move(tape)), n_(n) {
  for (const Var& y : outputs) {
    constants_.push_back(Freeze(y));
    dependents_.push_back(y.is_constant() ? ReplayTier::kNoRecord
                                          : tape_->RecordOf(y, "Function::Record"));
  }
  tape_->Stop();
  for (const RecordedGuard& guard : tape_->records().guards) outcomes_.push_back(guard.outcome);
  interpreter_.tier = std::make_unique<ReplayTier>(*tape_, n_, dependents_, constants_);
}

std::vector<VarFields> Trace::Dependents() const {
  std::vector<VarFields> fields;
  for (size_t k = 0; k < dependents_.size(); ++k) {
    const bool is_constant = dependents_[k] == ReplayTier::kNoRecord;
    fields.push_back({constants_[k], dependents_[k], is_constant ? 0 : kHints});
  }
  return fields;
}

TierSource Trace::Source() const {
  std::call_once(nodes_once_, [this] {
    for (uint32_t record : dependents_) {
      const bool is_constant = record == ReplayTier::kNoRecord;
      dependent_nodes_.push_back(is_constant ? Operand::Constant(0) : tape_->NodeOfRecord(record));
      if (!is_constant) end_ = std::max<size_t>(end_, dependent_nodes_.back().index() + size_t{1});
    }
  });
  return {*tape_, n_, dependent_nodes_, constants_};
}

derive_internal::Recording Trace::AsNodes(const double* primals) const {
  const TierSource source = Source();
  derive_internal::Recording f = {*tape_, {}, primals, source.dependents, end_};
  f.passive = f.view.inputs.subspan(n_);
  f.view.inputs = f.view.inputs.subspan(0, n_);
  return f;
}

void Trace::ValuesAt(const double* primals, absl::Span<double> values) const {
  const TierSource source = Source();
  for (size_t j = 0; j < values.size(); ++j) {
    const Operand y = source.dependents[j];
    values[j] = y.is_constant() ? constants_[j] : primals[y.index()];
  }
}

void Trace::Compile(const FunctionOptions& options) const {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  TierSource source = Source();
  source.compile_after = options.compile_after;
  source.threads = options.threads;
  auto made = std::make_unique<TraceTier>();
  absl::StatusOr<std::unique_ptr<const Tier>> tier = options.compiler(source);
  if (!tier.ok()) Refuse(tier.status().message());
  if (!tier.ok() || *tier == nullptr) return;
  made->tier = *std::move(tier);
  made->seconds = std::chrono::duration<double>(Clock::now() - start).count();
  compiled_ = std::move(made);
  made_.set(compiled_.get());
  const Tier::Drivers drivers = compiled_->tier->drivers();
  if (!drivers.point) Refuse(compiled_->tier->Explain());
  if (drivers.point) tier_.set(compiled_.get());
  if (drivers.gradient_batch) batch_tier_.set(compiled_.get());
}

void Trace::Interpret() const {
  static const std::string kWhy =
      "too often a branch was so near that rounding could decide it, or "
      "a result wasn't finite";
  why_interpreted_.set(&kWhy);
  tier_.set(&interpreter_);
}

void Trace::Refuse(absl::string_view why) const {
  refusal_ = std::make_unique<const std::string>(why);
  why_interpreted_.set(refusal_.get());
}

std::string WhyInterpreted(const Trace& trace, const FunctionOptions& options) {
  if (const std::string* const why = trace.why_interpreted(); why != nullptr) return *why;
  if (options.compiler == nullptr) return "there is no compiler";
  if (trace.tape().has_custom()) return "user-defined operations aren't compiled";
  if (trace.compiling.load(std::memory_order_relaxed)) return "the compiler has made nothing of it";
  if (options.compile_after == FunctionOptions::kNever) return "it is never compiled";
  return absl::StrCat("it is compiled after ", options.compile_after, " evaluations");
}

bool BeginsWith(absl::Span<const double> outcomes, absl::Span<const double> prefix) {
  return outcomes.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), outcomes.begin());
}

std::shared_ptr<const Trace> TraceCache::Find(absl::Span<const double> prefix) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(traces_.begin(), traces_.end(), [&](const auto& trace) {
    return BeginsWith(trace->outcomes(), prefix);
  });
  if (found == traces_.end()) return nullptr;
  std::rotate(traces_.begin(), found, found + 1);
  return traces_.front();
}

void TraceCache::Insert(std::shared_ptr<const Trace> trace) {
  const std::lock_guard<std::mutex> lock(mutex_);
  traces_.insert(traces_.begin(), std::move(trace));
  if (traces_.size() > capacity_) traces_.pop_back();
  ++inserted_;
}

std::vector<std::shared_ptr<const Trace>> TraceCache::All() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return traces_;
}

int64_t TraceCache::inserted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return inserted_;
}

}  // namespace wengert
