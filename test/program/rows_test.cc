// Tables that stand side by side are found, and a loop that reads and adds to them as rows gives
// what the tape gives, on every width.

#include "wengert/program/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "bench/workloads/wengert.h"
#include "wengert/program/compile.h"
#include "wengert/program/graph_builder.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Vector = std::vector<double>;

// A loop that reads a leaf by each table, and adds to the same cells, 100 further on.
Rows RowsByTables(std::vector<std::vector<uint32_t>> tables) {
  BodyBuilder body;
  const auto count = static_cast<uint32_t>(tables[0].size());
  for (uint32_t t = 0; t < tables.size(); ++t) {
    const Operand leaf = body.Leaf({Access::kTable, t});
    body.Root(body.Append({Op::kMul, -1, {leaf, leaf}}), {Effect::kAdd, {Access::kTable, t, 100}});
  }
  Blocks blocks;
  BodyPool pool;
  blocks.tables = std::move(tables);
  return RowsOf(blocks, std::move(body).Finished(count, pool));
}

TEST(RowsOf, FieldsOfARecordAreARow) {
  const Rows rows = RowsByTables({{12, 2, 7}, {10, 0, 5}, {11, 1, 6}});
  EXPECT_THAT(rows.leaves, ElementsAre(ElementsAre(1, 2, 0)));
  EXPECT_EQ(rows.roots, rows.leaves);
}

TEST(RowsOf, OneIterationApartIsNoRow) {
  const Rows rows = RowsByTables({{10, 0, 5}, {11, 1, 7}});
  EXPECT_THAT(rows.leaves, IsEmpty());
  EXPECT_THAT(rows.roots, IsEmpty());
}

// Where two rows begin in the same cell they are told apart by the other iterations.
TEST(RowsOf, TwoRowsMayMeet) {
  const Rows rows = RowsByTables({{4, 20}, {4, 30}, {5, 21}, {5, 31}});
  EXPECT_THAT(rows.leaves, ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3)));
}

TEST(RowsOf, ALongRowIsTakenInParts) {
  std::vector<std::vector<uint32_t>> tables;
  for (uint32_t t = 0; t < 11; ++t) tables.push_back({t, 40 + t});
  const Rows rows = RowsByTables(tables);
  EXPECT_THAT(rows.leaves, ElementsAre(ElementsAre(0, 1, 2, 3, 4, 5, 6, 7), ElementsAre(8, 9, 10)));
}

// Points of `width` coordinates; each pair of some that repeat adds a distance.
struct Distances {
  size_t width;
  size_t n() const { return 50 * width; }
  Vector x0() const {
    Vector x;
    for (size_t i = 0; i < n(); ++i) x.push_back(std::sin(static_cast<double>(i * i)));
    return x;
  }
  template <class T>
  T operator()(const T* x) const {
    T sum = 0.0;
    for (size_t k = 0; k < 133; ++k) {
      const T* const a = x + width * (k * 7 % 50);
      const T* const b = x + width * (k * k % 49 + 1);
      T squares = 1.0;
      for (size_t c = 0; c < width; ++c) squares += (a[c] - b[c]) * (a[c] - b[c]);
      sum += sqrt(squares);
    }
    return sum;
  }
};

TEST(RowsOf, GradientsByRowsAreTheTapesOnEveryWidth) {
  for (size_t width = 2; width <= 11; ++width) {
    const Distances distances{width};
    const Vector x = distances.x0();
    Tape tape;
    std::vector<Var> inputs;
    const Var y = bench::RecordAt(distances, x.data(), tape, inputs);
    const Adjoints& expected = tape.Backward(y);
    const Operand root = Operand::Node(tape.NodeOf(y, "test"));
    for (const LaneKernels& kernels : AvailableKernels()) {
      const auto compiled = Compiled::Compile(tape, x.size(), {root}, {.kernels = &kernels});
      ASSERT_TRUE(compiled.ok()) << compiled.status();
      EXPECT_THAT((*compiled)->Listing(), HasSubstr("gather rows"));
      EXPECT_THAT((*compiled)->Listing(), HasSubstr("scatter rows"));
      const auto workspace = (*compiled)->MakeWorkspace();
      Vector gradient(x.size());
      double value = 0.0;
      ASSERT_TRUE(
          (*compiled)->Gradient(x, {1.0}, *workspace, {&value, 1}, absl::MakeSpan(gradient)));
      EXPECT_NEAR(value, tape.Primal(y), 1e-12 * std::abs(value));
      for (size_t i = 0; i < x.size(); ++i) {
        ASSERT_NEAR(gradient[i], expected[inputs[i]], 1e-12)
            << kernels.name << ", width " << width << ", input " << i;
      }
    }
  }
}

}  // namespace
}  // namespace wengert::program
