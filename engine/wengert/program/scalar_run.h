#ifndef WENGERT_PROGRAM_SCALAR_RUN_H_
#define WENGERT_PROGRAM_SCALAR_RUN_H_

// Runs words of scalar code (scalar_code.h):
//
//   code | to | operand ...     m[to] = op(m[operand], ...), or a partial of op, by the table's
//   rule kScalarStore | to | x       m[to] = m[x] kScalarAdd | to | x         m[to] += m[x]
//   kScalarCheck | to | x       whether m[to] == m[x]
//   kScalarEnd

#include <cstdint>

#include "wengert/ops/op.h"

namespace wengert::program {

inline constexpr uint32_t kScalarEnd = 0, kScalarStore = 1, kScalarAdd = 2, kScalarCheck = 3;
inline constexpr uint32_t kFirstScalarOperation = 4;
inline constexpr uint32_t kScalarCodes = kFirstScalarOperation + 4 * kOpCount;
inline constexpr int kMostOperands = 4;  // three, and the value where it is a partial

// Of op's value, where partial is -1, or its partial towards that operand.
constexpr uint32_t ScalarCodeOf(Op op, int partial) {
  return kFirstScalarOperation + 4 * static_cast<uint32_t>(op) + static_cast<uint32_t>(partial + 1);
}

// Whether all checks passed.
bool RunScalar(const uint32_t* words, double* m);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SCALAR_RUN_H_
