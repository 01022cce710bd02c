#ifndef WENGERT_SWEEP_RECORDS_H_
#define WENGERT_SWEEP_RECORDS_H_

// The reverse sweep of ReverseSweep<double>, over a tape's records instead of its nodes.

#include <cstddef>
#include <cstdint>

#include "wengert/tape/stream.h"

namespace wengert {

// `adjoints` holds the seeds of the records up to `root`, which ends before `end`; the sweep leaves
// in it the adjoints of all of them, down to the first that is a stop. adjoints[-1] is there, 0,
// and becomes NaN or infinite if an independent's adjoint is.
void ReverseRecords(const Word* end, uint32_t root, const Cell* primals, double* adjoints);

// Whether a product of two partials of a record underflows in that sweep, whatever the seeds are:
// one from seeds of 0, where nothing else can. An adjoint that fades away is no reason to worry.
// `adjoints` are zeros, adjoints[-1] among them, and may be anything after.
bool PartialsUnderflow(const Word* end, uint32_t root, const Cell* primals, double* adjoints);

}  // namespace wengert

#endif  // WENGERT_SWEEP_RECORDS_H_
