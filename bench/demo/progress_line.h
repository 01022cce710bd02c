#ifndef BENCH_DEMO_PROGRESS_LINE_H_
#define BENCH_DEMO_PROGRESS_LINE_H_

#include <chrono>
#include <cstdint>

#include "bench/demo/training.h"

namespace bench {

// How far a training is. On a terminal it is a line with a bar that is overwritten, at most twenty
// times a second; elsewhere a plain line after each tenth of the steps. The last step always leaves
// its line.
class ProgressLine {
 public:
  explicit ProgressLine(uint64_t steps);
  void Show(uint64_t step, const Progress& progress);

 private:
  uint64_t steps_;
  bool live_;
  std::chrono::steady_clock::time_point begin_, shown_;
};

}  // namespace bench

#endif  // BENCH_DEMO_PROGRESS_LINE_H_
