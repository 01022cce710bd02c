#ifndef WENGERT_SWEEP_FORWARD_RECORDS_H_
#define WENGERT_SWEEP_FORWARD_RECORDS_H_

// The forward sweep of ForwardSweep<double>, over a tape's records instead of its nodes.

#include <cstdint>

#include "wengert/tape/stream.h"

namespace wengert {

// Recomputes the primals of the records from `first` on, which begin at `at` in the stream and have
// these codes, up to a kBottomCode. The primals before them, and those of independents and
// constants among them, must stand in `primals`.
void ForwardRecords(const uint16_t* codes, const Word* at, uint32_t first, Cell* primals);

}  // namespace wengert

#endif  // WENGERT_SWEEP_FORWARD_RECORDS_H_
