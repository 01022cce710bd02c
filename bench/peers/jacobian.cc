// A Jacobian tape of our own, in place of libraries that aren't packaged (jacobian_tape.h).

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "bench/peers/jacobian_tape.h"
#include "bench/peers/library.h"
#include "bench/workloads/counted.h"
#include "wengert/base/buffer.h"

namespace bench {
namespace {

using jacobian::Number;
using jacobian::tape;

// One memory for the tapes of all workloads.
struct Memory {
  wengert::Buffer<double> partials, adjoints;
  wengert::Buffer<uint32_t> indices;
  wengert::Buffer<uint8_t> counts;

  void Reserve(size_t arguments, size_t statements) {
    partials.Reserve(arguments);
    indices.Reserve(arguments);
    counts.Reserve(statements);
    adjoints.Reserve(statements);
    tape = {partials.data(),
            indices.data(),
            counts.data(),
            0,
            partials.capacity(),
            0,
            static_cast<uint32_t>(counts.capacity())};
  }
};
Memory& SharedMemory() {
  static Memory memory;
  return memory;
}

void Sweep(uint32_t root, double* adjoints) {
  std::fill_n(adjoints, tape.statements + 1, 0.0);
  adjoints[root] = 1.0;
  const double* partials = tape.partials + tape.arguments;
  const uint32_t* indices = tape.indices + tape.arguments;
  for (uint32_t s = tape.statements; s > 0; --s) {
    const size_t count = tape.counts[s];
    partials -= count;
    indices -= count;
    const double y_bar = adjoints[s];
    if (y_bar == 0.0) continue;
    for (size_t k = 0; k < count; ++k) adjoints[indices[k]] += y_bar * partials[k];
  }
}

template <class Workload>
class JacobianGradient final : public Differentiator {
 public:
  explicit JacobianGradient(const Workload& workload) : workload_(workload) {
    const size_t operations = CountOperations(workload).operations;
    SharedMemory().Reserve(2 * operations + 64, operations + 2 * workload.n() + 64);
  }

  double RecordGradient(const double* x, double* gradient) override {
    tape.arguments = 0;
    tape.statements = 0;
    inputs_.assign(x, x + workload_.n());
    for (Number& input : inputs_) input.BecomeInput();
    const Number root = workload_(inputs_.data());
    double* const adjoints = SharedMemory().adjoints.data();
    Sweep(root.statement, adjoints);
    std::copy_n(adjoints + 1, inputs_.size(), gradient);
    return root.value;
  }

  double ReplayGradient(const double*, double*) override { std::abort(); }

 private:
  const Workload workload_;
  std::vector<Number> inputs_;
};

[[maybe_unused]] const bool kAdded =
    AddLibrary<JacobianGradient>("a Jacobian tape, minimal", false);

}  // namespace
}  // namespace bench
