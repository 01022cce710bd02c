// The sweep over records where it takes shortcuts, or might: a node that is the record before,
// named or not, or the one before that, and codes that repeat. Numbers that are compared with
// expected ones exactly are exact in binary.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "absl/types/span.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(ReverseRecordsTest, NamedOperandIsTheRecordBefore) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var a = x * 2.0;
  const Var b = a * 4.0;  // of a, the record before
  const Var c = 8.0 / b;  // of b
  const Var d = abs(c);   // of c
  const Var y = d + a;    // a again: two contributions
  const Adjoints& grad = tape.Backward(y);
  const double dc_db = -8.0 / (16.0 * 16.0);
  EXPECT_EQ(grad[d], 1.0);
  EXPECT_EQ(grad[c], 1.0);
  EXPECT_EQ(grad[b], dc_db);
  EXPECT_EQ(grad[a], 1.0 + 4.0 * dc_db);
  EXPECT_EQ(grad[x], 2.0 * (1.0 + 4.0 * dc_db));
}

TEST(ReverseRecordsTest, NamedOperandIsAnEarlierRecord) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var a = x * 2.0;
  const Var between = x * 16.0;
  const Var b = a * 4.0;
  const Var y = b * between;
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[between], 24.0);
  EXPECT_EQ(grad[b], 48.0);
  EXPECT_EQ(grad[a], 192.0);
  EXPECT_EQ(grad[x], 192.0 * 2.0 + 24.0 * 16.0);
}

TEST(ReverseRecordsTest, FirstInputHasNoRecordBefore) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var y = x * 2.0;
  EXPECT_EQ(tape.Backward(y)[x], 2.0);
  EXPECT_EQ(tape.Backward(x)[x], 1.0);
}

// Runs of one code, of every length up to 8, with another code between them.
TEST(ReverseRecordsTest, RepeatedCodes) {
  for (size_t length = 0; length <= 8; ++length) {
    Tape tape;
    std::vector<Var> x;
    for (size_t k = 0; k < 2 * length + 1; ++k) {
      x.push_back(tape.Input(static_cast<double>(k) + 1.0));
    }
    Var s = x[0];
    std::vector<Var> sums;
    for (int run = 0; run < 3; ++run) {
      for (size_t k = 1; k <= length; ++k) {
        s = s + x[2 * k - 1] * x[2 * k];
        sums.push_back(s);
      }
      s = s * 2.0;
    }
    const Adjoints& grad = tape.Backward(s);
    EXPECT_EQ(grad[x[0]], 8.0);
    for (size_t k = 1; k <= length; ++k) {
      EXPECT_EQ(grad[x[2 * k - 1]], 14.0 * x[2 * k].value()) << length << " " << k;
      EXPECT_EQ(grad[x[2 * k]], 14.0 * x[2 * k - 1].value()) << length << " " << k;
    }
    for (size_t k = 0; k < sums.size(); ++k) {
      EXPECT_EQ(grad[sums[k]], 8 >> (k / length)) << length << " " << k;
    }
  }
}

TEST(ReverseRecordsTest, RepeatedTails) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0});
  const Var scaled = x[0] * 4.0;
  const Var y =
      x[7] - (x[6] - (-(-(scaled * x[1] + x[2] + x[3] + x[4]) * 2.0 * 4.0) + x[5] + x[5]));
  const Adjoints& grad = tape.Backward(y);
  const std::vector<double> expected = {64.0, 32.0, 8.0, 8.0, 8.0, 2.0, -1.0, 1.0};
  EXPECT_EQ(grad.Gradient(), expected);
}

TEST(ReverseRecordsTest, OnlyNodeIsTwoRecordsBack) {
  Tape tape;
  const Var x = tape.Input(0.5);
  const Var a = x * 2.0;
  const Var b = a * 4.0;
  const Var c = sqrt(b) + a;  // a: two back, of a pair
  const Var d = b * 8.0;      // b: two back, alone
  const Var y = c * d;
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[d], 3.0);
  EXPECT_EQ(grad[c], 32.0);
  EXPECT_EQ(grad[b], 8.0 * 3.0 + 32.0 * 0.25);
  EXPECT_EQ(grad[a], 4.0 * 32.0 + 32.0);
  EXPECT_EQ(grad[x], 2.0 * 160.0);
}

TEST(ReverseRecordsTest, TailsAddTheRecordBefore) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0});
  const Var c = x[2] * 2.0;
  const Var y = 16.0 - ((c + (x[0] * x[1] + x[2] + c)) * 4.0 - c - x[0]);
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[c], -8.0 + 1.0);
  EXPECT_EQ(grad[x[0]], -4.0 * 2.0 + 1.0);
  EXPECT_EQ(grad[x[1]], -4.0);
  EXPECT_EQ(grad[x[2]], -4.0 + 2.0 * -7.0);
}

// Between a record and its only node stand an input, an output of a user's operation, and a seal.
TEST(ReverseRecordsTest, OnlyNodeIsBehindWhatIsNoOperation) {
  const CustomOperation twice(
      {.name = "twice",
       .value = [](absl::Span<const double> x, absl::Span<double> y) { y[0] = 2.0 * x[0]; },
       .vjp = [](absl::Span<const double>, absl::Span<const double>, absl::Span<const double> y_bar,
                 absl::Span<double> x_bar) { x_bar[0] = 2.0 * y_bar[0]; }});
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var input = tape.Input(5.0);
  const Var a = x * 4.0;
  const Var called = twice({input})[0];
  const Var b = a * 2.0;
  (void)tape.Mark();
  const Var c = b * 8.0;
  const Var y = c + called * input;
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[c], 1.0);
  EXPECT_EQ(grad[b], 8.0);
  EXPECT_EQ(grad[called], 5.0);
  EXPECT_EQ(grad[a], 16.0);
  EXPECT_EQ(grad[input], 10.0 + 2.0 * 5.0);
  EXPECT_EQ(grad[x], 64.0);
}

// Every value is of the two before it, in many forms of records. Where they are apart, something
// stands between each two records.
std::vector<Var> Recurrences(Tape& tape, bool apart) {
  const Var x = tape.Input(0.3);
  Var p = tape.Input(0.7), q = p * 0.5;
  std::vector<Var> all;
  const auto next = [&](const Var& value) {
    p = q;
    q = value;
    all.push_back(q);
    if (apart) (void)tape.Mark();
  };
  const auto recur = [&](const auto& f) {
    next(f(q, p));
    next(f(p, q));
    next(f(q, q) + p);
    next(p - f(q, q));
    next(sqrt(q * q + 0.1) + p);
    next(p * sqrt(q * q + 0.1));
    next(q * 0.3 + p);
    next(p * 0.3 + q);
    next(f(p * 0.5, q) + p);
    next(f(q, p * 0.5) - q);
    next(q - (q * p + x + p));
    next(0.5 - ((q * q + x - p) * 0.25 + p));
    next(p * 0.5);
    next(exp(-(p * p)));
    next(tanh(q - p));
    next(q * 0.1 + 0.5);
    next(hypot(p, q));
    next(q * 0.3 + p);
    next(fma(q, 0.5, p));
    next(p - sqrt(q));
    next(erf(p));
    next(q * q + p);
    next(p / (q * q + 1.0));
    next(q - p);
    next(p * 0.5);
    next(exp(-(q * q)));
    next(p * q);
    next(p * 0.5);
  };
  recur([](const Var& a, const Var& b) { return a + b; });
  recur([](const Var& a, const Var& b) { return a - b; });
  recur([](const Var& a, const Var& b) { return a * b; });
  recur([](const Var& a, const Var& b) { return a / (b * b + 1.0); });
  return all;
}

TEST(ReverseRecordsTest, RecurrencesSweepAsTheirNodesDo) {
  Tape tape;
  Var y = 0.0;
  for (const Var& value : Recurrences(tape, false)) y += value;
  Adjoints adjoints;
  tape.Backward(y, adjoints);
  const std::vector<double> gradient = adjoints.Gradient();
  for (size_t i = 0; i < gradient.size(); ++i) {
    const double by_nodes = adjoints.nodes()[tape.inputs()[i]];
    EXPECT_GT(std::fabs(by_nodes), 1e-3);
    EXPECT_NEAR(gradient[i], by_nodes, 1e-12 * std::fabs(by_nodes)) << i;
  }
}

// Of each of the recurrences, those of all before it.
std::vector<double> AdjointsOfRecurrences(bool apart) {
  Tape tape;
  const std::vector<Var> values = Recurrences(tape, apart);
  std::vector<double> all;
  for (const Var& root : values) {
    const Adjoints& adjoints = tape.Backward(root);
    for (const Var& value : values) all.push_back(adjoints[value]);
  }
  return all;
}

// What stays in registers is added in the order, and rounded in the way, of what goes through
// memory.
TEST(ReverseRecordsTest, WhatStandsBetweenRecordsChangesNoBit) {
  const std::vector<double> adjoints = AdjointsOfRecurrences(false);
  const std::vector<double> adjoints_apart = AdjointsOfRecurrences(true);
  ASSERT_EQ(adjoints.size(), adjoints_apart.size());
  for (size_t k = 0; k < adjoints.size(); ++k) ASSERT_EQ(adjoints[k], adjoints_apart[k]) << k;
}

}  // namespace
}  // namespace wengert
