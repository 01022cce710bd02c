// What is compiled and what isn't: only where a program is predicted to beat sweeps of the tape.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using ::testing::HasSubstr;
using Vars = std::vector<Var>;

template <class F>
absl::Status CompiledOf(const F& f, size_t n) {
  Tape tape;
  Vars x;
  for (size_t i = 0; i < n; ++i) x.push_back(tape.Input(0.5 + 0.3 * std::sin(1.7 * double(i))));
  const Var y = f(x);
  tape.Stop();
  const auto root = Operand::Node(tape.NodeOf(y, "test"));
  return Compiled::Compile(tape, n, {root}).status();
}

Var SumOfLogs(const Vars& x) {
  Var sum = 0.0;
  for (const Var& each : x) sum += log(each) * each;
  return sum;
}

Var LogSumExp(const Vars& x) {
  Var most = x[0], sum = 0.0;
  for (const Var& each : x) most = max(most, each);
  for (const Var& each : x) sum += exp(each - most);
  return most + log(sum);
}

Var Recurrence(const Vars& x) {
  Var h = 0.0, sum = 0.0;
  for (const Var& each : x) {
    h = 0.9 * h + each;
    sum += exp(0.1 * h) * each;
  }
  return sum;
}

// Every cell needs the one before it and the one above it.
Var GaussSeidel(const Vars& x) {
  constexpr size_t n = 12;
  Vars u = x;
  for (int t = 0; t < 5; ++t) {
    for (size_t k = n; k < n * n - n; ++k) {
      u[k] = 0.25 * (u[k - 1] + u[k + 1] + u[k - n] + u[k + n]);
    }
  }
  Var sum = 0.0;
  for (const Var& each : u) sum += each * each;
  return sum;
}

// Small matrices, one after the other: loops too short for lanes.
Var MatrixPower(const Vars& a) {
  constexpr size_t n = 4;
  Vars b = a;
  for (int t = 0; t < 40; ++t) {
    Vars c(n * n, 0.0);
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        for (size_t k = 0; k < n; ++k) c[i * n + j] += a[i * n + k] * b[k * n + j];
        c[i * n + j] = 0.5 * c[i * n + j];
      }
    }
    b = c;
  }
  return b[0] + b[5];
}

Var EditDistance(const Vars& x) {
  const size_t n = x.size() / 2;
  std::vector<Vars> d(n + 1, Vars(n + 1, 0.0));
  for (size_t i = 1; i <= n; ++i) d[i][0] = d[0][i] = 0.7 * double(i);
  for (size_t i = 1; i <= n; ++i) {
    for (size_t j = 1; j <= n; ++j) {
      d[i][j] = min(min(d[i - 1][j] + 0.7, d[i][j - 1] + 0.7),
                    d[i - 1][j - 1] + abs(x[i - 1] - x[n + j - 1]));
    }
  }
  return d[n][n];
}

TEST(Gain, WhatFillsLanesIsCompiled) {
  EXPECT_TRUE(CompiledOf(SumOfLogs, 100).ok());
  EXPECT_TRUE(CompiledOf(LogSumExp, 200).ok());
  EXPECT_TRUE(CompiledOf(Recurrence, 100).ok());
}

TEST(Gain, WhatHappensOneAfterTheOtherIsLeftToTheTape) {
  EXPECT_TRUE(absl::IsFailedPrecondition(CompiledOf(GaussSeidel, 144)));
  EXPECT_TRUE(absl::IsFailedPrecondition(CompiledOf(MatrixPower, 16)));
  EXPECT_TRUE(absl::IsFailedPrecondition(CompiledOf(EditDistance, 80)));
}

TEST(Gain, TheReasonHasBothPredictions) {
  const absl::Status status = CompiledOf(MatrixPower, 16);
  EXPECT_THAT(std::string(status.message()), HasSubstr("nodes are in loops"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("us, and sweeps of the tape "));
}

}  // namespace
}  // namespace wengert::program
