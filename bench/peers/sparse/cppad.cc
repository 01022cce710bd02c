// Each of these needs the one before.
// clang-format off
#include "bench/peers/tmb_prelude.h"
#include <cppad/cppad.hpp>
// clang-format on

#include "bench/peers/sparse/driver.h"

namespace bench {
namespace {

using Scalar = CppAD::AD<double>;
using Bits = std::vector<bool>;  // a pattern by rows

// By the recipe of CppAD's manual: patterns, as bits, then a work object that keeps the coloring.
// Patterns as sets of indices took more than 24 GiB for W4a.
template <class Workload>
class CppAdSparse final : public SparseDriver {
 public:
  explicit CppAdSparse(const Workload& workload) : point_(workload.x0()) {
    std::vector<Scalar> inputs(point_.begin(), point_.end());
    CppAD::Independent(inputs);
    std::vector<Scalar> outputs = DependentsOf(workload, inputs.data());
    f_.Dependent(inputs, outputs);
    f_.optimize();
  }

  void Plan() override {
    hessian_work_.clear();
    jacobian_work_.clear();
    const size_t n = f_.Domain();
    Bits identity(n * n);
    for (size_t k = 0; k < n * n; ++k) identity[k] = k % (n + 1) == 0;
    pattern_ = f_.ForSparseJac(n, identity);
    if (f_.Range() == 1) pattern_ = f_.RevSparseHes(n, Bits{true});
    row_.clear();
    column_.clear();
    for (size_t k = 0; k < pattern_.size(); ++k) {
      const size_t i = k / n, j = k % n;
      if (!pattern_[k] || (f_.Range() == 1 && j > i)) continue;
      row_.push_back(i);
      column_.push_back(j);
    }
    values_.resize(row_.size());
    Evaluate(point_.data());  // colors at the first call
  }

  void Evaluate(const double* x) override {
    point_.assign(x, x + point_.size());
    if (f_.Range() == 1) {
      f_.SparseHessian(point_, weight_, pattern_, row_, column_, values_, hessian_work_);
    } else {
      f_.SparseJacobianForward(point_, pattern_, row_, column_, values_, jacobian_work_);
    }
  }

  Entries entries() const override {
    Entries entries;
    for (size_t k = 0; k < row_.size(); ++k) entries[{row_[k], column_[k]}] = values_[k];
    return entries;
  }

 private:
  CppAD::ADFun<double> f_;
  std::vector<double> point_, values_;
  const std::vector<double> weight_ = {1.0};
  Bits pattern_;
  std::vector<size_t> row_, column_;
  CppAD::sparse_hessian_work hessian_work_;
  CppAD::sparse_jacobian_work jacobian_work_;
};

// A pattern has n bits for each operation: 11 GB for W1 with 1e5 variables.
[[maybe_unused]] const bool kAdded = AddSparseLibrary<CppAdSparse>("CppAD", 10000);

}  // namespace
}  // namespace bench
