#include <adolc/adolc.h>

#include <vector>

#include "bench/peers/library.h"
#include "bench/workloads/counted.h"
#include "bench/workloads/scalar.h"

// ADOL-C has erf only.
inline adouble erfc(const badouble& a) { return 1.0 - erf(a); }

namespace bench {

template <>
struct Kinks<adouble> {
  static adouble Relu(const adouble& a) { return fmax(a, 0.0); }
  static adouble Max(const adouble& a, const adouble& b) { return fmax(a, b); }
};

namespace {

// ADOL-C's tapes are numbered by the user.
short NewTag() {
  static short last = 0;
  return ++last;
}

template <class Workload>
class AdolcGradient final : public Differentiator {
 public:
  explicit AdolcGradient(const Workload& workload)
      : workload_(workload),
        size_(static_cast<int>(workload.n())),
        buffer_(static_cast<unsigned>(8 * (CountOperations(workload).operations + workload.n()))) {
    Record(kept_, workload.x0().data());
  }

  double RecordGradient(const double* x, double* gradient) override {
    const double value = Record(fresh_, x);
    fos_reverse(fresh_, 1, size_, &one_, gradient);
    return value;
  }

  double ReplayGradient(const double* x, double* gradient) override {
    double value;
    zos_forward(kept_, 1, size_, 1, x, &value);
    fos_reverse(kept_, 1, size_, &one_, gradient);
    return value;
  }

 private:
  // With buffers for the whole tape: ADOL-C would write what doesn't fit to a file.
  double Record(short tag, const double* x) {
    constexpr int kKeepForReverse = 1;
    trace_on(tag, kKeepForReverse, buffer_, buffer_, buffer_, buffer_);
    double value;
    {
      std::vector<adouble> inputs(workload_.n());
      for (size_t i = 0; i < inputs.size(); ++i) inputs[i] <<= x[i];
      workload_(inputs.data()) >>= value;
    }
    trace_off();
    return value;
  }

  const Workload workload_;
  const int size_;
  const unsigned buffer_;
  double one_ = 1.0;
  const short fresh_ = NewTag();
  const short kept_ = NewTag();
};

[[maybe_unused]] const bool kAdded = AddLibrary<AdolcGradient>("ADOL-C", true);

}  // namespace
}  // namespace bench
