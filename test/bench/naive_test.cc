// The naive tree does what "Micrograd in Haskell" does, at that price, and its gradients are the
// tape's to the last bit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bench/naive/tree.h"
#include "bench/naive/walk.h"
#include "test/bench/random_expression.h"
#include "wengert/wengert.h"

namespace bench::naive {

bool operator==(const Contribution& a, const Contribution& b) {
  return a.variable == b.variable && a.gradient == b.gradient;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kExpressions = 2000;
constexpr int kLeaves = 24;

std::string Shown(const Tree& tree) {
  std::ostringstream out;
  out << tree;
  return out.str();
}

std::vector<uint64_t> Bits(const std::vector<double>& numbers) {
  std::vector<uint64_t> bits;
  bits.reserve(numbers.size());
  for (double x : numbers) bits.push_back(std::bit_cast<uint64_t>(x));
  return bits;
}

std::vector<double> Draw(std::mt19937_64& random, size_t count) {
  std::uniform_real_distribution<double> uniform(-2.0, 2.0);
  std::vector<double> numbers(count);
  for (double& x : numbers) x = uniform(random);
  return numbers;
}

std::vector<double> DrawIntegers(std::mt19937_64& random, size_t count) {
  std::vector<double> numbers(count);
  for (double& x : numbers) x = static_cast<double>(random() % 5) - 2.0;
  return numbers;
}

// A leaf that takes the next of the variables, from the first again after the last.
template <class T>
auto InTurn(const std::vector<T>& variables) {
  return [&variables, next = size_t{0}]() mutable { return variables[next++ % variables.size()]; };
}

// The same expression as a tree and on a tape.
struct Pair {
  Pair(uint64_t seed, Sharing sharing, std::vector<double> at)
      : point(std::move(at)),
        tree(RandomExpression<Tree>(seed, sharing, kLeaves, InTurn(Variables(point)))),
        root(RandomExpression<wengert::Var>(seed, sharing, kLeaves, InTurn(tape.Inputs(point)))) {}

  // Writes into the point that the tree reads.
  void MoveTo(const std::vector<double>& at) {
    std::copy(at.begin(), at.end(), point.begin());
    ASSERT_TRUE(tape.Replay(point).ok());
  }
  std::vector<Contribution> Contributions() const { return Backward(tree, 1.0); }
  std::vector<double> TreeGradient() const { return SumPerVariable(Contributions(), point.size()); }
  std::vector<double> TapeGradient() { return tape.Backward(root).Gradient(); }

  std::vector<double> point;
  wengert::Tape tape;
  Tree tree;
  wengert::Var root;
};

TEST(NaiveTreeTest, DifferentiatesTheSeedsExample) {
  const std::vector<double> point = {-4.0, 2.0};
  const std::vector<Tree> x = Variables(point);
  const Tree c = x[0] * x[1] + 3.0;
  EXPECT_EQ(Evaluate(c), -5.0);
  EXPECT_EQ(Evaluate(relu(c)), 0.0);
  EXPECT_THAT(Backward(c, 1.0), ElementsAre(Contribution{0, 2.0}, Contribution{1, -4.0}));
  EXPECT_THAT(SumPerVariable(Backward(relu(c), 1.0), 2), ElementsAre(0.0, 0.0));
}

TEST(NaiveTreeTest, ALiteralIsAConstantAndANegativeOneItsNegation) {
  EXPECT_EQ(Shown(4.0), "Constant 4");
  EXPECT_EQ(Shown(-4.0), "Negate (Constant 4)");
  EXPECT_EQ(Evaluate(-4.0), -4.0);
  EXPECT_THAT(Backward(-4.0, 1.0), IsEmpty());
}

TEST(NaiveTreeTest, OperatorsBuildTheSixConstructors) {
  const std::vector<double> point = {1.0, 2.0};
  const std::vector<Tree> x = Variables(point);
  EXPECT_EQ(Shown(relu(x[0] * x[1] + 3.0)), "ReLU (Add (Multiply (Var 0) (Var 1)) (Constant 3))");
  EXPECT_EQ(Shown(x[0] - x[1]), "Add (Var 0) (Negate (Var 1))");
}

TEST(NaiveTreeTest, VariablesWithEqualValuesStayApart) {
  const std::vector<double> point = {3.0, 3.0};
  const std::vector<Tree> x = Variables(point);
  EXPECT_THAT(SumPerVariable(Backward(x[0] * 5.0 + x[1], 1.0), 2), ElementsAre(5.0, 1.0));
}

TEST(NaiveTreeTest, AVariableFollowsThePoint) {
  std::vector<double> point = {3.0};
  const Tree x = Variables(point)[0];
  const Tree square = x * x;
  EXPECT_EQ(Evaluate(square), 9.0);
  point[0] = 5.0;
  EXPECT_EQ(Evaluate(square), 25.0);
}

TEST(NaiveTreeTest, BackwardGivesOnePairForEveryPathFromLeftToRight) {
  const std::vector<double> point = {2.0, 7.0};
  const std::vector<Tree> x = Variables(point);
  const Tree square = x[0] * x[0];
  EXPECT_THAT(Backward(square * x[1] + square, 1.0),
              ElementsAre(Contribution{0, 14.0}, Contribution{0, 14.0}, Contribution{1, 4.0},
                          Contribution{0, 2.0}, Contribution{0, 2.0}));
}

TEST(NaiveTreeTest, PairsAreSummedFromTheLastToTheFirst) {
  const double half_ulp = std::numeric_limits<double>::epsilon() / 2.0;
  const std::vector<Contribution> pairs = {{0, 1.0}, {0, half_ulp}, {0, half_ulp}};
  EXPECT_THAT(SumPerVariable(pairs, 1), ElementsAre(1.0 + 2.0 * half_ulp));
}

TEST(NaiveTreeTest, AChainOfProductsIsEvaluatedAgainAtEveryLevel) {
  for (size_t depth : {2u, 3u, 10u, 300u}) {
    const std::vector<double> point(depth, 1.0);
    const std::vector<Tree> x = Variables(point);
    Tree y = x[0];
    for (size_t i = 1; i < depth; ++i) y = y * x[i];
    EXPECT_EQ(EvaluationsOfEvaluate(y), depth - 1);
    EXPECT_EQ(EvaluationsOfBackward(y), (depth - 1) * (depth - 2) / 2);
    EXPECT_EQ(CountNodes(y), 2 * depth - 1);
  }
}

TEST(NaiveTreeTest, ASharedSquareIsWalkedOnceForEveryPath) {
  for (size_t k : {1u, 2u, 5u, 12u}) {
    const std::vector<double> point = {1.0};
    Tree y = Variables(point)[0];
    for (size_t i = 0; i < k; ++i) y = y * y;
    const size_t paths = size_t{1} << k;
    EXPECT_EQ(EvaluationsOfEvaluate(y), paths - 1);
    EXPECT_EQ(EvaluationsOfBackward(y), k * paths + 2 - 2 * paths);
    EXPECT_EQ(Backward(y, 1.0).size(), paths);
    EXPECT_EQ(CountNodes(y), k + 1) << "in memory a shared subtree is one object";
  }
}

TEST(NaiveAgainstTapeTest, ValuesAgreeToTheLastBitAtEveryPoint) {
  std::mt19937_64 random(1);
  for (uint64_t seed = 0; seed < kExpressions; ++seed) {
    Pair pair(seed, Sharing::kSubtrees, Draw(random, 5));
    EXPECT_EQ(Bits({Evaluate(pair.tree)}), Bits({pair.root.value()})) << "seed " << seed;
    pair.MoveTo(Draw(random, 5));
    EXPECT_EQ(Bits({Evaluate(pair.tree)}), Bits({pair.tape.Primal(pair.root)})) << "seed " << seed;
  }
}

// A variable for every occurrence: no sum is rounded, and each pair is one adjoint of the tape.
TEST(NaiveAgainstTapeTest, GradientsOfOccurrencesAgreeToTheLastBit) {
  std::mt19937_64 random(2);
  for (uint64_t seed = 0; seed < kExpressions; ++seed) {
    Pair pair(seed, Sharing::kNone, Draw(random, kLeaves));
    EXPECT_EQ(Bits(pair.TreeGradient()), Bits(pair.TapeGradient())) << "seed " << seed;
  }
}

// Shared variables and subtrees at integers: the two sum in different orders, but every sum is
// exact.
TEST(NaiveAgainstTapeTest, GradientsOfExactSumsAgreeToTheLastBit) {
  std::mt19937_64 random(3);
  for (uint64_t seed = 0; seed < kExpressions; ++seed) {
    Pair pair(seed, Sharing::kSubtrees, DrawIntegers(random, 5));
    EXPECT_EQ(Bits(pair.TreeGradient()), Bits(pair.TapeGradient())) << "seed " << seed;
  }
}

// In between, both round the sum of the same paths, each path a product of at most kLeaves
// factors: they differ by at most a rounding for each term and factor, relative to the sum of the
// terms' magnitudes.
TEST(NaiveAgainstTapeTest, GradientsOfRoundedSumsAgreeToTheRoundings) {
  std::mt19937_64 random(4);
  for (uint64_t seed = 0; seed < kExpressions; ++seed) {
    Pair pair(seed, Sharing::kSubtrees, Draw(random, 5));
    std::vector<double> magnitudes(5);
    for (const Contribution& c : pair.Contributions()) {
      magnitudes[c.variable] += std::abs(c.gradient);
    }
    const std::vector<double> tree = pair.TreeGradient();
    const std::vector<double> tape = pair.TapeGradient();
    for (size_t i = 0; i < 5; ++i) {
      const double bound = 2 * kLeaves * std::numeric_limits<double>::epsilon() * magnitudes[i];
      EXPECT_NEAR(tree[i], tape[i], bound) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace bench::naive
