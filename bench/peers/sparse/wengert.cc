#include "bench/workloads/wengert.h"

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "bench/peers/sparse/driver.h"

namespace bench {
namespace {

template <class Workload>
class WengertSparse final : public SparseDriver {
 public:
  explicit WengertSparse(const Workload& workload) {
    const std::vector<wengert::Var> x = tape_.Inputs(workload.x0());
    dependents_ = DependentsOf(workload, x.data());
    tape_.Stop();
  }

  void Plan() override {
    if (is_scalar()) {
      hessian_ = wengert::PlanHessian(tape_, dependents_, {.lower_triangle = true});
      values_.resize(hessian_.pattern.size());
    } else {
      jacobian_ = wengert::PlanJacobian(tape_, dependents_);
      values_.resize(jacobian_.pattern.size());
    }
  }

  void Evaluate(const double* x) override {
    if (!tape_.Replay({x, tape_.inputs().size()}).ok()) std::abort();
    if (is_scalar()) {
      wengert::SparseHessian(tape_, dependents_, {1.0}, hessian_, absl::MakeSpan(values_),
                             workspace_);
    } else {
      wengert::SparseJacobian(tape_, dependents_, jacobian_, absl::MakeSpan(values_), workspace_);
    }
  }

  Entries entries() const override {
    const wengert::SparsityPattern& pattern = is_scalar() ? hessian_.pattern : jacobian_.pattern;
    Entries entries;
    for (size_t i = 0; i < pattern.rows(); ++i) {
      for (size_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
        entries[{i, pattern.column[k]}] = values_[k];
      }
    }
    return entries;
  }

 private:
  bool is_scalar() const { return dependents_.size() == 1; }

  wengert::Tape tape_;
  std::vector<wengert::Var> dependents_;
  wengert::HessianPlan hessian_;
  wengert::JacobianPlan jacobian_;
  std::vector<double> values_;
  wengert::Workspace workspace_;
};

[[maybe_unused]] const bool kAdded = AddSparseLibrary<WengertSparse>("Wengert");

}  // namespace
}  // namespace bench
