// Whole programs against truth: random programs of all operations, their values and gradients by
// tape beside the same programs on dual numbers of 256 bits (reference.h, no rule of the engine's).
// Errors are held to a bound that a running error analysis gives; a program that fails is shrunk
// until every step it has is needed to fail. WENGERT_LONG_TESTS=1 takes 100000 programs.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "gtest/gtest.h"
#include "test/support/random_program.h"
#include "wengert/wengert.h"

namespace wengert::truth {
namespace {

std::vector<Var> Recorded(const RandomProgram& program, const std::vector<Var>& inputs) {
  std::vector<Var> nodes = inputs;
  for (const Step& step : program.steps) {
    std::array<Var, 3> x;
    for (size_t k = 0; k < 3; ++k) {
      const Operand& operand = step.operands[k];
      x[k] = operand.node < 0 ? Var(operand.constant) : nodes[static_cast<size_t>(operand.node)];
    }
    nodes.push_back(RuleValue(step.op, x));
  }
  return nodes;
}

struct Answer {
  double value = 0;
  std::vector<double> gradient;
};

Answer ByTape(const RandomProgram& program) {
  Tape tape;
  const std::vector<Var> inputs = tape.Inputs(program.inputs);
  const Var y = Recorded(program, inputs).back();
  const Adjoints& grad = tape.Backward(y);
  Answer answer = {y.value(), {}};
  for (const Var& x : inputs) answer.gradient.push_back(grad[x]);
  return answer;
}

struct Outcome {
  double share = 0;  // the largest that an error takes of its bound, of the value and the gradient
  bool has_gradient = false;
};

Outcome Compared(const Answer& answer, const HighDual& truth, const ErrorBounds& bounds) {
  Outcome outcome = {ErrorShare(answer.value, truth.value, bounds.value)};
  for (size_t i = 0; i < answer.gradient.size(); ++i) {
    const double error = ErrorShare(answer.gradient[i], truth.tangents[i], bounds.gradient[i]);
    outcome.share = std::max(outcome.share, error);
    outcome.has_gradient |= !truth.tangents[i].is_zero();
  }
  return outcome;
}

Outcome Compared(const RandomProgram& program, const ErrorBounds& bounds) {
  return Compared(ByTape(program), TruthOf(program), bounds);
}

bool Fails(const RandomProgram& program) {
  const std::optional<ErrorBounds> bounds = BoundsOf(program);
  return bounds.has_value() && !(Compared(program, *bounds).share <= 1);
}

TEST(RandomPrograms, AgreeWithTruth) {
  const int count = std::getenv("WENGERT_LONG_TESTS") != nullptr ? 100'000 : 1'000;
  int bounded = 0, sloping = 0, failed = 0;
  double worst = 0;
  std::array<int, kOpCount> uses = {};
  for (int seed = 0; seed < count; ++seed) {
    const RandomProgram program = MakeRandomProgram(static_cast<uint64_t>(seed));
    const std::optional<ErrorBounds> bounds = BoundsOf(program);
    if (!bounds.has_value()) continue;
    ++bounded;
    for (const Step& step : program.steps) ++uses[static_cast<size_t>(step.op)];
    const Outcome outcome = Compared(program, *bounds);
    sloping += outcome.has_gradient;
    worst = std::max(worst, outcome.share);
    if (outcome.share <= 1) continue;
    ++failed;
    ADD_FAILURE() << "seed " << seed << ", " << outcome.share << " of the bound:\n"
                  << Text(Shrunk(program, Fails));
  }
  std::printf("%d programs, %d bounded, %d with a gradient, %d failed, at most %.3f of the bound\n",
              count, bounded, sloping, failed, worst);
  EXPECT_GE(bounded, count * 9 / 10);
  EXPECT_GE(sloping, count / 2);
  EXPECT_GT(worst, 1e-3) << "or the bounds say nothing";
  for (Op op : AllOps()) EXPECT_GT(uses[static_cast<size_t>(op)], 0) << InfoOf(op).name;
}

TEST(RandomPrograms, ShrinkToWhatFails) {
  const auto fails = [](const RandomProgram& program) {
    for (const Step& step : program.steps) {
      if (step.op == Op::kMul) return true;
    }
    return false;
  };
  int shrunk = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const RandomProgram program = MakeRandomProgram(seed);
    if (!fails(program)) continue;
    ++shrunk;
    const RandomProgram least = Shrunk(program, fails);
    ASSERT_EQ(least.steps.size(), 1u) << Text(least);
    EXPECT_EQ(least.steps[0].op, Op::kMul);
  }
  EXPECT_GT(shrunk, 10);
}

TEST(RandomPrograms, AWrongDigitIsNoticed) {
  int noticed = 0, tried = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const RandomProgram program = MakeRandomProgram(seed);
    const std::optional<ErrorBounds> bounds = BoundsOf(program);
    if (!bounds.has_value()) continue;
    const HighDual truth = TruthOf(program);
    for (size_t i = 0; i < program.inputs.size(); ++i) {
      const double exact = truth.tangents[i].Rounded();
      if (exact == 0) continue;
      ++tried;
      const double wrong = exact * (1 + 0x1p-30);
      noticed += ErrorShare(wrong, truth.tangents[i], bounds->gradient[i]) > 1;
    }
  }
  EXPECT_GT(tried, 100);
  EXPECT_GE(noticed, tried * 9 / 10);
}

TEST(RandomPrograms, WhatIsNotFiniteIsNoticed) {
  int tried = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const RandomProgram program = MakeRandomProgram(seed);
    const std::optional<ErrorBounds> bounds = BoundsOf(program);
    if (!bounds.has_value()) continue;
    const HighDual truth = TruthOf(program);
    const Answer right = ByTape(program);
    ASSERT_LE(Compared(right, truth, *bounds).share, 1);
    for (double wrong : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
      EXPECT_GT(Compared({wrong, right.gradient}, truth, *bounds).share, 1) << wrong;
      for (size_t i = 0; i < right.gradient.size(); ++i) {
        ++tried;
        Answer answer = right;
        answer.gradient[i] = wrong;
        EXPECT_GT(Compared(answer, truth, *bounds).share, 1) << wrong << " towards input " << i;
      }
    }
  }
  EXPECT_GT(tried, 100);
}

}  // namespace
}  // namespace wengert::truth
