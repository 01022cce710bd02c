#ifndef WENGERT_PROGRAM_PERIODS_H_
#define WENGERT_PROGRAM_PERIODS_H_

// Which periods may a recording have? Equal pieces of it vote, with the distance they lie apart:
//
//   ops      .. a b c a b c a b c x y a b c a b c a b c x y ..
//            the window "abca" is seen again after 3, 3, ..: the inner loop's period
//            the window "bcxy" is seen again after 11, ..:   the outer loop's
//
// Windows of one length see one level of nesting, so there are several lengths, each eight times
// the one before; of the long ones a sample is enough, chosen by content, so that equal windows are
// both in it or both not. A loop whose operations are all equal shows its period in its operands
// only, so the first windows are taken of the operations with their nearby operands, too; and
// chains that take turns show theirs in the distance from link to link.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/recording.h"

namespace wengert::program {

// At most kMaxPeriods candidates, the most promising first; each fits at least min_count times into
// one of the intervals. Some may be no period of anything. The operations looked at are added to
// visits.
inline constexpr size_t kMaxPeriods = 40;
std::vector<uint32_t> LikelyPeriods(const Recording& recording, absl::Span<const Interval> where,
                                    uint32_t min_count, uint64_t& visits);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_PERIODS_H_
