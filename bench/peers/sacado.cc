#include <Sacado_trad.hpp>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "bench/peers/library.h"
#include "bench/workloads/scalar.h"

namespace Sacado::Rad {

// Sacado has no erfc: a value and its partial.
template <class A>
ADvari<double>& ErfcOf(const A& a) {
  const double x = a.val();
  return ADf1(std::erfc(x), -M_2_SQRTPI * std::exp(-x * x), a);
}
inline ADvari<double>& erfc(const ADvar<double>& a) { return ErfcOf<IndepADvar<double>>(a); }

}  // namespace Sacado::Rad

namespace bench {
namespace {

using Scalar = Sacado::Rad::ADvar<double>;

template <class Workload>
class SacadoGradient final : public Differentiator {
 public:
  explicit SacadoGradient(const Workload& workload) : workload_(workload) {}

  // The first operation after a Gradcomp begins a new recording in the same memory.
  double RecordGradient(const double* x, double* gradient) override {
    const std::vector<Scalar> inputs(x, x + workload_.n());
    Scalar root = workload_(inputs.data());
    Scalar::Outvar_Gradcomp(root);
    for (size_t i = 0; i < inputs.size(); ++i) gradient[i] = inputs[i].adj();
    return root.val();
  }

  double ReplayGradient(const double*, double*) override { std::abort(); }

 private:
  const Workload workload_;
};

[[maybe_unused]] const bool kAdded = AddLibrary<SacadoGradient>("Sacado", false);

}  // namespace
}  // namespace bench
