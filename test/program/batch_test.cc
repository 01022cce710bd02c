// Many points in lanes: each as the tape has it, whatever is beside it.

#include "wengert/program/batch.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "bench/workloads/random_expression.h"
#include "bench/workloads/rosenbrock.h"
#include "bench/workloads/wengert.h"
#include "gtest/gtest.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using Model = std::function<Var(absl::Span<const Var>)>;

struct Results {
  std::vector<double> values, gradients;
  std::vector<uint8_t> holds;
};

// A recording at x0, and batches of it.
class Recorded {
 public:
  Recorded(const Model& model, const std::vector<double>& x0, const std::vector<double>& p = {})
      : n_(x0.size()), p_(p) {
    inputs_ = tape_.Inputs(x0);
    const std::vector<Var> parameters = tape_.Inputs(p);
    inputs_.insert(inputs_.end(), parameters.begin(), parameters.end());
    y_ = model(inputs_);
    tape_.Stop();
  }

  std::unique_ptr<const Batch> Build(const BatchOptions& options = {}) const {
    auto batch = Batch::Build(tape_, n_, Operand::Node(tape_.NodeOf(y_, "test")), options);
    EXPECT_TRUE(batch.ok()) << batch.status();
    return *std::move(batch);
  }

  Results Evaluate(const Batch& batch, const std::vector<double>& points, size_t k) const {
    Results results = {std::vector<double>(k, -7.0), std::vector<double>(k * n_, -7.0),
                       std::vector<uint8_t>(k, 7)};
    batch.Gradient(points, p_, absl::MakeSpan(results.values), absl::MakeSpan(results.gradients),
                   absl::MakeSpan(results.holds), *batch.MakeWorkspace());
    return results;
  }
  Results Evaluate(const std::vector<double>& points, size_t k) const {
    return Evaluate(*Build(), points, k);
  }

  // Each point of `points` by a replay of the tape.
  void ExpectTheTapes(const Results& results, const std::vector<double>& points) {
    for (size_t i = 0; i < results.values.size(); ++i) {
      std::vector<double> at(points.begin() + static_cast<ptrdiff_t>(i * n_),
                             points.begin() + static_cast<ptrdiff_t>((i + 1) * n_));
      at.insert(at.end(), p_.begin(), p_.end());
      ASSERT_TRUE(tape_.Replay(at).ok());
      const Adjoints& adjoints = tape_.Backward(y_);
      EXPECT_EQ(results.holds[i], 1);
      EXPECT_NEAR(results.values[i], tape_.Primal(y_), 1e-12 * std::abs(tape_.Primal(y_)));
      double norm = 0.0;
      for (size_t j = 0; j < n_; ++j) norm = std::max(norm, std::abs(adjoints[inputs_[j]]));
      for (size_t j = 0; j < n_; ++j) {
        EXPECT_NEAR(results.gradients[i * n_ + j], adjoints[inputs_[j]], 1e-11 * norm)
            << "point " << i << ", input " << j;
      }
    }
  }

 private:
  size_t n_;
  std::vector<double> p_;
  Tape tape_;
  std::vector<Var> inputs_;
  Var y_;
};

Model RandomModel(size_t inputs, size_t steps) {
  return [inputs, steps](absl::Span<const Var> x) {
    return bench::RandomExpression{inputs, steps}(x.data());
  };
}

std::vector<double> Points(size_t k, size_t n) { return bench::Uniform(k * n, 31, 0.5, 1.5); }

bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(BatchTest, EveryPointIsTheTapes) {
  for (size_t n : {1u, 3u, 8u, 10u, 17u}) {
    Recorded f(RandomModel(n, 120), bench::Uniform(n, 30, 0.5, 1.5));
    const std::vector<double> points = Points(141, n);
    f.ExpectTheTapes(f.Evaluate(points, 141), points);
  }
}

// Each point has the same bits alone, in any company, in blocks of any width, on every machine that
// has fused multiply-adds.
TEST(BatchTest, APointDoesNotDependOnTheOthers) {
  const size_t n = 5, most = 300;
  const Recorded f(RandomModel(n, 150), bench::Uniform(n, 30, 0.5, 1.5));
  const std::vector<double> points = Points(most, n);
  const Results all = f.Evaluate(points, most);
  for (const LaneKernels& kernels : AvailableKernels()) {
    if (kernels.isa == Isa::kBaseline) continue;
    for (uint32_t packs : {0u, 1u, 3u, 16u}) {
      const auto batch = f.Build({&kernels, packs});
      if (packs != 0) {
        EXPECT_EQ(batch->width(), packs * 8);
      }
      for (size_t k : {1u, 7u, 8u, 9u, 127u, 128u, 130u, 300u}) {
        const size_t first = (most - k) / 2;
        const auto begin = points.begin() + static_cast<ptrdiff_t>(first * n);
        const Results some = f.Evaluate(*batch, {begin, begin + static_cast<ptrdiff_t>(k * n)}, k);
        const auto value = all.values.begin() + static_cast<ptrdiff_t>(first);
        const auto gradient = all.gradients.begin() + static_cast<ptrdiff_t>(first * n);
        EXPECT_TRUE(SameBits(some.values, {value, value + static_cast<ptrdiff_t>(k)}));
        EXPECT_TRUE(SameBits(some.gradients, {gradient, gradient + static_cast<ptrdiff_t>(k * n)}))
            << kernels.name << ", " << packs << " packs, " << k << " points";
      }
    }
  }
}

// Which points fail a guard is known point by point.
TEST(BatchTest, AGuardFailsWhereItFails) {
  const Model model = [](absl::Span<const Var> x) {
    if (x[0] < x[1]) return exp(x[0]) * x[1];
    if (x[0] + x[1] < 3.0) return x[0] * x[0] - x[1];
    return log(x[0]);
  };
  Recorded f(model, {1.0, 0.5});
  const std::vector<double> points = {1.0, 0.5, 0.5, 1.0, 2.0, 1.5, 1.5, 1.0, 1.0, 1.0};
  const Results results = f.Evaluate(points, 5);
  EXPECT_EQ(results.holds, (std::vector<uint8_t>{1, 0, 0, 1, 1}));
  EXPECT_EQ(results.values[3], 1.25);
  EXPECT_EQ(results.gradients[6], 3.0);
  EXPECT_EQ(results.gradients[7], -1.0);
}

TEST(BatchTest, ANanAtAGuardIsNoMatch) {
  const Model model = [](absl::Span<const Var> x) {
    if (x[0] < 1.0) return x[0] * 2.0;
    return x[0] * 3.0;
  };
  Recorded f(model, {0.5});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(f.Evaluate({0.5, nan, 0.25, 2.0}, 4).holds, (std::vector<uint8_t>{1, 0, 1, 0}));
}

// A value or a gradient that isn't finite is left to others, the points beside it are not.
TEST(BatchTest, WhatIsNotFiniteDoesNotHold) {
  const Model model = [](absl::Span<const Var> x) { return sqrt(x[0]) + 0.0 * x[1]; };
  Recorded f(model, {1.0, 1.0});
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> points = {4.0, 1.0, 0.0, 1.0, -1.0, 1.0, 9.0, inf, 16.0, 1.0};
  const Results results = f.Evaluate(points, 5);
  EXPECT_EQ(results.holds, (std::vector<uint8_t>{1, 0, 0, 0, 1}));
  EXPECT_EQ(results.values[4], 4.0);
  EXPECT_EQ(results.gradients[8], 0.125);
}

// The partial in an order is NaN at every point: found by test/fuzz/differential.cc.
TEST(BatchTest, APartialThatIsNanEverywhereDoesNotHold) {
  Recorded f([](absl::Span<const Var> x) { return polygamma(x[0], 1.8387); }, {0.0, 1.0});
  EXPECT_EQ(f.Evaluate({0.0, 1.0, 1.0, 1.0}, 2).holds, (std::vector<uint8_t>{0, 0}));
}

TEST(BatchTest, ParametersAreSharedByThePoints) {
  const Model model = [](absl::Span<const Var> x) { return x[0] * x[2] + sin(x[1]) * x[3]; };
  Recorded f(model, {1.0, 2.0}, {3.0, 4.0});
  const std::vector<double> points = Points(21, 2);
  f.ExpectTheTapes(f.Evaluate(points, 21), points);
}

TEST(BatchTest, UnusedInputsHaveNoGradient) {
  Recorded f([](absl::Span<const Var> x) { return x[1] * x[4]; }, {1.0, 2.0, 3.0, 4.0, 5.0});
  const std::vector<double> points = Points(11, 5);
  const Results results = f.Evaluate(points, 11);
  f.ExpectTheTapes(results, points);
  EXPECT_EQ(results.gradients[0], 0.0);
}

TEST(BatchTest, AnInputAsTheResult) {
  Recorded f([](absl::Span<const Var> x) { return x[1]; }, {1.0, 2.0});
  const Results results = f.Evaluate({1.0, 2.0, 3.0, 4.0}, 2);
  EXPECT_EQ(results.values, (std::vector<double>{2.0, 4.0}));
  EXPECT_EQ(results.gradients, (std::vector<double>{0.0, 1.0, 0.0, 1.0}));
}

TEST(BatchTest, NoPointsAndNoInputs) {
  Recorded f(RandomModel(3, 20), {1.0, 1.0, 1.0});
  EXPECT_TRUE(f.Evaluate({}, 0).values.empty());
  Recorded constant([](absl::Span<const Var> p) { return p[0] * p[0]; }, {}, {3.0});
  const Results results = constant.Evaluate({}, 9);
  EXPECT_EQ(results.values, std::vector<double>(9, 9.0));
  EXPECT_EQ(results.holds, std::vector<uint8_t>(9, 1));
}

TEST(BatchTest, NarrowBlocksForLongTapes) {
  const Recorded small(RandomModel(4, 50), {1.0, 1.0, 1.0, 1.0});
  const Recorded large(RandomModel(4, 20000), {1.0, 1.0, 1.0, 1.0});
  EXPECT_EQ(small.Build()->width(), 128u);
  EXPECT_LT(large.Build()->width(), 128u);
}

TEST(BatchTest, ManyInputs) {
  constexpr size_t n = 3000;
  std::vector<double> points(2 * n, 1.0), values(2), gradients(2 * n), expected(n);
  for (size_t i = 0; i < points.size(); ++i) points[i] += 1e-3 * static_cast<double>(i % 17);
  std::vector<uint8_t> holds(2);
  Tape tape;
  const std::vector<Var> inputs = tape.Inputs(absl::MakeConstSpan(points).subspan(0, n));
  const Var y = bench::Rosenbrock{n}(inputs.data());
  const auto batch = Batch::Build(tape, n, Operand::Node(tape.NodeOf(y, "test")));
  ASSERT_TRUE(batch.ok()) << batch.status();
  const auto workspace = (*batch)->MakeWorkspace();
  (*batch)->Gradient(points, {}, absl::MakeSpan(values), absl::MakeSpan(gradients),
                     absl::MakeSpan(holds), *workspace);
  for (size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(holds[k], 1);
    const double value = bench::Rosenbrock{n}.hand(points.data() + k * n, expected.data());
    EXPECT_NEAR(values[k], value, 1e-12 * value);
    for (size_t i = 0; i < n; ++i) {
      ASSERT_NEAR(gradients[k * n + i], expected[i], 1e-12 * (1.0 + std::fabs(expected[i])));
    }
  }
}

TEST(BatchTest, MoreInputsThanPlacesAreRefused) {
  constexpr size_t n = 200000;
  Tape tape;
  const std::vector<Var> x = tape.Inputs(std::vector<double>(n, 1.0));
  const Operand root = Operand::Node(tape.NodeOf(x[0] * x[1], "test"));
  EXPECT_EQ(Batch::Build(tape, n, root).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace wengert::program
