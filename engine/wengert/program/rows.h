#ifndef WENGERT_PROGRAM_ROWS_H_
#define WENGERT_PROGRAM_ROWS_H_

// Tables of a loop that stand side by side: in every iteration each reads, or adds to, the cell
// behind that of the one before, as the fields of a record do. They are loaded as rows.

#include <cstdint>
#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

struct Rows {
  static constexpr size_t kMaxWidth = 8;

  // Each row: leaves, or roots that are added to, by the order of their cells; at least two.
  std::vector<std::vector<uint32_t>> leaves, roots;

  friend auto operator<=>(const Rows&, const Rows&) = default;
};

// O(tables x iterations).
Rows RowsOf(const Blocks& blocks, const Block& block);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ROWS_H_
