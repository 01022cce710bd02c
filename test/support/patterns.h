#ifndef WENGERT_TEST_SUPPORT_PATTERNS_H_
#define WENGERT_TEST_SUPPORT_PATTERNS_H_

// Symmetric patterns of any size, made in O(entries), and a function that has one: what colorings
// are tried on.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "test/support/functions.h"
#include "wengert/base/sparsity_pattern.h"

namespace wengert::testing {

inline SparsityPattern PatternOfRows(std::vector<std::vector<uint32_t>> rows) {
  SparsityPattern pattern;
  pattern.columns = rows.size();
  for (std::vector<uint32_t>& row : rows) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    pattern.column.insert(pattern.column.end(), row.begin(), row.end());
    pattern.row_begin.push_back(pattern.column.size());
  }
  return pattern;
}

// |i - j| <= half_width.
inline SparsityPattern BandGraph(size_t n, size_t half_width) {
  std::vector<std::vector<uint32_t>> rows(n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i - std::min(i, half_width); j <= std::min(i + half_width, n - 1); ++j) {
      rows[i].push_back(static_cast<uint32_t>(j));
    }
  }
  return PatternOfRows(std::move(rows));
}

// A dense first row and column, and the diagonal.
inline SparsityPattern ArrowGraph(size_t n) {
  std::vector<std::vector<uint32_t>> rows(n);
  for (size_t i = 0; i < n; ++i) {
    const auto at = static_cast<uint32_t>(i);
    rows[0].push_back(at);
    rows[i].push_back(0);
    rows[i].push_back(at);
  }
  return PatternOfRows(std::move(rows));
}

// A rectangle of five-point stars.
inline SparsityPattern GridGraph(size_t width, size_t height) {
  std::vector<std::vector<uint32_t>> rows(width * height);
  const auto join = [&](size_t i, size_t j) {
    rows[i].push_back(static_cast<uint32_t>(j));
    rows[j].push_back(static_cast<uint32_t>(i));
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    join(i, i);
    if (i % width + 1 < width) join(i, i + 1);
    if (i + width < rows.size()) join(i, i + width);
  }
  return PatternOfRows(std::move(rows));
}

// A ring of n vertices, each joined to `degree` others anywhere.
inline SparsityPattern MeshGraph(size_t n, size_t degree) {
  std::mt19937 random(17);
  std::vector<std::vector<uint32_t>> rows(n);
  const auto join = [&](size_t i, size_t j) {
    rows[i].push_back(static_cast<uint32_t>(j));
    rows[j].push_back(static_cast<uint32_t>(i));
  };
  for (size_t i = 0; i < n; ++i) {
    join(i, (i + 1) % n);
    for (size_t k = 0; k < degree / 2; ++k) join(i, random() % n);
  }
  return PatternOfRows(std::move(rows));
}

// A function on a random mesh of n points: a smooth energy for each of `edges` triples, at random.
inline Var MeshEnergy(Vars x, size_t edges) {
  std::mt19937 random(11);
  Var energy = 0.0;
  for (size_t k = 0; k < edges; ++k) {
    const Var& a = x[random() % x.size()];
    const Var& b = x[random() % x.size()];
    const Var& c = x[random() % x.size()];
    energy += square(sin(a) - b * c);
  }
  return energy;
}

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_PATTERNS_H_
