#ifndef WENGERT_FUNCTION_TRACE_H_
#define WENGERT_FUNCTION_TRACE_H_

// A trace: what one recording of a function left behind. Immutable once made, but for its counters
// and what is added once, so any number of threads replay it, each over primals of its own.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/handover.h"
#include "wengert/derive/recording.h"
#include "wengert/derive/sparse.h"
#include "wengert/function/pool.h"
#include "wengert/function/tier.h"
#include "wengert/tape/tape.h"

namespace wengert {

struct FunctionOptions;

// A tier of a trace, with the workspaces that no evaluation holds.
struct TraceTier {
  std::unique_ptr<const Tier> tier;
  double seconds = 0.0;  // spent making it
  mutable Pool<Tier::Workspace> idle;
  mutable std::atomic<int64_t> evaluations{0};
  mutable std::atomic<int64_t> refusals{0};  // points of the trace that the nodes were asked about
};

class Trace {
 public:
  // Of a recording of `outputs` on a tape whose first n independents are x; stops the tape.
  Trace(std::unique_ptr<Tape> tape, size_t n, absl::Span<const Var> outputs);

  const Tape& tape() const { return *tape_; }
  size_t outputs() const { return constants_.size(); }
  std::vector<VarFields> Dependents() const;  // in terms of records; of no generation
  absl::Span<const double> outcomes() const { return outcomes_; }  // of the tape's guards: the key

  std::vector<uint32_t> names;  // of the inputs after x and p: index of the named parameter
  double seconds = 0.0;         // spent recording
  int64_t plain_reads = 0;
  mutable std::atomic<int64_t> evaluations{0};  // forward sweeps to a point of this trace

  // The best tier for a point: the interpreter, until another is made. Who sets `compiling` makes
  // it. Interpret returns to the interpreter for good.
  const TraceTier& tier() const { return *tier_.get(); }
  bool is_compiled() const { return &tier() != &interpreter_; }
  void Interpret() const;
  // What was made, even if it isn't used for points; null: nothing.
  const TraceTier* compiled() const { return made_.get(); }
  // The one for batches; null: none.
  const TraceTier* batch_tier() const { return batch_tier_.get(); }
  mutable std::atomic<bool> compiling{false};
  // By options.compiler; for TierSource, the rest.
  void Compile(const FunctionOptions& options) const;
  // Why it couldn't be; null where it wasn't tried, or the compiler didn't say.
  const std::string* why_interpreted() const { return why_interpreted_.get(); }

  // The trace as nodes, which are decoded when first asked for: at primals of all of them, by its
  // first n inputs.
  derive_internal::Recording AsNodes(const double* primals) const;
  void ValuesAt(const double* primals, absl::Span<double> values) const;

  // The plans of the sparse drivers, made when first asked for.
  mutable std::once_flag jacobian_once, hessian_once;
  mutable JacobianPlan jacobian;
  mutable HessianPlan hessian;

 private:
  TierSource Source() const;
  void Refuse(absl::string_view why) const;

  std::unique_ptr<Tape> tape_;
  size_t n_;
  std::vector<uint32_t> dependents_;  // a record each, or ReplayTier::kNoRecord and a constant
  std::vector<double> constants_;
  std::vector<double> outcomes_;

  mutable std::once_flag nodes_once_;
  mutable std::vector<Operand> dependent_nodes_;
  mutable size_t end_ = 0;  // of the nodes that the dependents are computed from

  TraceTier interpreter_;
  mutable std::unique_ptr<const TraceTier> compiled_;
  mutable Published<const TraceTier> made_;
  mutable Published<const TraceTier> tier_{&interpreter_};
  mutable Published<const TraceTier> batch_tier_;
  mutable std::unique_ptr<const std::string> refusal_;
  mutable Published<const std::string> why_interpreted_;
};

// Of a trace that isn't compiled, in words: what the compiler said, or why it wasn't asked.
std::string WhyInterpreted(const Trace& trace, const FunctionOptions& options);

bool BeginsWith(absl::Span<const double> outcomes, absl::Span<const double> prefix);

// The traces of one function, keyed by their outcomes, the least recently used one leaving when
// there are too many. Safe to use from several threads; asked only when a branch changes.
class TraceCache {
 public:
  explicit TraceCache(size_t capacity) : capacity_(capacity) {}

  // The most recently used trace whose outcomes begin with `prefix`; null if there is none.
  std::shared_ptr<const Trace> Find(absl::Span<const double> prefix);
  void Insert(std::shared_ptr<const Trace> trace);
  std::vector<std::shared_ptr<const Trace>> All() const;  // most recently used first
  int64_t inserted() const;

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Trace>> traces_;  // most recently used first
  int64_t inserted_ = 0;
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_TRACE_H_
