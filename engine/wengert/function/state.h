#ifndef WENGERT_FUNCTION_STATE_H_
#define WENGERT_FUNCTION_STATE_H_

// What the copies of a Function share, and the walk from trace to trace that makes a replay safe.

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "wengert/function/evaluation.h"
#include "wengert/function/function.h"
#include "wengert/function/trace.h"

namespace wengert {

class Function::State {
 public:
  State(Callable callable, absl::Span<const double> x0, absl::Span<const double> p0,
        const FunctionOptions& options);
  State(std::unique_ptr<Tape> tape, absl::Span<const Var> outputs);

  size_t inputs() const { return inputs_; }
  size_t outputs() const { return outputs_; }
  TraceCache& traces() { return traces_; }
  bool can_record() const { return callable_ != nullptr; }

  // One whose primals are those of the right trace at these arguments.
  EvaluationPool::Lease MoveTo(const Arguments& at);

  Settings settings() const;
  void SetParameters(absl::Span<const double> p);
  void Set(std::string_view name, double value);

 private:
  void RefreshSettings(Evaluation& evaluation) const;
  void ComposePoint(const Arguments& at, Evaluation& evaluation) const;
  void WalkToTrace(Evaluation& evaluation);
  std::shared_ptr<const Trace> FindOrRecord(Evaluation& evaluation);
  std::shared_ptr<const Trace> RecordAt(absl::Span<const double> point);
  [[noreturn]] static void ThrowNoFunction();
  [[noreturn]] static void ThrowFlipped(const Evaluation& evaluation, size_t guard);

  const Callable callable_;  // null for a tape's Function
  const FunctionOptions options_;
  size_t inputs_;
  size_t outputs_ = 0;
  size_t parameters_;
  TraceCache traces_;
  EvaluationPool pool_;
  std::mutex recording_mutex_;

  mutable std::mutex settings_mutex_;
  std::shared_ptr<const Settings> settings_;   // guarded by settings_mutex_
  std::atomic<uint64_t> settings_version_{1};  // changes with settings_
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_STATE_H_
