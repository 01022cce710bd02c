// With compile_after = 0, no answer's bits depend on what was asked before: not on the branch that
// an evaluation comes from, nor on the threads that ask.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

constexpr size_t kSize = 64;

// Four branches: with a long loop, with another, with a short one that leaves room for batches,
// and with none.
Var Model(Vars x) {
  Var y = x[2] * x[3];
  if (x[0] > 0.0) {
    if (x[1] > 0.0) {
      for (const Var& each : x) y += each * sin(each) * x[4];
    } else {
      for (const Var& each : x) y -= each * exp(-each * each) * x[5];
    }
    return y * Parameter(1.5, "scale");
  }
  if (x[1] > 0.0) {
    for (size_t k = 6; k < 30; ++k) y += tanh(x[k] * x[k + 1]) * x[k];
    return y;
  }
  return sin(x[0] * x[1]) + exp(y * x[4]) * cos(x[5] / (2.0 + y * y));
}

constexpr int kDrivers = 9;

Vector Answer(int driver, const Function& f, const Vector& x, const Vector& batch) {
  const Vector v(kSize, 0.3);
  Vector y(1), g(kSize);
  switch (driver) {
    case 0:
      return {f.Value(x)};
    case 1:
      y[0] = f.Gradient(x, absl::MakeSpan(g));
      g.push_back(y[0]);
      return g;
    case 2:
      f.Jvp(x, v, absl::MakeSpan(y));
      return y;
    case 3:
      f.Hvp(x, v, absl::MakeSpan(g));
      return g;
    case 4:
      return f.Jacobian(x);
    case 5:
      return f.Hessian(x);
    case 6:
      return f.SparseJacobian(x).values;
    case 7:
      return f.SparseHessian(x).values;
    default:
      break;
  }
  Vector values(batch.size() / kSize), gradients(batch.size());
  f.GradientBatch(batch, absl::MakeSpan(values), absl::MakeSpan(gradients));
  values.insert(values.end(), gradients.begin(), gradients.end());
  return values;
}

bool SameBits(const Vector& a, const Vector& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

struct Points {
  std::vector<Vector> single;
  std::vector<Vector> batches;  // of each: the points from it on
};

Points RandomPoints(size_t count) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  Points points;
  points.single.resize(count);
  for (Vector& x : points.single) {
    x.resize(kSize);
    for (double& each : x) each = normal(random);
  }
  for (size_t k = 0; k < count; ++k) {
    points.batches.emplace_back();
    for (size_t i = 0; i < 5; ++i) {
      const Vector& x = points.single[(k + i) % count];
      points.batches.back().insert(points.batches.back().end(), x.begin(), x.end());
    }
  }
  return points;
}

TEST(SameBits, WhateverBranchAnEvaluationComesFrom) {
  const Points points = RandomPoints(12);
  for (const int64_t after : {int64_t{0}, FunctionOptions::kNever}) {
    const Function f = Function::Record(Model, points.single[0], {.compile_after = after});
    for (int driver = 0; driver < kDrivers; ++driver) {
      for (size_t k = 0; k < points.single.size(); ++k) {
        const auto ask = [&](const Function& asked) {
          return Answer(driver, asked, points.single[k], points.batches[k]);
        };
        const Vector first =
            ask(Function::Record(Model, points.single[k], {.compile_after = after}));
        for (const Vector& from : points.single) {
          (void)f.Value(from);
          ASSERT_TRUE(SameBits(ask(f), first)) << "driver " << driver << ", point " << k;
        }
      }
    }
    EXPECT_EQ(f.statistics().recordings, 4);
    EXPECT_EQ(f.statistics().compiled_evaluations > 0, after == 0);
  }
}

TEST(SameBits, OnSixtyFourThreadsThatFlipBranches) {
  const Points points = RandomPoints(16);
  for (const size_t max_traces : {2u, 64u}) {
    const FunctionOptions options = {.max_traces = max_traces, .compile_after = 0};
    const Function serial = Function::Record(Model, points.single[0], options);
    const Function f = Function::Record(Model, points.single[0], options);
    std::vector<Vector> expected;
    for (size_t k = 0; k < points.single.size(); ++k) {
      for (int driver = 0; driver < kDrivers; ++driver) {
        expected.push_back(Answer(driver, serial, points.single[k], points.batches[k]));
      }
    }
    std::vector<int> wrong(64);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < points.single.size(); ++i) {
          const size_t k = (i * (2 * t + 1) + t) % points.single.size();
          const int driver = static_cast<int>((i + t) % kDrivers);
          const Vector answer = Answer(driver, f, points.single[k], points.batches[k]);
          const size_t asked = k * kDrivers + static_cast<size_t>(driver);
          if (!SameBits(answer, expected[asked])) ++wrong[t];
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(64));
  }
}

}  // namespace
}  // namespace wengert
