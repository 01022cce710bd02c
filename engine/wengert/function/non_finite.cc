#include <vector>

#include "wengert/derive/first_non_finite.h"
#include "wengert/function/state.h"

namespace wengert {

NonFinite FirstNonFinite(const Function& f, const Arguments& at) {
  EvaluationLease evaluation = f.state_->Take();
  const derive_internal::Recording recording = f.state_->RecordingAt(*evaluation, at);
  std::vector<double> values(recording.m());
  evaluation->trace->ValuesAt(recording.primals, absl::MakeSpan(values));
  return FirstNonFinite(recording, values, evaluation->workspace);
}

}  // namespace wengert
