// Scalar code against the table's rules, one number at a time, and what targets may do to each
// other.

#include "wengert/program/scalar_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "wengert/program/evaluate.h"

namespace wengert::program {
namespace {

using ::testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A program of one block over these cells.
struct Subject {
  Blocks blocks;
  std::vector<double> memory;

  Subject(std::vector<double> cells, Graph graph, Order order = Order::kAny, uint32_t count = 1)
      : memory(std::move(cells)) {
    blocks.cells = static_cast<Cell>(memory.size());
    blocks.blocks.emplace_back();
    auto body = std::make_shared<BlockBody>();
    body->graph = std::move(graph);
    body->order = order;
    block().body = body;
    block().count = count;
  }
  Block& block() { return blocks.blocks[0]; }

  bool Run() {
    ScalarRoom room(blocks, memory.size());
    const ScalarCode code(blocks, block(), room);
    std::vector<double> all = memory;
    all.resize(room.end(), kNan);
    std::copy(room.constants().begin(), room.constants().end(),
              all.begin() + static_cast<ptrdiff_t>(room.first_constant()));
    const bool passed = code.Execute(blocks, block(), all.data());
    std::copy_n(all.begin(), memory.size(), memory.begin());
    return passed;
  }
};

Source Stream(Cell at) { return {Access::kStream, at, 0}; }

TEST(ScalarCode, EveryOperationAndPartial) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0.0, 2.0);
  int tried = 0;
  for (int number = 1; number < kOpCount; ++number) {
    const Op op = static_cast<Op>(number);
    for (int partial = -1; partial < ArityOf(op); ++partial) {
      Graph graph;
      Instruction node = {op, static_cast<int8_t>(partial), {}};
      std::vector<double> x;
      for (int k = 0; k < node.arity(); ++k) {
        graph.nodes.push_back(Instruction::Leaf(static_cast<uint32_t>(k)));
        node.operands[k] = Operand::Node(static_cast<uint32_t>(k));
        x.push_back(normal(random));
      }
      graph.roots = {Operand::Node(static_cast<uint32_t>(graph.nodes.size()))};
      graph.nodes.push_back(node);
      std::vector<double> cells = x;
      cells.push_back(kNan);
      Subject subject(cells, graph);
      for (Cell k = 0; k < x.size(); ++k) subject.block().leaves.push_back({Access::kCell, k, 0});
      const auto last = static_cast<Cell>(x.size());
      subject.block().targets = {{Effect::kStore, {Access::kCell, last, 0}}};
      ASSERT_TRUE(subject.Run());
      const double expected = Compute(op, partial, x.data());
      EXPECT_EQ(std::bit_cast<uint64_t>(subject.memory.back()), std::bit_cast<uint64_t>(expected))
          << InfoOf(op).text << ", partial " << partial;
      ++tried;
    }
  }
  EXPECT_GT(tried, 140);
}

// Two cells change places: each root is what the cell held before.
TEST(ScalarCode, TargetsDontSeeEachOther) {
  Graph graph;
  graph.nodes = {Instruction::Leaf(0), Instruction::Leaf(1)};
  graph.roots = {Operand::Node(1), Operand::Node(0), Operand::Node(0)};
  Subject subject({3.0, 5.0, 10.0}, graph);
  subject.block().leaves = {{Access::kCell, 0, 0}, {Access::kCell, 1, 0}};
  subject.block().targets = {{Effect::kStore, {Access::kCell, 0, 0}},
                             {Effect::kStore, {Access::kCell, 1, 0}},
                             {Effect::kAdd, {Access::kCell, 2, 0}}};
  EXPECT_TRUE(subject.Run());
  EXPECT_THAT(subject.memory, ElementsAre(5.0, 3.0, 13.0));
}

Graph LeafTimesTwoPlusOne() {
  Graph graph;
  graph.constants = {2.0, 1.0};
  graph.nodes = {Instruction::Leaf(0),
                 {Op::kMul, -1, {Operand::Node(0), Operand::Constant(0)}},
                 {Op::kAdd, -1, {Operand::Node(1), Operand::Constant(1)}}};
  graph.roots = {Operand::Node(2)};
  return graph;
}

TEST(ScalarCode, IterationsInTheirOrder) {
  Subject up({1.0, 0.0, 0.0, 0.0}, LeafTimesTwoPlusOne(), Order::kAscending, 3);
  up.block().leaves = {Stream(0)};
  up.block().targets = {{Effect::kStore, Stream(1)}};
  EXPECT_TRUE(up.Run());
  EXPECT_THAT(up.memory, ElementsAre(1.0, 3.0, 7.0, 15.0));

  Subject down({0.0, 0.0, 0.0, 1.0}, LeafTimesTwoPlusOne(), Order::kDescending, 3);
  down.block().leaves = {Stream(1)};
  down.block().targets = {{Effect::kAdd, Stream(0)}};
  EXPECT_TRUE(down.Run());
  EXPECT_THAT(down.memory, ElementsAre(15.0, 7.0, 3.0, 1.0));
}

// Of three leaves, one is read by two nodes and one by none.
TEST(ScalarCode, LeavesThatAreReadTwiceOrNever) {
  Graph graph;
  graph.nodes = {Instruction::Leaf(2),
                 Instruction::Leaf(2),
                 Instruction::Leaf(0),
                 {Op::kMul, -1, {Operand::Node(0), Operand::Node(2)}},
                 {Op::kSub, -1, {Operand::Node(3), Operand::Node(1)}}};
  graph.roots = {Operand::Node(4)};
  for (uint32_t count : {1u, 2u}) {
    Subject subject({5.0, 7.0, 3.0, 0.0, 0.0}, graph, Order::kAscending, count);
    subject.block().leaves = {Stream(0), Stream(1), {Access::kCell, 2, 0}};
    subject.block().targets = {{Effect::kStore, Stream(3)}};
    EXPECT_TRUE(subject.Run());
    EXPECT_THAT(subject.memory, ElementsAre(5.0, 7.0, 3.0, 12.0, count == 1 ? 0.0 : 18.0));
  }
}

TEST(ScalarCode, TablesAndColumns) {
  Graph graph;
  graph.nodes = {Instruction::Leaf(0),
                 Instruction::Leaf(1),
                 {Op::kSub, -1, {Operand::Node(0), Operand::Node(1)}}};
  graph.roots = {Operand::Node(2), Operand::Node(0)};
  Subject subject({8.0, 9.0, 0.0, 0.0}, graph, Order::kAscending, 2);
  subject.blocks.tables = {{1, 0}};
  subject.blocks.columns = {{0.5, 0.25}, {9.0, 8.0}};
  subject.block().leaves = {{Access::kTable, 0, 0}, {Access::kColumn, 0, 0}};
  subject.block().targets = {{Effect::kStore, Stream(2)},
                             {Effect::kCheck, {Access::kColumn, 1, 0}}};
  EXPECT_TRUE(subject.Run());
  EXPECT_THAT(subject.memory, ElementsAre(8.0, 9.0, 8.5, 7.75));
}

TEST(ScalarCode, ChecksFailWhereTheRootDiffersOrIsNan) {
  for (uint32_t count : {1u, 2u}) {
    for (double found : {2.0, kNan}) {
      Graph graph;
      graph.nodes = {Instruction::Leaf(0)};
      graph.roots = {Operand::Node(0)};
      Subject subject({1.0, 1.0}, graph, Order::kAscending, count);
      subject.blocks.columns = {{1.0, 1.0}};
      subject.block().leaves = {Stream(0)};
      subject.block().targets = {{Effect::kCheck, {Access::kColumn, 0, 0}}};
      EXPECT_TRUE(subject.Run());
      subject.memory[count - 1] = found;
      EXPECT_FALSE(subject.Run()) << count << " iterations, " << found;
    }
  }
}

}  // namespace
}  // namespace wengert::program
