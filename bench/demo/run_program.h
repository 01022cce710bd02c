#ifndef BENCH_DEMO_RUN_PROGRAM_H_
#define BENCH_DEMO_RUN_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace bench {

// Runs words[0], looked up in PATH, with the other words as its arguments, in `directory`. NotFound
// where it isn't installed, Internal where it fails.
absl::Status RunProgram(const std::string& directory, std::vector<std::string> words);

}  // namespace bench

#endif  // BENCH_DEMO_RUN_PROGRAM_H_
