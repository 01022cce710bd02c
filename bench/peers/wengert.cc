#include "wengert/wengert.h"

#include <vector>

#include "absl/types/span.h"
#include "bench/peers/library.h"
#include "bench/workloads/wengert.h"

namespace bench {
namespace {

// One warm tape for all recordings that are used once.
struct Recorder {
  wengert::Tape tape;
  std::vector<wengert::Var> inputs;
};
Recorder& SharedRecorder() {
  static Recorder recorder;
  return recorder;
}

template <class Workload>
class WengertGradient final : public Differentiator {
 public:
  explicit WengertGradient(const Workload& workload) : workload_(workload) {
    const std::vector<double> x0 = workload.x0();
    std::vector<wengert::Var> inputs;
    root_ = RecordAt(workload, x0.data(), kept_, inputs);
    kept_.Stop();
  }

  double RecordGradient(const double* x, double* gradient) override {
    Recorder& recorder = SharedRecorder();
    const wengert::Var root = RecordAt(workload_, x, recorder.tape, recorder.inputs);
    recorder.tape.Backward(root).Gradient({gradient, workload_.n()});
    return root.value();
  }

  double ReplayGradient(const double* x, double* gradient) override {
    kept_.Replay({x, workload_.n()}).IgnoreError();  // no workload leaves a guard
    kept_.Backward(root_).Gradient({gradient, workload_.n()});
    return kept_.Primal(root_);
  }

 private:
  const Workload workload_;
  wengert::Tape kept_;
  wengert::Var root_;
};

[[maybe_unused]] const bool kAdded = AddLibrary<WengertGradient>("Wengert", true);

}  // namespace
}  // namespace bench
