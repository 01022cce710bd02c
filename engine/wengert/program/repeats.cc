#include "wengert/program/repeats.h"

#include <cstring>

namespace wengert::program {
namespace {

constexpr uint32_t kChunk = 64;  // operations compared at once

bool SameChunk(const Op* a, const Op* b) { return std::memcmp(a, b, kChunk * sizeof(Op)) == 0; }

// The first i in [begin, end) where the operations differ from those a period on, or end.
uint32_t MatchForward(const Op* ops, uint32_t period, uint32_t begin, uint32_t end) {
  uint32_t i = begin;
  while (end - i >= kChunk && SameChunk(ops + i, ops + i + period)) i += kChunk;
  while (i < end && ops[i] == ops[i + period]) ++i;
  return i;
}

// The begin of the longest match within [begin, end) that reaches to end.
uint32_t MatchBackward(const Op* ops, uint32_t period, uint32_t begin, uint32_t end) {
  uint32_t i = end;
  while (i - begin >= kChunk && SameChunk(ops + i - kChunk, ops + i - kChunk + period)) {
    i -= kChunk;
  }
  while (i > begin && ops[i - 1] == ops[i - 1 + period]) --i;
  return i;
}

}  // namespace

void FindRepeats(const Recording& recording, Interval where, uint32_t period, uint32_t min_periods,
                 std::vector<Interval>& repeats, uint64_t& visits) {
  const uint64_t shortest = uint64_t{period} * min_periods;
  if (where.size() < shortest) return;
  const Op* ops = recording.ops.data();
  const uint32_t end = where.end - period;  // of what can be compared
  const uint32_t matches = static_cast<uint32_t>(shortest) - period;
  uint32_t begin = where.begin;  // of the repeat looked for
  uint32_t known = begin;        // [begin, known) is known to match
  while (end - begin >= matches) {
    const uint32_t match = MatchBackward(ops, period, known, begin + matches);
    visits += begin + matches - match;
    if (match > known) {
      known = begin + matches;
      begin = match;
      continue;
    }
    const uint32_t last = MatchForward(ops, period, begin + matches, end);
    visits += last - begin - matches;
    repeats.push_back({begin, last + period});
    begin = known = last < end ? last + 1 : end;
  }
}

}  // namespace wengert::program
