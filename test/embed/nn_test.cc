#include "wengert/embed/nn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <vector>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert::nn {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;

Mlp Net(size_t inputs, const std::vector<size_t>& sizes, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  return Mlp(inputs, sizes, random);
}

template <class T>
std::string Text(const T& printed) {
  std::ostringstream out;
  out << printed;
  return out.str();
}

TEST(Mlp, MicrogradsNetworkHas337Parameters) {
  EXPECT_EQ(Net(2, {16, 16, 1}).parameters().size(), 337);
}

TEST(Mlp, PrintsItsStructure) {
  const Mlp net = Net(2, {16, 1});
  EXPECT_EQ(Text(net), "Mlp of [Layer of 16 ReLU neurons(2), Layer of 1 linear neuron(16)]");
  EXPECT_EQ(Text(net.layers()[0]), "Layer of 16 ReLU neurons(2)");
  EXPECT_EQ(Text(net.layers()[0].neurons()[3]), "ReLU neuron(2)");
}

TEST(Mlp, WeightsBeginUniformAndBiasesZero) {
  const Mlp net = Net(2, {16, 16, 1});
  double least = 1.0, most = -1.0;
  for (const Layer& layer : net.layers()) {
    for (const Neuron& neuron : layer.neurons()) {
      EXPECT_EQ(neuron.Bias(net.parameters()), 0.0);
      for (double w : neuron.Weights(net.parameters())) {
        least = std::min(least, w);
        most = std::max(most, w);
      }
    }
  }
  EXPECT_GE(least, -1.0);
  EXPECT_LT(most, 1.0);
  EXPECT_LT(least, -0.9);
  EXPECT_GT(most, 0.9);
}

TEST(Mlp, HesWeightsHaveVarianceTwoOverInputs) {
  std::mt19937_64 random(1);
  const Mlp net(96, {200, 1}, random, InitialWeights::kHe);
  double sum = 0.0, count = 0.0;
  for (const Neuron& neuron : net.layers()[0].neurons()) {
    EXPECT_EQ(neuron.Bias(net.parameters()), 0.0);
    for (double w : neuron.Weights(net.parameters())) {
      EXPECT_LE(std::abs(w), 0.25);
      sum += w * w;
      count += 1.0;
    }
  }
  EXPECT_NEAR(sum / count, 2.0 / 96.0, 5e-4);
}

TEST(Mlp, TheSeedDecidesTheParameters) {
  EXPECT_EQ(Net(2, {3, 1}, 5).parameters(), Net(2, {3, 1}, 5).parameters());
  EXPECT_NE(Net(2, {3, 1}, 5).parameters(), Net(2, {3, 1}, 6).parameters());
}

TEST(Mlp, EveryParameterBelongsToOneNeuron) {
  Mlp net = Net(3, {4, 2});
  for (double& p : net.parameters()) p = 0.0;
  for (const Layer& layer : net.layers()) {
    for (const Neuron& neuron : layer.neurons()) {
      for (double& w : neuron.Weights(net.parameters())) w += 1.0;
      neuron.Bias(net.parameters()) += 1.0;
    }
  }
  EXPECT_THAT(net.parameters(), Each(1.0));
}

// hidden: relu(1 + 2 x0 - x1), relu(-3 + x0 + x1); output: 0.5 + 4 h0 + 5 h1.
constexpr std::array<double, 9> kTiny = {2, -1, 1, 1, 1, -3, 4, 5, 0.5};

TEST(Mlp, ComputesWhatItsNeuronsSay) {
  const Mlp net = Net(2, {2, 1});
  EXPECT_THAT(net(kTiny, {1, 1}), ElementsAre(0.5 + 4 * 2 + 5 * 0));
  EXPECT_THAT(net(kTiny, {2, 3}), ElementsAre(0.5 + 4 * 2 + 5 * 2));
}

TEST(Mlp, TheLastLayerIsLinear) {
  EXPECT_THAT(Net(1, {1})(std::array<double, 2>{2.0, 1.0}, {-3}), ElementsAre(-5.0));
}

TEST(Mlp, RecordsTheNumbersItComputes) {
  const Mlp net = Net(2, {16, 16, 1});
  Tape tape;
  const Var score = net(tape.Inputs(net.parameters()), {0.3, -0.7})[0];
  EXPECT_EQ(score.value(), net(net.parameters(), {0.3, -0.7})[0]);
}

TEST(Mlp, RejectsWrongLengths) {
  const Mlp net = Net(2, {2, 1});
  EXPECT_THROW(net(kTiny, {1}), UsageError);
  EXPECT_THROW(net(std::vector<double>(8), {1, 1}), UsageError);
}

TEST(Mlp, RejectsEmptyStructures) {
  EXPECT_THROW(Net(0, {1}), UsageError);
  EXPECT_THROW(Net(2, {}), UsageError);
  EXPECT_THROW(Net(2, {3, 0, 1}), UsageError);
}

TEST(MaxMargin, IsTheMeanOfWhatIsMissingToOne) {
  const std::vector<double> scores = {3.0, 0.25, -1.0, 0.5};
  EXPECT_DOUBLE_EQ(MaxMargin(scores, {1, 1, 1, -1}), (0.0 + 0.75 + 2.0 + 1.5) / 4);
}

TEST(MaxMargin, RejectsScoresWithoutLabels) {
  const std::vector<double> none;
  EXPECT_THROW(MaxMargin(none, {}), UsageError);
  EXPECT_THROW(MaxMargin(std::vector<double>{1.0}, {1, 1}), UsageError);
}

TEST(CrossEntropy, IsMinusTheLogarithmOfTheSoftmax) {
  const std::vector<double> scores = {1.0, -2.0, 0.5};
  const double sum = std::exp(1.0) + std::exp(-2.0) + std::exp(0.5);
  EXPECT_NEAR(CrossEntropy(scores, std::vector<double>{0, 0, 1}), std::log(sum) - 0.5, 1e-15);
  EXPECT_NEAR(CrossEntropy(scores, std::vector<double>{0.25, 0.25, 0.5}), std::log(sum) - 0.0,
              1e-15);
}

TEST(CrossEntropy, OfLargeScoresIsFinite) {
  const std::vector<double> scores = {1000.0, -1000.0};
  EXPECT_EQ(CrossEntropy(scores, std::vector<double>{1, 0}), 0.0);
  EXPECT_EQ(CrossEntropy(scores, std::vector<double>{0, 1}), 2000.0);
}

TEST(CrossEntropy, RejectsScoresWithoutTargets) {
  const std::vector<double> none;
  EXPECT_THROW(CrossEntropy(none, none), UsageError);
  EXPECT_THROW(CrossEntropy(std::vector<double>{1.0}, std::vector<double>{0, 1}), UsageError);
}

// Rows of two inputs and three targets.
const std::vector<double> kBatch = {0.3, -0.7, 1, 0, 0, -1.2, 0.4, 0, 0, 1, 0.9, 0.8, 0, 1, 0};

double MeanCrossEntropy(const Mlp& net, absl::Span<const double> batch) {
  double sum = 0.0;
  for (size_t first = 0; first < batch.size(); first += 5) {
    sum +=
        CrossEntropy(net(net.parameters(), batch.subspan(first, 2)), batch.subspan(first + 2, 3));
  }
  return sum / (static_cast<double>(batch.size()) / 5.0);
}

TEST(BatchCrossEntropy, IsTheMeanOverTheRowsOfAnyBatch) {
  const Mlp net = Net(2, {6, 3});
  const Function loss = Function::Record(BatchCrossEntropy{net}, net.parameters(), kBatch);
  std::vector<double> g(net.parameters().size()), other = kBatch;
  for (size_t first = 0; first < other.size(); first += 5) {
    other[first] += 0.5;
    double* const targets = &other[first + 2];
    std::rotate(targets, targets + 1, targets + 3);
  }
  EXPECT_NE(MeanCrossEntropy(net, kBatch), MeanCrossEntropy(net, other));
  for (int call = 0; call < 12; ++call) {  // interpreted, then compiled
    const std::vector<double>& batch = call % 2 == 0 ? kBatch : other;
    EXPECT_NEAR(loss.Gradient({net.parameters(), batch}, absl::MakeSpan(g)),
                MeanCrossEntropy(net, batch), 1e-14);
  }
  EXPECT_EQ(loss.statistics().recordings, 1);
}

TEST(BatchCrossEntropy, GradientEqualsCentralDifferences) {
  Mlp net = Net(2, {6, 3});
  const Function loss = Function::Record(BatchCrossEntropy{net}, net.parameters(), kBatch);
  std::vector<double> g(net.parameters().size());
  loss.Gradient({net.parameters(), kBatch}, absl::MakeSpan(g));
  EXPECT_THAT(g, Not(Each(DoubleNear(0.0, 1e-2))));
  constexpr double kStep = 1e-6;
  for (size_t k = 0; k < g.size(); ++k) {
    double& p = net.parameters()[k];
    const double here = p;
    p = here + kStep;
    const double above = MeanCrossEntropy(net, kBatch);
    p = here - kStep;
    const double below = MeanCrossEntropy(net, kBatch);
    p = here;
    EXPECT_NEAR(g[k], (above - below) / (2 * kStep), 1e-7) << "parameter " << k;
  }
}

TEST(BatchCrossEntropy, RejectsBrokenRows) {
  const Mlp net = Net(2, {6, 3});
  for (size_t size : {size_t{0}, size_t{4}, size_t{12}}) {
    const absl::Span<const double> batch = absl::MakeConstSpan(kBatch).first(size);
    EXPECT_THROW(Function::Record(BatchCrossEntropy{net}, net.parameters(), batch), UsageError);
  }
}

TEST(SumOfSquares, OfNothingIsZero) {
  EXPECT_EQ(SumOfSquares(std::vector<double>{}), 0.0);
  EXPECT_EQ(SumOfSquares(std::vector<double>{1, -2, 3}), 14.0);
}

template <class P>
typename P::value_type Objective(const Mlp& net, const P& p) {
  const std::vector<std::array<double, 2>> points = {{0.3, -0.7}, {-1.2, 0.4}, {0.9, 0.8}};
  std::vector<typename P::value_type> scores;
  scores.reserve(points.size());
  for (const auto& point : points) scores.push_back(net(p, point)[0]);
  return MaxMargin(scores, {1, -1, 1}) + 1e-4 * SumOfSquares(p);
}

TEST(Mlp, GradientEqualsCentralDifferences) {
  const Mlp net = Net(2, {16, 16, 1});
  Tape tape;
  const Var loss = Objective(net, tape.Inputs(net.parameters()));
  const std::vector<double> gradient = tape.Backward(loss).Gradient();
  EXPECT_THAT(gradient, Not(Each(DoubleNear(0.0, 1e-3))));

  std::vector<double> p(net.parameters().begin(), net.parameters().end());
  constexpr double kStep = 1e-6;
  for (size_t k = 0; k < p.size(); ++k) {
    const double here = p[k];
    p[k] = here + kStep;
    const double above = Objective(net, p);
    p[k] = here - kStep;
    const double below = Objective(net, p);
    p[k] = here;
    EXPECT_NEAR(gradient[k], (above - below) / (2 * kStep), 1e-7) << "parameter " << k;
  }
}

TEST(Mlp, ReplaysAtOtherParameters) {
  const Mlp net = Net(2, {16, 16, 1}, 1), other = Net(2, {16, 16, 1}, 2);
  Tape tape;
  const Var loss = Objective(net, tape.Inputs(net.parameters()));
  EXPECT_THAT(tape.guards(), testing::IsEmpty());
  ASSERT_TRUE(tape.Replay(other.parameters()).ok());
  EXPECT_EQ(tape.Primal(loss), Objective(other, other.parameters()));
}

}  // namespace
}  // namespace wengert::nn
