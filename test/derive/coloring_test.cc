#include "wengert/derive/coloring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "test/support/patterns.h"

namespace wengert {
namespace {

using Entries = std::set<std::pair<uint32_t, uint32_t>>;

SparsityPattern PatternOf(size_t rows, size_t columns, const Entries& entries) {
  SparsityPattern pattern;
  pattern.columns = columns;
  for (uint32_t i = 0; i < rows; ++i) {
    for (auto [row, column] : entries) {
      if (row == i) pattern.column.push_back(column);
    }
    pattern.row_begin.push_back(pattern.column.size());
  }
  return pattern;
}

SparsityPattern Symmetric(size_t n, Entries edges) {
  Entries both;
  for (auto [i, j] : edges) both.insert({{i, j}, {j, i}});
  for (uint32_t i = 0; i < n; ++i) both.insert({i, i});
  return PatternOf(n, n, both);
}

Entries RandomEntries(std::mt19937& random, uint32_t rows, uint32_t columns, int count) {
  Entries entries;
  for (int k = 0; k < count; ++k) {
    const auto row = static_cast<uint32_t>(random() % rows);
    entries.insert({row, static_cast<uint32_t>(random() % columns)});
  }
  return entries;
}

size_t SumOfSquaredDegrees(const SparsityPattern& g) {
  size_t sum = 0;
  for (size_t v = 0; v < g.rows(); ++v) sum += g.Row(v).size() * g.Row(v).size();
  return sum;
}

bool IsProper(const SparsityPattern& g, const Coloring& c) {
  for (uint32_t v = 0; v < g.rows(); ++v) {
    for (uint32_t w : g.Row(v)) {
      if (v != w && c.color[v] == c.color[w]) return false;
    }
  }
  return true;
}

// Every path v - w - x - y has three colors.
bool IsStar(const SparsityPattern& g, const Coloring& c) {
  for (uint32_t w = 0; w < g.rows(); ++w) {
    for (uint32_t x : g.Row(w)) {
      if (x == w) continue;
      for (uint32_t v : g.Row(w)) {
        for (uint32_t y : g.Row(x)) {
          if (v == w || v == x || y == x || y == w || v == y) continue;
          if (c.color[v] == c.color[x] && c.color[w] == c.color[y]) return false;
        }
      }
    }
  }
  return true;
}

// Peeling vertices of degree one off any two colors leaves nothing.
bool IsAcyclic(const SparsityPattern& g, const Coloring& c) {
  for (uint32_t a = 0; a < c.count; ++a) {
    for (uint32_t b = a + 1; b < c.count; ++b) {
      std::vector<bool> gone(g.rows());
      const auto degree = [&](uint32_t v) {
        return std::count_if(g.Row(v).begin(), g.Row(v).end(), [&](uint32_t w) {
          return w != v && !gone[w] && (c.color[w] == a || c.color[w] == b);
        });
      };
      bool changed = true;
      while (changed) {
        changed = false;
        for (uint32_t v = 0; v < g.rows(); ++v) {
          if (gone[v] || (c.color[v] != a && c.color[v] != b) || degree(v) > 1) continue;
          gone[v] = changed = true;
        }
      }
      for (uint32_t v = 0; v < g.rows(); ++v) {
        if (!gone[v] && (c.color[v] == a || c.color[v] == b)) return false;
      }
    }
  }
  return true;
}

bool SeparatesRows(const SparsityPattern& p, const Coloring& c) {
  std::set<std::pair<uint32_t, uint32_t>> seen;
  for (uint32_t i = 0; i < p.rows(); ++i) {
    for (uint32_t j : p.Row(i)) {
      if (!seen.insert({j, c.color[i]}).second) return false;
    }
  }
  return true;
}

TEST(ColoringTest, ColoringsOfRandomMatricesAreWhatTheyClaim) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    const auto n = 2 + static_cast<uint32_t>(random() % 30);
    const SparsityPattern g = Symmetric(n, RandomEntries(random, n, n, round));
    const Coloring star = StarColoring(g), acyclic = AcyclicColoring(g);
    EXPECT_TRUE(IsProper(g, star) && IsStar(g, star)) << round;
    EXPECT_TRUE(IsProper(g, acyclic) && IsAcyclic(g, acyclic)) << round;
    const SparsityPattern p = PatternOf(n, 9, RandomEntries(random, n, 9, round));
    EXPECT_TRUE(SeparatesRows(p, ColorRows(p, Transposed(p)))) << round;
  }
}

TEST(ColoringTest, TheCheckersSeeAWrongColoring) {
  const SparsityPattern path = Symmetric(4, {{0, 1}, {1, 2}, {2, 3}});
  EXPECT_FALSE(IsProper(path, {{0, 0, 1, 2}, 3}));
  EXPECT_FALSE(IsStar(path, {{0, 1, 0, 1}, 2}));
  EXPECT_TRUE(IsAcyclic(path, {{0, 1, 0, 1}, 2}));
  const SparsityPattern ring = Symmetric(4, {{0, 1}, {1, 2}, {2, 3}, {3, 0}});
  EXPECT_FALSE(IsAcyclic(ring, {{0, 1, 0, 1}, 2}));
  EXPECT_FALSE(SeparatesRows(path, {{0, 1, 1, 2}, 3}));
}

TEST(ColoringTest, ANearlyDenseMatrixIsColoredAsADenseOne) {
  Entries all;
  for (uint32_t i = 0; i < 60; ++i) {
    for (uint32_t j = 0; j < i; j += 2) all.insert({i, j});
  }
  EXPECT_EQ(StarColoring(Symmetric(60, all)).count, 60u);
  EXPECT_EQ(AcyclicColoring(Symmetric(60, all)).count, 60u);
}

TEST(ColoringTest, KnownGraphsNeedTheirKnownNumberOfColors) {
  Entries path, arrow, grid;
  const uint32_t n = 40;
  for (uint32_t i = 0; i + 1 < n; ++i) path.insert({i, i + 1});
  for (uint32_t i = 1; i < n; ++i) arrow.insert({0, i});
  EXPECT_EQ(StarColoring(Symmetric(n, path)).count, 3u);
  EXPECT_EQ(AcyclicColoring(Symmetric(n, path)).count, 2u);
  EXPECT_EQ(StarColoring(Symmetric(n, arrow)).count, 2u);
  EXPECT_EQ(AcyclicColoring(Symmetric(n, arrow)).count, 2u);
  EXPECT_EQ(StarColoring(Symmetric(n, {})).count, 1u);
  const SparsityPattern band = Symmetric(n, path);
  EXPECT_EQ(ColorRows(band, Transposed(band)).count, 3u);
  EXPECT_EQ(StarColoring(SparsityPattern()).count, 0u);
}

// Counted, not timed; two orders are tried.
TEST(ColoringTest, ColoringCostsAtMostTheSumOfSquaredDegrees) {
  for (const auto& [n, degree] :
       {std::pair{300u, 60u}, {1000u, 150u}, {2000u, 40u}, {20000u, 6u}}) {
    const SparsityPattern g = testing::MeshGraph(n, degree);
    const size_t bound = 2 * SumOfSquaredDegrees(g);
    EXPECT_LE(StarColoring(g).steps, 2 * bound) << n;
    EXPECT_LE(AcyclicColoring(g).steps, 2 * bound) << n;
    EXPECT_LE(ColorRows(g, g).steps, bound) << n;
    EXPECT_GT(StarColoring(g).steps, g.size());
  }
}

TEST(ColoringTest, AHubOfFewColorsCostsNoMoreThanItsEntries) {
  const SparsityPattern arrow = testing::ArrowGraph(100000);
  const Coloring star = StarColoring(arrow), acyclic = AcyclicColoring(arrow);
  EXPECT_EQ(star.count, 2u);
  EXPECT_EQ(acyclic.count, 2u);
  EXPECT_LE(star.steps, 8 * arrow.size());
  EXPECT_LE(acyclic.steps, 8 * arrow.size());
}

// A dense block among many vertices has as many colors as rows, which is known before its vertices'
// neighbors' neighbors are looked at.
TEST(ColoringTest, ADenseBlockCostsNoMoreThanItsEntries) {
  for (const uint32_t block : {200u, 800u}) {
    SparsityPattern g;
    g.columns = 8 * block;
    for (uint32_t v = 0; v < g.columns; ++v) {
      if (v >= block) g.column.push_back(v);
      for (uint32_t w = 0; v < block && w < block; ++w) g.column.push_back(w);
      g.row_begin.push_back(g.column.size());
    }
    for (const Coloring& coloring : {StarColoring(g), AcyclicColoring(g), ColorRows(g, g)}) {
      EXPECT_EQ(coloring.count, block);
      EXPECT_LE(coloring.steps, 80 * g.size());
    }
  }
}

}  // namespace
}  // namespace wengert
