#ifndef WENGERT_PROGRAM_LIMITS_H_
#define WENGERT_PROGRAM_LIMITS_H_

// How large a program may be. What appends to one throws TooLarge where names of nodes, constants
// or cells would end; what compiles answers it with a Status, and the tape is swept as before.

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "wengert/tape/node.h"

namespace wengert::program {

inline constexpr size_t kMostNodes = Operand::kConstantBit - 1;    // of a graph
inline constexpr uint64_t kMostCells = Operand::kConstantBit / 2;  // of a program

struct TooLarge {
  const char* what;

  absl::Status status() const;
};

[[noreturn]] void ThrowTooLarge(const char* what);

// The index of what is added to `size` nodes, or constants.
inline uint32_t NextIndex(size_t size) {
  if (size >= kMostNodes) ThrowTooLarge("nodes");
  return static_cast<uint32_t>(size);
}

// So many cells, if there are as many.
inline uint32_t CheckedCells(uint64_t cells) {
  if (cells > kMostCells) ThrowTooLarge("cells");
  return static_cast<uint32_t>(cells);
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LIMITS_H_
