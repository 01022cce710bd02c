// Each of these needs the one before.
// clang-format off
#include "bench/peers/tmb_prelude.h"
#include <cppad/cppad.hpp>
// clang-format on

#include <cmath>
#include <set>
#include <vector>

#include "bench/peers/library.h"
#include "bench/workloads/scalar.h"

namespace bench {
namespace {

using Scalar = CppAD::AD<double>;

// This CppAD has no erfc, and its erf is a fit of seven digits; so erfc is an operation of ours.
class Erfc final : public CppAD::atomic_base<double> {
 public:
  Erfc() : CppAD::atomic_base<double>("erfc") {}

 private:
  template <class T>
  using Vector = CppAD::vector<T>;

  bool forward(size_t, size_t q, const Vector<bool>& vx, Vector<bool>& vy, const Vector<double>& tx,
               Vector<double>& ty) override {
    if (q > 0) return false;
    if (vx.size() > 0) vy[0] = vx[0];
    ty[0] = std::erfc(tx[0]);
    return true;
  }
  bool reverse(size_t q, const Vector<double>& tx, const Vector<double>&, Vector<double>& px,
               const Vector<double>& py) override {
    if (q > 0) return false;
    px[0] = -py[0] * M_2_SQRTPI * std::exp(-tx[0] * tx[0]);
    return true;
  }
  // For the optimiser: which arguments the result depends on.
  bool rev_sparse_jac(size_t q, const Vector<std::set<size_t>>& rt,
                      Vector<std::set<size_t>>& st) override {
    for (size_t i = 0; i < rt.size() && i < q; ++i) st[i] = rt[i];
    return true;
  }
  bool rev_sparse_jac(size_t q, const Vector<bool>& rt, Vector<bool>& st) override {
    for (size_t i = 0; i < q; ++i) st[i] = rt[i];
    return true;
  }
};

}  // namespace
}  // namespace bench

namespace CppAD {

inline AD<double> erfc(const AD<double>& a) {
  static bench::Erfc operation;
  CppAD::vector<AD<double>> x(1), y(1);
  x[0] = a;
  operation(x, y);
  return y[0];
}

}  // namespace CppAD

namespace bench {

template <>
struct Kinks<Scalar> {
  static Scalar Relu(const Scalar& a) { return CppAD::CondExpGt(a, Scalar(0.0), a, Scalar(0.0)); }
  static Scalar Max(const Scalar& a, const Scalar& b) { return CppAD::CondExpGt(b, a, b, a); }
};

namespace {

template <class Workload>
class CppAdGradient final : public Differentiator {
 public:
  explicit CppAdGradient(const Workload& workload) : workload_(workload), point_(workload.n()) {
    Record(kept_, workload.x0().data());
    kept_.optimize();
  }

  double RecordGradient(const double* x, double* gradient) override {
    Record(fresh_, x);
    return Evaluate(fresh_, x, gradient);
  }
  double ReplayGradient(const double* x, double* gradient) override {
    return Evaluate(kept_, x, gradient);
  }

 private:
  using Function = CppAD::ADFun<double>;

  void Record(Function& function, const double* x) {
    std::vector<Scalar> inputs(x, x + workload_.n()), outputs(1);
    CppAD::Independent(inputs);
    outputs[0] = workload_(inputs.data());
    function.Dependent(inputs, outputs);
  }

  double Evaluate(Function& function, const double* x, double* gradient) {
    point_.assign(x, x + workload_.n());
    const double value = function.Forward(0, point_)[0];
    const std::vector<double> adjoints = function.Reverse(1, one_);
    std::copy(adjoints.begin(), adjoints.end(), gradient);
    return value;
  }

  const Workload workload_;
  std::vector<double> point_;
  const std::vector<double> one_ = {1.0};
  Function fresh_, kept_;
};

[[maybe_unused]] const bool kAdded = AddLibrary<CppAdGradient>("CppAD", true);

}  // namespace
}  // namespace bench
