#include <cstdlib>
#include <stan/math/rev/core.hpp>
#include <stan/math/rev/scal.hpp>
#include <vector>

#include "bench/peers/library.h"
#include "bench/workloads/scalar.h"

namespace bench {
namespace {

template <class Workload>
class StanGradient final : public Differentiator {
 public:
  explicit StanGradient(const Workload& workload) : workload_(workload) {}

  double RecordGradient(const double* x, double* gradient) override {
    const std::vector<stan::math::var> inputs(x, x + workload_.n());
    stan::math::var root = workload_(inputs.data());
    root.grad();
    for (size_t i = 0; i < inputs.size(); ++i) gradient[i] = inputs[i].adj();
    const double value = root.val();
    stan::math::recover_memory();
    return value;
  }

  double ReplayGradient(const double*, double*) override { std::abort(); }

 private:
  const Workload workload_;
};

[[maybe_unused]] const bool kAdded = AddLibrary<StanGradient>("Stan Math", false);

}  // namespace
}  // namespace bench
