#ifndef WENGERT_OPS_RING_H_
#define WENGERT_OPS_RING_H_

// The operations that are sums of products of their operands, as such sums: what a pass needs to
// know to gather them into one instruction, without knowing which operations there are.
//
//   a - b = +a -b        a * b = +ab        fma(a, b, c) = +ab +c

#include <cstdint>

#include "absl/types/span.h"
#include "wengert/ops/op.h"

namespace wengert {

// sign * x, or sign * x * y; x and y are numbers of operands, y is -1 where there is none.
struct RingTerm {
  int8_t sign;
  int8_t x;
  int8_t y = -1;
};

// Empty for an operation that isn't such a sum.
absl::Span<const RingTerm> RingTermsOf(Op op);

// Whether op adds its operand k, as it is, to something that operand isn't part of: a link of a
// chain of additions.
bool IsAddend(Op op, int k);

}  // namespace wengert

#endif  // WENGERT_OPS_RING_H_
