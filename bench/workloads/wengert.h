#ifndef BENCH_WORKLOADS_WENGERT_H_
#define BENCH_WORKLOADS_WENGERT_H_

// The workloads on a Wengert tape: the kinks are operations, valid on both sides of a replay.

#include <vector>

#include "absl/types/span.h"
#include "bench/workloads/scalar.h"
#include "wengert/wengert.h"

namespace bench {

template <>
struct Kinks<wengert::Var> {
  static wengert::Var Relu(const wengert::Var& a) { return relu(a); }
  static wengert::Var Max(const wengert::Var& a, const wengert::Var& b) { return max(a, b); }
};

// Records `workload` at x on a cleared tape. `inputs` is room for its independents.
template <class Workload>
wengert::Var RecordAt(const Workload& workload, const double* x, wengert::Tape& tape,
                      std::vector<wengert::Var>& inputs) {
  tape.Clear();
  inputs.clear();
  for (size_t i = 0; i < workload.n(); ++i) inputs.push_back(tape.Input(x[i]));
  return workload(inputs.data());
}

}  // namespace bench

#endif  // BENCH_WORKLOADS_WENGERT_H_
