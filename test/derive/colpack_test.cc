// Our colorings beside ColPack's, where that is installed: as valid (coloring_test), and with about
// as few colors.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/support/patterns.h"
#include "wengert/derive/coloring.h"

#ifdef WENGERT_HAVE_COLPACK
#include "ColPackHeaders.h"
#endif

namespace wengert {
namespace {

#ifdef WENGERT_HAVE_COLPACK

struct Named {
  std::string name;
  SparsityPattern pattern;
};

const std::vector<Named>& Graphs() {
  static const auto* graphs = new std::vector<Named>{
      {"band of 1", testing::BandGraph(500, 1)},    {"band of 4", testing::BandGraph(500, 4)},
      {"arrow", testing::ArrowGraph(300)},          {"grid", testing::GridGraph(30, 20)},
      {"sparse mesh", testing::MeshGraph(1000, 6)}, {"mesh", testing::MeshGraph(1000, 30)},
      {"dense mesh", testing::MeshGraph(400, 60)},
  };
  return *graphs;
}

// Rows that begin with their length.
class AdolcRows {
 public:
  explicit AdolcRows(const SparsityPattern& pattern) {
    for (size_t i = 0; i < pattern.rows(); ++i) {
      std::vector<unsigned> row = {static_cast<unsigned>(pattern.Row(i).size())};
      row.insert(row.end(), pattern.Row(i).begin(), pattern.Row(i).end());
      rows_.push_back(std::move(row));
    }
    for (std::vector<unsigned>& row : rows_) pointers_.push_back(row.data());
  }
  unsigned** data() { return pointers_.data(); }
  int size() const { return static_cast<int>(rows_.size()); }

 private:
  std::vector<std::vector<unsigned>> rows_;
  std::vector<unsigned*> pointers_;
};

uint32_t ColPackColors(const SparsityPattern& graph, const std::string& kind) {
  int best = 0;
  for (const char* order : {"NATURAL", "LARGEST_FIRST"}) {
    AdolcRows rows(graph);
    ColPack::GraphColoringInterface coloring(SRC_MEM_ADOLC, rows.data(), rows.size());
    coloring.Coloring(order, kind);
    const int colors = coloring.GetVertexColorCount();
    if (best == 0 || colors < best) best = colors;
  }
  return static_cast<uint32_t>(best);
}

uint32_t ColPackColumnColors(const SparsityPattern& pattern) {
  int best = 0;
  for (const char* order : {"NATURAL", "LARGEST_FIRST"}) {
    AdolcRows rows(pattern);
    ColPack::BipartiteGraphPartialColoringInterface coloring(
        SRC_MEM_ADOLC, rows.data(), rows.size(), static_cast<int>(pattern.columns));
    coloring.PartialDistanceTwoColoring(order, "COLUMN_PARTIAL_DISTANCE_TWO");
    const int colors = coloring.GetVertexColorCount();
    if (best == 0 || colors < best) best = colors;
  }
  return static_cast<uint32_t>(best);
}

// A tenth more and one: greedy choices among equals differ.
uint32_t AboutAsFewAs(uint32_t colors) { return colors + colors / 10 + 1; }

TEST(ColPackTest, StarColoringsNeedAboutAsFewColors) {
  for (const auto& [name, graph] : Graphs()) {
    const uint32_t theirs = ColPackColors(graph, "STAR"), ours = StarColoring(graph).count;
    EXPECT_GT(theirs, 1u) << name;
    EXPECT_LE(ours, AboutAsFewAs(theirs)) << name;
    RecordProperty(name, std::to_string(ours) + " and " + std::to_string(theirs));
  }
}

TEST(ColPackTest, AcyclicColoringsNeedAboutAsFewColors) {
  for (const auto& [name, graph] : Graphs()) {
    const uint32_t theirs = ColPackColors(graph, "ACYCLIC"), ours = AcyclicColoring(graph).count;
    EXPECT_GT(theirs, 1u) << name;
    EXPECT_LE(ours, AboutAsFewAs(theirs)) << name;
  }
}

TEST(ColPackTest, ColumnColoringsNeedAboutAsFewColors) {
  for (const auto& [name, graph] : Graphs()) {
    const uint32_t theirs = ColPackColumnColors(graph);
    const uint32_t ours = ColorRows(Transposed(graph), graph).count;
    EXPECT_GT(theirs, 1u) << name;
    EXPECT_LE(ours, AboutAsFewAs(theirs)) << name;
  }
}

#else

TEST(ColPackTest, IsComparedWith) { GTEST_SKIP() << "without libcolpack-dev"; }

#endif

}  // namespace
}  // namespace wengert
