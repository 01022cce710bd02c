#include "wengert/program/repeats.h"

#include <cstring>

namespace wengert::program {
namespace {

using Code = Recording::Code;
constexpr uint32_t kChunk = 64;  // codes compared at once

bool SameChunk(const Code* a, const Code* b) {
  return std::memcmp(a, b, kChunk * sizeof(Code)) == 0;
}

// The first i in [begin, end) where the codes differ from those a period on, or end.
uint32_t MatchForward(const Code* codes, uint32_t period, uint32_t begin, uint32_t end) {
  uint32_t i = begin;
  while (end - i >= kChunk && SameChunk(codes + i, codes + i + period)) i += kChunk;
  while (i < end && codes[i] == codes[i + period]) ++i;
  return i;
}

// The begin of the longest match within [begin, end) that reaches to end.
uint32_t MatchBackward(const Code* codes, uint32_t period, uint32_t begin, uint32_t end) {
  uint32_t i = end;
  while (i - begin >= kChunk && SameChunk(codes + i - kChunk, codes + i - kChunk + period)) {
    i -= kChunk;
  }
  while (i > begin && codes[i - 1] == codes[i - 1 + period]) --i;
  return i;
}

}  // namespace

void FindRepeats(const Recording& recording, Interval where, uint32_t period, uint32_t min_periods,
                 std::vector<Interval>& repeats, uint64_t& visits) {
  const uint64_t shortest = uint64_t{period} * min_periods;
  if (where.size() < shortest) return;
  const Code* codes = recording.codes.data();
  const uint32_t end = where.end - period;  // of what can be compared
  const uint32_t matches = static_cast<uint32_t>(shortest) - period;
  uint32_t begin = where.begin;  // of the repeat looked for
  uint32_t known = begin;        // [begin, known) is known to match
  while (end - begin >= matches) {
    const uint32_t match = MatchBackward(codes, period, known, begin + matches);
    visits += begin + matches - match;
    if (match > known) {
      known = begin + matches;
      begin = match;
      continue;
    }
    const uint32_t last = MatchForward(codes, period, begin + matches, end);
    visits += last - begin - matches;
    repeats.push_back({begin, last + period});
    begin = known = last < end ? last + 1 : end;
  }
}

}  // namespace wengert::program
