#include "bench/demo/progress_line.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_format.h"

namespace bench {
namespace {

constexpr uint64_t kPlainInterval = 10;

}  // namespace

ProgressLine::ProgressLine(uint64_t steps)
    : steps_(steps), live_(isatty(STDOUT_FILENO) == 1), begin_(std::chrono::steady_clock::now()) {}

void ProgressLine::Show(uint64_t step, const Progress& progress) {
  const bool last = step == steps_;
  if (!live_ && !last && step % kPlainInterval != 0) return;
  absl::PrintF("%sstep %*d/%d  loss %8.5f  accuracy %6.2f %%", live_ ? "\r" : "",
               absl::StrFormat("%d", steps_).size(), step, steps_, progress.loss,
               100.0 * progress.accuracy);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
  if (step > 0 && elapsed.count() > 0) {
    const double rate = static_cast<double>(step) / elapsed.count();
    absl::PrintF("  %6.0f steps/s", rate);
    if (live_) absl::PrintF("  ETA %5.1f s", static_cast<double>(steps_ - step) / rate);
  }
  if (live_) absl::PrintF("\033[K");
  if (!live_ || last) absl::PrintF("\n");
  std::fflush(stdout);
}

}  // namespace bench
