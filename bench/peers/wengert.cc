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
  explicit WengertGradient(const Workload& workload)
      : workload_(workload),
        kept_(wengert::Function::Record(
            [workload](absl::Span<const wengert::Var> x) { return workload(x.data()); },
            workload.x0(), {.compile_after = 0})) {}

  double RecordGradient(const double* x, double* gradient) override {
    Recorder& recorder = SharedRecorder();
    const wengert::Var root = RecordAt(workload_, x, recorder.tape, recorder.inputs);
    recorder.tape.Backward(root).Gradient({gradient, workload_.n()});
    return root.value();
  }

  double ReplayGradient(const double* x, double* gradient) override {
    return kept_.Gradient(absl::MakeConstSpan(x, workload_.n()), {gradient, workload_.n()});
  }

 private:
  const Workload workload_;
  const wengert::Function kept_;  // compiled
};

[[maybe_unused]] const bool kAdded = AddLibrary<WengertGradient>("Wengert", true);

}  // namespace
}  // namespace bench
