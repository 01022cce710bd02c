#include "wengert/sweep/sparsity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "test/support/functions.h"
#include "wengert/derive/dense.h"
#include "wengert/sweep/node_set.h"

namespace wengert {
namespace {

using Rows = std::vector<std::vector<uint32_t>>;

Rows RowsOf(const SparsityPattern& pattern) {
  Rows rows;
  for (size_t i = 0; i < pattern.rows(); ++i) {
    rows.emplace_back(pattern.Row(i).begin(), pattern.Row(i).end());
  }
  return rows;
}

std::vector<Operand> Nodes(const Tape& tape, const std::vector<Var>& vars) {
  std::vector<Operand> nodes;
  for (const Var& v : vars) {
    nodes.push_back(v.is_constant() ? Operand::Constant(0) : Operand::Node(tape.NodeOf(v, "test")));
  }
  return nodes;
}

Rows JacobianRows(const Tape& tape, const std::vector<Var>& y) {
  return RowsOf(JacobianPattern(tape, Nodes(tape, y)));
}
Rows HessianRows(const Tape& tape, const std::vector<Var>& y) {
  return RowsOf(HessianPattern(tape, Nodes(tape, y)));
}

TEST(SparsityTest, DependenciesPassThroughEverythingButFlatOperations) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.5, 2, 3});
  EXPECT_EQ(JacobianRows(tape, {sin(x[0]) + x[2], floor(x[0]) * x[1], Var(3.0), x[1], x[1]}),
            (Rows{{0, 2}, {1}, {}, {1}, {1}}));
  EXPECT_EQ(JacobianRows(tape, {}), Rows{});
}

TEST(SparsityTest, LinearPartsContributeNothingToTheHessian) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.5, 2, 3, 4});
  EXPECT_EQ(HessianRows(tape, {2.0 * x[0] - x[1] + x[2] / 3.0}), (Rows{{}, {}, {}, {}}));
  EXPECT_EQ(HessianRows(tape, {x[0] * x[2] + x[1]}), (Rows{{2}, {}, {0}, {}}));
  EXPECT_EQ(HessianRows(tape, {x[0] / x[1]}), (Rows{{1}, {0, 1}, {}, {}}));
  EXPECT_EQ(HessianRows(tape, {fma(x[0], x[1], x[2])}), (Rows{{1}, {0}, {}, {}}));
  EXPECT_EQ(HessianRows(tape, {abs(x[0]) + max(x[1], x[2]) + relu(x[3])}), (Rows{{}, {}, {}, {}}));
  EXPECT_EQ(HessianRows(tape, {abs(x[0] * x[1])}), (Rows{{1}, {0}, {}, {}}));
  EXPECT_EQ(HessianRows(tape, {floor(x[0] * x[1]) * x[2]}), (Rows{{}, {}, {}, {}}));
  EXPECT_EQ(HessianRows(tape, {sin(x[0] + x[3])}), (Rows{{0, 3}, {}, {}, {0, 3}}));
  EXPECT_EQ(HessianRows(tape, {(x[0] + x[1]) * (x[1] + x[2])}),
            (Rows{{1, 2}, {0, 1, 2}, {0, 1}, {}}));
}

TEST(SparsityTest, TheHessianPatternIsTheUnionOverTheDependents) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.5, 2, 3});
  const Var dead = exp(x[2]);
  EXPECT_EQ(HessianRows(tape, {x[0] * x[0], x[0] * x[1], Var(1.0)}), (Rows{{0, 1}, {0}, {}}));
  EXPECT_EQ(HessianRows(tape, {dead * x[0]}), (Rows{{2}, {}, {0, 2}}));
}

TEST(SparsityTest, WhatIsNonZeroIsInThePattern) {
  for (const auto& [name, f, x0] : testing::Zoo()) {
    SCOPED_TRACE(name);
    Tape tape;
    Workspace workspace;
    const std::vector<Var> y = f(tape.Inputs(x0));
    const size_t n = x0.size(), m = y.size();
    std::vector<double> jacobian(m * n), hessian(n * n), weights(m, 1.0);
    Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
    Hessian(tape, y, weights, absl::MakeSpan(hessian), workspace);
    const Rows rows = JacobianRows(tape, y), hessian_rows = HessianRows(tape, y);
    for (size_t i = 0; i < m; ++i) {
      for (uint32_t j = 0; j < n; ++j) {
        if (jacobian[i * n + j] == 0) continue;
        EXPECT_TRUE(std::binary_search(rows[i].begin(), rows[i].end(), j)) << i << " " << j;
      }
    }
    for (size_t i = 0; i < n; ++i) {
      for (uint32_t j = 0; j < n; ++j) {
        if (hessian[i * n + j] == 0) continue;
        EXPECT_TRUE(std::binary_search(hessian_rows[i].begin(), hessian_rows[i].end(), j));
      }
    }
  }
}

// More inputs than a mask has bits: blocks meet.
TEST(SparsityTest, ABandStaysABandAcrossBlocks) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(std::vector<double>(200, 0.5));
  const Rows rows = HessianRows(tape, {testing::ChainedRosenbrock(x)});
  for (uint32_t i = 0; i < 200; ++i) {
    std::vector<uint32_t> expected;
    for (uint32_t j = i == 0 ? 0 : i - 1; j <= std::min(i + 1, 199u); ++j) expected.push_back(j);
    EXPECT_EQ(rows[i], expected) << i;
  }
}

TEST(SparsityTest, TransposingTwiceIsNothing) {
  SparsityPattern pattern{4, {0, 2, 2, 5}, {1, 3, 0, 1, 2}};
  EXPECT_EQ(RowsOf(Transposed(pattern)), (Rows{{2}, {0, 2}, {2}, {0}}));
  EXPECT_EQ(Transposed(Transposed(pattern)), pattern);
}

// Cost is counted, not timed: visits grow as the entries do.
TEST(SparsityTest, DetectionVisitsOrderOfTheEntries) {
  for (size_t n : {1000u, 4000u, 16000u}) {
    Tape tape;
    const std::vector<Var> x = tape.Inputs(std::vector<double>(n, 0.5));
    size_t visits = 0;
    const Var y = testing::ChainedRosenbrock(x);
    const SparsityPattern band = HessianPattern(tape, Nodes(tape, {y}), &visits);
    EXPECT_EQ(band.size(), 3 * n - 2);
    EXPECT_LE(visits, 6 * band.size()) << n;
    visits = 0;
    Var arrow = 0.0;
    for (size_t i = 1; i < n; ++i) arrow += square(x[i] * x[0]);
    EXPECT_EQ(HessianPattern(tape, Nodes(tape, {arrow}), &visits).size(), 3 * n - 2);
    EXPECT_LE(visits, 6 * (3 * n - 2)) << n;
    visits = 0;
    const std::vector<Var> stencil = testing::Stencil(x);  // before the tape is viewed
    const SparsityPattern rows = JacobianPattern(tape, Nodes(tape, stencil), &visits);
    EXPECT_EQ(rows.size(), 3 * (n - 2));
    EXPECT_LE(visits, 6 * rows.size()) << n;
  }
}

TEST(NodeSetTest, VisitsInOrderWhatIsThereAndWhatIsAddedAhead) {
  NodeSet set(1000);
  for (uint32_t i : {700u, 3u, 64u, 63u}) set.Insert(i);
  std::vector<uint32_t> seen;
  set.Ascend([&](uint32_t i) {
    seen.push_back(i);
    if (i == 64) set.Insert(65), set.Insert(999);
  });
  EXPECT_EQ(seen, (std::vector<uint32_t>{3, 63, 64, 65, 700, 999}));
  seen.clear();
  set.Ascend([&](uint32_t i) { seen.push_back(i); });
  set.Descend([&](uint32_t i) { seen.push_back(i); });
  EXPECT_TRUE(seen.empty());
  set.Insert(500);
  set.Descend([&](uint32_t i) {
    seen.push_back(i);
    if (i > 450) set.Insert(i - 20), set.Insert(0);
  });
  EXPECT_EQ(seen, (std::vector<uint32_t>{500, 480, 460, 440, 0}));
}

}  // namespace
}  // namespace wengert
