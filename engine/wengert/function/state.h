#ifndef WENGERT_FUNCTION_STATE_H_
#define WENGERT_FUNCTION_STATE_H_

// What the copies of a Function share, and the walk from trace to trace that makes a replay safe.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/functional/function_ref.h"
#include "wengert/derive/recording.h"
#include "wengert/function/evaluation.h"
#include "wengert/function/function.h"
#include "wengert/function/trace.h"

namespace wengert {

class Function::State {
 public:
  State(Callable callable, absl::Span<const double> x0, absl::Span<const double> p0,
        const FunctionOptions& options);
  // Of traces without a callable, the one that is tried first in front.
  State(const std::vector<std::shared_ptr<const Trace>>& traces, size_t inputs, Settings settings,
        const FunctionOptions& options);

  size_t inputs() const { return inputs_; }
  size_t outputs() const { return *outputs_; }
  TraceCache& traces() { return traces_; }
  const FunctionOptions& options() const { return options_; }
  bool can_record() const { return callable_ != nullptr; }
  int64_t compilations() const { return compilations_.load(std::memory_order_relaxed); }

  EvaluationLease Take() { return EvaluationLease(pool_); }

  // The drivers that a tier may have: drivers.cc. Those of Vjp may be asked for no values.
  void Values(Evaluation& evaluation, const Arguments& at, absl::Span<double> values);
  void Vjp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
           absl::Span<double> values, absl::Span<double> x_bar);
  void Jvp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> v,
           absl::Span<double> y_dot);
  void Hvp(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
           absl::Span<const double> v, absl::Span<double> h);
  void GradientBatch(Evaluation& evaluation, absl::Span<const double> points,
                     absl::Span<double> values, absl::Span<double> gradients);
  // Matrices: matrices.cc. `hessian` is of w'y.
  void Jacobian(Evaluation& evaluation, const Arguments& at, absl::Span<double> jacobian);
  void Hessian(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
               absl::Span<double> hessian);
  void SparseJacobian(Evaluation& evaluation, const Arguments& at, CsrMatrix& jacobian);
  void SparseHessian(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
                     CsrMatrix& hessian);
  // The right trace's nodes at these arguments, for what they are swept for.
  derive_internal::Recording RecordingAt(Evaluation& evaluation, const Arguments& at);

  Settings settings() const;
  void SetParameters(absl::Span<const double> p);
  void Set(std::string_view name, double value);

 private:
  // How a tier moves its workspace to a point: by Forward, or one with more in it.
  using TierSweep = absl::FunctionRef<std::optional<Tier::Flip>(const Tier&, const Tier::Point&,
                                                                Tier::Workspace&)>;

  // Moves the evaluation to the right trace at these arguments: where tier_is_there then, by its
  // tier, else by its nodes.
  void MoveTo(Evaluation& evaluation, const Arguments& at, TierSweep sweep);
  void MoveTo(Evaluation& evaluation, const Arguments& at);
  // By whichever is sooner there. False: the tier was asked, and leaves the point to the nodes.
  bool MoveToTrace(Evaluation& evaluation, const Arguments& at);
  // By its nodes.
  void MoveNodesTo(Evaluation& evaluation, const Arguments& at);
  // A product by its tier, if that has the driver, there already or on the way; else false.
  using TierPush = absl::FunctionRef<bool(const Tier&, Tier::Workspace&)>;
  bool Push(Evaluation& evaluation, const Arguments& at, bool Tier::Drivers::*driver,
            TierSweep sweep, TierPush push);
  // Says where to go; the trace is still the one that was used last.
  void Aim(Evaluation& evaluation, const Arguments& at);
  void RefreshSettings(Evaluation& evaluation) const;
  void ComposePoint(const Arguments& at, Evaluation& evaluation) const;
  Tier::Point PointOf(Evaluation& evaluation) const {
    return evaluation.PointOf(inputs_, inputs_ + parameters_);
  }
  // The best tier of a trace, made now if it is time.
  const TraceTier& TierOf(const Trace& trace);
  void BatchOnTrace(Evaluation& evaluation, absl::Span<const double> points,
                    absl::Span<double> values, absl::Span<double> gradients);
  void SweepBatch(Evaluation& evaluation, absl::Span<const double> points,
                  absl::Span<double> values, absl::Span<double> gradients);
  static void CountEvaluations(const Trace& trace, const TraceTier& tier, int64_t count);
  void CountRefusal(const Trace& trace, const TraceTier& tier) const;
  void Expect(const Trace& trace, bool Tier::Drivers::*driver, size_t times);
  bool HasDriver(const Trace& trace, bool Tier::Drivers::*driver);

  // The matrices by products with a tier; false: not all of it, the nodes must be swept.
  bool MoveToTierWith(Evaluation& evaluation, const Arguments& at, bool Tier::Drivers::*driver,
                      size_t products);
  bool JacobianByProducts(Evaluation& evaluation, const Arguments& at, absl::Span<double> jacobian);
  bool HessianByProducts(Evaluation& evaluation, const Arguments& at, absl::Span<const double> w,
                         absl::Span<double> hessian);
  bool SparseJacobianByProducts(Evaluation& evaluation, const Arguments& at, CsrMatrix& jacobian);
  bool SparseHessianByProducts(Evaluation& evaluation, const Arguments& at,
                               absl::Span<const double> w, CsrMatrix& hessian);
  static bool LeaveTier(Evaluation& evaluation, bool done, bool reversed = false);
  static const JacobianPlan& JacobianPlanOf(const Trace& trace);
  static const HessianPlan& HessianPlanOf(const Trace& trace);
  // Null: none.
  const TraceTier* BatchTierOf(const Trace& trace);
  void WalkToTrace(Evaluation& evaluation, const TierSweep* sweep);
  std::optional<Tier::Flip> Sweep(Evaluation& evaluation, const TierSweep* sweep);
  std::optional<Tier::Flip> SweepNodes(Evaluation& evaluation) const;
  std::shared_ptr<const Trace> FindOrRecord(Evaluation& evaluation);
  void Publish(const std::shared_ptr<const Trace>& trace);
  void Compile(const Trace& trace);  // unless that was tried before
  std::shared_ptr<const Trace> RecordInTurn(Evaluation& evaluation);
  void AddNewNames(Evaluation& evaluation) const;
  // At x, p and all names known, in the point's order.
  std::shared_ptr<const Trace> RecordAt(absl::Span<const double> point);
  [[noreturn]] static void ThrowNoFunction();
  [[noreturn]] static void ThrowRecursion();
  [[noreturn]] void ThrowFlipped(Evaluation& evaluation) const;

  const Callable callable_;  // null: its traces are all there is
  const FunctionOptions options_;
  size_t inputs_;
  std::optional<size_t> outputs_;  // once something is recorded
  size_t parameters_;
  TraceCache traces_;
  Pool<Evaluation> pool_;
  std::atomic<int64_t> compilations_{0};
  std::mutex recording_mutex_;
  std::atomic<std::thread::id> recording_thread_{};  // that holds it to record

  mutable std::mutex settings_mutex_;
  std::shared_ptr<const Settings> settings_;   // guarded by settings_mutex_
  std::atomic<uint64_t> settings_version_{1};  // changes with settings_
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_STATE_H_
