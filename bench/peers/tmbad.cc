// Each of these needs the one before.
// clang-format off
#include "bench/peers/tmb_prelude.h"
#include <TMBad/TMBad.hpp>
#include <TMBad/TMBad.cpp>
// clang-format on

#include <cmath>
#include <cstdlib>
#include <vector>

#include "bench/peers/library.h"
#include "bench/workloads/scalar.h"

namespace TMBad {

// TMBad has no erfc.
struct ErfcOp : global::UnaryOperator {
  static const bool have_eval = true;
  double eval(double a) { return std::erfc(a); }
  template <class T>
  T eval(const T&) {
    std::abort();  // only TMBad's other uses of an operation ask, such as writing source
  }
  void reverse(ReverseArgs<Scalar>& args) {
    args.dx(0) -= args.dy(0) * M_2_SQRTPI * std::exp(-args.x(0) * args.x(0));
  }
  template <class T>
  void reverse(ReverseArgs<T>&) {
    std::abort();
  }
  const char* op_name() { return "erfc"; }
};

inline ad_aug erfc(const ad_aug& a) {
  if (a.constant()) return std::erfc(a.Value());
  return get_glob()->add_to_stack<ErfcOp>(ad_plain(a));
}

}  // namespace TMBad

namespace bench {

using Scalar = TMBad::ad_aug;

template <>
struct Kinks<Scalar> {
  static Scalar Relu(const Scalar& a) { return TMBad::CondExpGt(a, Scalar(0.0), a, Scalar(0.0)); }
  static Scalar Max(const Scalar& a, const Scalar& b) { return TMBad::CondExpGt(b, a, b, a); }
};

namespace {

template <class Workload>
class TmbadGradient final : public Differentiator {
 public:
  explicit TmbadGradient(const Workload& workload)
      : workload_(workload), kept_(Call{workload_}, workload.x0()) {
    kept_.optimize();
  }

  double RecordGradient(const double* x, double* gradient) override {
    Function fresh(Call{workload_}, std::vector<double>(x, x + workload_.n()));
    return Sweep(fresh, gradient);
  }

  double ReplayGradient(const double* x, double* gradient) override {
    for (size_t i = 0; i < workload_.n(); ++i) kept_.glob.value_inv(Index(i)) = x[i];
    kept_.glob.forward();
    return Sweep(kept_, gradient);
  }

 private:
  using Function = TMBad::ADFun<Scalar>;
  using Index = TMBad::Index;

  struct Call {
    std::vector<Scalar> operator()(const std::vector<Scalar>& x) const {
      return {workload(x.data())};
    }
    const Workload& workload;
  };

  double Sweep(Function& function, double* gradient) {
    function.glob.clear_deriv();
    function.glob.deriv_dep(0) = 1.0;
    function.glob.reverse();
    for (size_t i = 0; i < workload_.n(); ++i) gradient[i] = function.glob.deriv_inv(Index(i));
    return function.glob.value_dep(0);
  }

  const Workload workload_;
  Function kept_;
};

[[maybe_unused]] const bool kAdded = AddLibrary<TmbadGradient>("TMBad", true);

}  // namespace
}  // namespace bench
