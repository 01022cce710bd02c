#ifndef WENGERT_EMBED_SPARSE_STRUCTURE_H_
#define WENGERT_EMBED_SPARSE_STRUCTURE_H_

// Where solvers want a matrix's structure once and then only values. The matrix is the sum of some
// matrices, each of which may have another pattern where its function takes another branch:
//
//    structure            x x . x          entry k of a summand goes to position(k)
//    a summand            x . . x
//    another              . x . x

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/sparsity_pattern.h"
#include "wengert/derive/sparse.h"

namespace wengert {

class SparseStructure {
 public:
  enum class Part { kAll, kLowerTriangle };

  SparseStructure(size_t rows, size_t columns, Part part) : part_(part) {
    pattern_.columns = columns;
    pattern_.row_begin.assign(rows + 1, 0);
  }

  const SparsityPattern& pattern() const { return pattern_; }
  size_t size() const { return pattern_.size(); }
  size_t version() const { return version_; }  // how often it has grown

  // The columns of row i that are meant.
  absl::Span<const uint32_t> PartOf(absl::Span<const uint32_t> columns, size_t row) const {
    if (part_ == Part::kAll) return columns;
    const auto end = std::upper_bound(columns.begin(), columns.end(), row);
    return columns.first(static_cast<size_t>(end - columns.begin()));
  }

  // Takes in the entries of a pattern of as many rows; whether it grew. O(entries of both).
  bool Grow(const SparsityPattern& other) {
    SparsityPattern sum;
    sum.columns = pattern_.columns;
    for (size_t i = 0; i < pattern_.rows(); ++i) {
      const absl::Span<const uint32_t> a = pattern_.Row(i), b = PartOf(other.Row(i), i);
      std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(sum.column));
      sum.row_begin.push_back(sum.column.size());
    }
    if (sum.size() == size()) return false;
    pattern_ = std::move(sum);
    ++version_;
    return true;
  }

  // Calls entry(row, column) for each entry in order.
  template <class Entry>
  void ForEach(Entry&& entry) const {
    for (size_t i = 0; i < pattern_.rows(); ++i) {
      for (uint32_t j : pattern_.Row(i)) entry(i, size_t{j});
    }
  }

 private:
  Part part_;
  SparsityPattern pattern_;
  size_t version_ = 0;
};

// Where the entries of one summand go. Found again only when its pattern or the structure changes.
class SummandPositions {
 public:
  // False if the structure lacks an entry of the pattern.
  bool Find(const SparsityPattern& pattern, const SparseStructure& structure) {
    if (version_ == structure.version() && pattern_ == pattern) return true;
    version_ = kNone;
    position_.assign(pattern.size(), kNone);
    for (size_t i = 0; i < pattern.rows(); ++i) {
      size_t at = structure.pattern().row_begin[i];
      const size_t end = structure.pattern().row_begin[i + 1];
      const absl::Span<const uint32_t> columns = structure.PartOf(pattern.Row(i), i);
      for (size_t k = 0; k < columns.size(); ++k, ++at) {
        while (at < end && structure.pattern().column[at] < columns[k]) ++at;
        if (at == end || structure.pattern().column[at] != columns[k]) return false;
        position_[pattern.row_begin[i] + k] = at;
      }
    }
    pattern_ = pattern;
    version_ = structure.version();
    return true;
  }

  // sum[position(k)] += summand[k]
  void AddTo(absl::Span<double> sum, absl::Span<const double> summand) const {
    for (size_t k = 0; k < position_.size(); ++k) {
      if (position_[k] != kNone) sum[position_[k]] += summand[k];
    }
  }

 private:
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();

  SparsityPattern pattern_;
  size_t version_ = kNone;
  std::vector<size_t> position_;
};

}  // namespace wengert

#endif  // WENGERT_EMBED_SPARSE_STRUCTURE_H_
