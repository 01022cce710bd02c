#include "wengert/program/turns.h"

namespace wengert::program {
namespace {

constexpr size_t kMaxPeriod = 8;
constexpr size_t kFewest = 3;  // times that several take turns

size_t TimesOf(absl::Span<const uint32_t> sequence, size_t first, size_t period) {
  size_t end = first + period;
  while (end < sequence.size() && sequence[end] == sequence[end - period]) ++end;
  return (end - first) / period;
}

}  // namespace

std::vector<Turns> TurnsOf(absl::Span<const uint32_t> sequence) {
  std::vector<Turns> all;
  for (size_t first = 0; first < sequence.size(); first = all.back().end()) {
    all.push_back({first, 1, TimesOf(sequence, first, 1)});
    for (size_t period = 2; period <= kMaxPeriod && all.back().times == 1; ++period) {
      if (first + kFewest * period > sequence.size()) break;
      const size_t times = TimesOf(sequence, first, period);
      if (times >= kFewest) all.back() = {first, period, times};
    }
  }
  return all;
}

}  // namespace wengert::program
