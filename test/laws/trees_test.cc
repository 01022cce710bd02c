// Functions with long chains answer alike in both tiers, wherever they are evaluated.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/support/loopy_generator.h"
#include "wengert/base/sanitized.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Inputs = absl::Span<const Var>;
using Vector = std::vector<double>;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kSubnormal = 1e-300;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool IsLong() { return std::getenv("WENGERT_LONG_TESTS") != nullptr; }

// A chain: what it does, from where, over which of the terms.
struct Chain {
  Op op = Op::kMax;
  double start = 1.0;
  bool starts_with_input = false;
  int term = 0;
  bool is_reversed = false;
};

// One or two chains through one loop of x and z, and what is made of their results.
class RandomProgram {
 public:
  explicit RandomProgram(uint64_t seed) : random_(seed) {
    n_ = Below(3) == 0 ? 64 + Below(300) : 60 + Below(80);
    const size_t chains = 1 + Below(2);
    for (size_t k = 0; k < chains; ++k) chains_.push_back(AnyChain());
    result_ = Below(4);
    is_interrupted_ = Below(4) == 0;
    for (const Chain& chain : chains_) {
      absl::StrAppend(&text_, InfoOf(chain.op).text, " from ", chain.start, " of terms ",
                      chain.term, ", ");
    }
    absl::StrAppend(&text_, n_, " terms, result ", result_);
  }

  size_t inputs() const { return 2 * n_; }
  const std::string& text() const { return text_; }

  Var operator()(Inputs x) const {
    std::vector<Var> values;
    for (const Chain& chain : chains_) {
      values.push_back(chain.starts_with_input ? x[5] : Var(chain.start));
    }
    Var sum = 0.0;
    for (size_t k = 0; k < n_; ++k) {
      for (size_t c = 0; c < chains_.size(); ++c) {
        const Var term = TermOf(chains_[c].term, x[k], x[n_ + k]);
        std::vector<Var> operands = {values[c], term};
        if (chains_[c].is_reversed) std::swap(operands[0], operands[1]);
        values[c] = testing::Applied(chains_[c].op, operands);
      }
      if (is_interrupted_ && k == n_ / 2) sum += values[0];
    }
    for (const Var& value : values) sum += ResultOf(value, x[0]);
    if (result_ == 3) {
      for (size_t k = 0; k < n_; ++k) sum += exp(x[k] - values[0]);
    }
    return sum;
  }

  // Ordinary, with ties, with special numbers, or with sizes of all kinds.
  Vector PointOf(int kind) {
    static constexpr double kEdges[] = {kNan, kInf, -kInf, 0.0, -0.0, 1e300, -1e-310, 5e-324};
    std::uniform_real_distribution<double> size(0.75, 1.3), exponent(-30.0, 30.0);
    Vector x(inputs());
    for (double& each : x) each = size(random_) * (Below(2) == 0 || kind == 4 ? 1.0 : -1.0);
    const size_t changes = Below(kind == 2 ? 4 : n_);
    for (size_t k = 0; k < changes && kind > 0 && kind < 4; ++k) {
      const size_t to = Below(x.size());
      if (kind == 1) {
        x[to] = x[(to + 1) % n_] = Below(2) == 0 ? 1.5 : -1.5;
        x[n_ + (to + 1) % n_] = x[(n_ + to) % x.size()];
      }
      if (kind == 2) x[to] = kEdges[Below(std::size(kEdges))];
      if (kind == 3) x[to] = std::pow(10.0, exponent(random_));
    }
    return x;
  }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }

  Chain AnyChain() {
    std::vector<Op> ops;
    for (int op = 0; op < kOpCount; ++op) {
      if (HasTrait(static_cast<Op>(op), kAssociates)) ops.push_back(static_cast<Op>(op));
    }
    static constexpr double kStarts[] = {1.0, 0.0, -kInf, kInf, 0.5, -2.0, -1e300};
    Chain chain;
    chain.op = ops[Below(ops.size())];
    chain.start = kStarts[Below(std::size(kStarts))];
    chain.starts_with_input = Below(3) == 0;
    chain.term = static_cast<int>(Below(5));
    chain.is_reversed = Below(2) == 0;
    return chain;
  }

  static Var TermOf(int kind, const Var& x, const Var& z) {
    switch (kind) {
      case 0:
        return x;
      case 1:
        return x * z;
      case 2:
        return exp(0.1 * x) * 0.95;
      case 3:
        return abs(x);
      default:
        return 0.5 * x + 0.5 * z;
    }
  }

  Var ResultOf(const Var& value, const Var& x) const {
    switch (result_) {
      case 0:
        return value;
      case 1:
        return value * x;
      case 2:
        return tanh(value * 0.125);
      default:
        return value * value;
    }
  }

  std::mt19937_64 random_;
  size_t n_ = 0;
  std::vector<Chain> chains_;
  uint64_t result_ = 0;
  bool is_interrupted_ = false;
  std::string text_;
};

struct Answers {
  double value = 0.0;
  Vector gradient, jvp, hvp;
};

Answers AnswersOf(const Function& f, const Vector& x) {
  Answers answers{0.0, Vector(x.size()), Vector(1), Vector(x.size())};
  Vector v;
  for (size_t k = 0; k < x.size(); ++k) v.push_back(1.0 - 0.25 * static_cast<double>(k % 7));
  answers.value = f.Gradient(x, absl::MakeSpan(answers.gradient));
  f.Jvp(x, v, absl::MakeSpan(answers.jvp));
  f.Hvp(x, v, absl::MakeSpan(answers.hvp));
  return answers;
}

double LargestOf(const Vector& x) {
  double largest = 0.0;
  for (double each : x) largest = std::max(largest, std::abs(each));
  return largest;
}

void ExpectAlike(const Vector& actual, const Vector& expected, double tolerance, const char* what) {
  for (size_t k = 0; k < actual.size(); ++k) {
    if (std::isnan(expected[k])) {
      ASSERT_TRUE(std::isnan(actual[k])) << what << " " << k << " is " << actual[k];
    } else if (std::isinf(expected[k])) {
      ASSERT_EQ(actual[k], expected[k]) << what << " " << k;
    } else {
      ASSERT_NEAR(actual[k], expected[k], kSubnormal + tolerance + 1e-10 * std::abs(expected[k]))
          << what << " " << k;
    }
  }
}

class TreeLaws : public ::testing::TestWithParam<uint64_t> {};

TEST_P(TreeLaws, BothTiersAnswerAlike) {
  const uint64_t programs = IsLong() ? 3000 : WENGERT_SANITIZED ? 15 : 60;
  size_t trees = 0, answers = 0, refusals = 0;
  for (uint64_t seed = GetParam() * programs; seed < (GetParam() + 1) * programs; ++seed) {
    RandomProgram program(seed);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", program.text()));
    const Vector x0 = program.PointOf(4);
    const Function compiled = Function::Record(program, x0, {.compile_after = 0});
    const Function nodes =
        Function::Record(program, x0, {.compile_after = FunctionOptions::kNever});
    if (compiled.Explain().find("as trees") == std::string::npos) continue;
    ++trees;
    for (int kind : {4, 0, 1, 2, 3, 1, 2, 4}) {
      SCOPED_TRACE(absl::StrCat("a point of kind ", kind));
      const Vector x = program.PointOf(kind);
      const int64_t before = compiled.statistics().compiled_evaluations;
      const Answers actual = AnswersOf(compiled, x), expected = AnswersOf(nodes, x);
      ++(compiled.statistics().compiled_evaluations > before ? answers : refusals);
      ExpectAlike({actual.value}, {expected.value}, 1e-11, "value");
      ExpectAlike(actual.gradient, expected.gradient, 1e-12 * LargestOf(expected.gradient),
                  "gradient");
      ExpectAlike(actual.jvp, expected.jvp, 1e-10 * LargestOf(expected.gradient), "J v");
      if (kind != 3) {  // where curvatures of all sizes cancel
        ExpectAlike(actual.hvp, expected.hvp, 1e-10 * LargestOf(expected.hvp), "H v");
      }
      if (HasFailure()) return;
    }
  }
  const std::string figures =
      absl::StrCat(trees, " programs with trees, ", answers, " answers, ", refusals, " refusals");
  RecordProperty("tally", figures);
  std::printf("%s\n", figures.c_str());
  EXPECT_GT(trees, programs / 3);
  EXPECT_GT(answers, 2 * trees);
  EXPECT_GT(refusals, trees / 2);
}

INSTANTIATE_TEST_SUITE_P(Part, TreeLaws, ::testing::Range<uint64_t>(0, 4));

}  // namespace
}  // namespace wengert
