#ifndef BENCH_DEMO_COMPARISON_H_
#define BENCH_DEMO_COMPARISON_H_

#include "absl/status/status.h"

namespace bench {

// Prints a table: the time of a whole gradient, naive tree against tape, on expressions of growing
// size. Internal when the two disagree.
absl::Status CompareNaiveWithTape();

}  // namespace bench

#endif  // BENCH_DEMO_COMPARISON_H_
