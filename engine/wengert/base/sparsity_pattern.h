#ifndef WENGERT_BASE_SPARSITY_PATTERN_H_
#define WENGERT_BASE_SPARSITY_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace wengert {

// Compressed rows: the columns of row i's entries, ascending.
struct SparsityPattern {
  size_t columns = 0;                   // of the matrix
  std::vector<size_t> row_begin = {0};  // where each row begins, and their end
  std::vector<uint32_t> column;         // of each entry

  size_t rows() const { return row_begin.size() - 1; }  // of the matrix
  size_t size() const { return column.size(); }         // entries
  absl::Span<const uint32_t> Row(size_t i) const {      // its columns
    return {column.data() + row_begin[i], row_begin[i + 1] - row_begin[i]};
  }

  friend bool operator==(const SparsityPattern&, const SparsityPattern&) = default;
};

}  // namespace wengert

#endif  // WENGERT_BASE_SPARSITY_PATTERN_H_
