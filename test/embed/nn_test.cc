#include "wengert/embed/nn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <sstream>
#include <vector>

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
