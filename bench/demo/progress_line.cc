#include "bench/demo/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace bench {
namespace {

std::string Bar(uint64_t step, uint64_t steps) {
  constexpr uint64_t kWidth = 20;
  const uint64_t done = kWidth * step / steps;
  return absl::StrCat("[", std::string(done, '#'), std::string(kWidth - done, '.'), "] ");
}

}  // namespace

ProgressLine::ProgressLine(uint64_t steps)
    : steps_(steps), live_(isatty(STDOUT_FILENO) == 1), begin_(std::chrono::steady_clock::now()) {}

void ProgressLine::Show(uint64_t step, const Progress& progress) {
  const bool last = step == steps_;
  const auto now = std::chrono::steady_clock::now();
  const bool due = live_ ? now - shown_ > std::chrono::milliseconds(50)
                         : step % std::max(steps_ / 10, uint64_t{1}) == 0;
  if (!due && !last) return;
  shown_ = now;
  absl::PrintF("%sstep %*d/%d  loss %8.5f  accuracy %6.2f %%",
               live_ ? absl::StrCat("\r", Bar(step, steps_)) : "",
               absl::StrFormat("%d", steps_).size(), step, steps_, progress.loss,
               100.0 * progress.accuracy);
  const std::chrono::duration<double> elapsed = now - begin_;
  if (step > 0 && elapsed.count() > 0) {
    const double rate = static_cast<double>(step) / elapsed.count();
    absl::PrintF("  %6.0f steps/s  %5.1f s left", rate, static_cast<double>(steps_ - step) / rate);
  }
  if (live_) absl::PrintF("\033[K");
  if (!live_ || last) absl::PrintF("\n");
  std::fflush(stdout);
}

}  // namespace bench
