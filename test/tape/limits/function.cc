// Functions with indices of 16 bits: a recording that doesn't fit is a UsageError, one whose
// program wouldn't is interpreted and says so; whatever the size, each tier computes the same.

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "gmock/gmock.h"
#include "test/tape/limits/chains.h"
#include "wengert/program/limits.h"

namespace wengert::limits {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Vars = absl::Span<const Var>;

static_assert(program::kMostNodes == 32767 && program::kMostCells == 16384);

auto StepsOf(const Chain& chain, int steps) {
  return [chain, steps](Vars x) {
    Var y = x[0];
    for (int k = 0; k < steps; ++k) y = chain.step(y, x[0], 1e-4 / (k + 1));
    return y;
  };
}

int MostSteps(const Chain& chain) {
  Tape tape;
  const Var x = tape.Input(0.75);
  Var y = x;
  return RecordUntilFull(chain, x, y);
}

FunctionOptions Compiled(bool at_once) {
  return {.compile_after = at_once ? 0 : FunctionOptions::kNever};
}

Vector GradientOf(const Function& f, const Vector& x) {
  Vector gradient(f.inputs());
  f.Gradient(x, absl::MakeSpan(gradient));
  return gradient;
}

TEST(FunctionLimits, TheLargestRecordingWorksTheNextOneIsAnError) {
  for (const Chain& chain : kChains) {
    SCOPED_TRACE(chain.name);
    const int steps = MostSteps(chain);
    for (bool at_once : {false, true}) {
      const Function f = Function::Record(StepsOf(chain, steps), {0.75}, Compiled(at_once));
      const double slope = GradientOf(f, {0.5})[0];
      EXPECT_THAT(([&] { Function::Record(StepsOf(chain, steps + 2), {0.75}, Compiled(at_once)); }),
                  ThrowsMessage<UsageError>(HasSubstr("max_nodes")));
      EXPECT_EQ(GradientOf(f, {0.5})[0], slope);
    }
  }
}

// Of many variables: terms that are alike become loops, and whose adjoints are cells.
Var Rosenbrock(Vars x) {
  Var sum = 0.0;
  for (size_t i = 1; i < x.size(); ++i) {
    sum += 100.0 * square(x[i] - square(x[i - 1])) + square(1.0 - x[i - 1]);
  }
  return sum;
}

// A recurrence, with a comparison in each step that has a margin in programs.
Var Guarded(Vars x) {
  Var y = x[0];
  for (size_t i = 1; i < x.size(); ++i) y = sin(y) < 2.0 ? tanh(y * x[i]) + 0.5 : y;
  return y;
}

// No two terms alike.
Var Irregular(Vars x) {
  Var sum = 0.0;
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t j = i * i % x.size();
    sum = i % 7 < 3 ? sum + sin(x[i]) * x[j] : i % 11 < 4 ? hypot(sum, x[j]) : sum * cos(x[i]);
  }
  return sum;
}

void ExpectNear(const Vector& a, const Vector& b) {
  ASSERT_EQ(a.size(), b.size());
  double size = 1e-12, error = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_TRUE(std::isfinite(a[i]) && std::isfinite(b[i])) << i << ": " << a[i] << ", " << b[i];
    size = std::max(size, std::abs(b[i]));
    error = std::max(error, std::abs(a[i] - b[i]));
  }
  EXPECT_LE(error, 1e-11 * size);
}

// Compiled is as interpreted.
void ExpectTiersAgree(const Function& f, const Function& g, const Vector& x) {
  Vector v(x.size());
  for (size_t i = 0; i < v.size(); ++i) v[i] = std::cos(static_cast<double>(i));
  ExpectNear(GradientOf(f, x), GradientOf(g, x));
  Vector jvp(1), jvp_by_nodes(1), hvp(x.size()), hvp_by_nodes(x.size());
  f.Jvp(x, v, absl::MakeSpan(jvp));
  g.Jvp(x, v, absl::MakeSpan(jvp_by_nodes));
  ExpectNear(jvp, jvp_by_nodes);
  f.Hvp(x, v, absl::MakeSpan(hvp));
  g.Hvp(x, v, absl::MakeSpan(hvp_by_nodes));
  ExpectNear(hvp, hvp_by_nodes);

  Vector points(x), values(2), gradients(2 * x.size());
  points.insert(points.end(), x.begin(), x.end());
  f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  const auto middle = gradients.begin() + static_cast<std::ptrdiff_t>(x.size());
  ExpectNear({gradients.begin(), middle}, GradientOf(g, x));
  ExpectNear({middle, gradients.end()}, GradientOf(g, x));
}

TEST(FunctionLimits, WhateverTheSizeTiersAgreeOrSayWhyThereIsNone) {
  Var (*const functions[])(Vars) = {Rosenbrock, Guarded, Irregular};
  int tried = 0, too_large = 0, compiled = 0, unrecorded = 0;
  for (auto* function : functions) {
    for (size_t n = 64; n < 16000; n += n / 4) {
      SCOPED_TRACE(n);
      Vector x(n);
      for (size_t i = 0; i < n; ++i) x[i] = 0.5 + 0.25 * std::sin(static_cast<double>(i));
      ++tried;
      try {
        const Function f = Function::Record(function, x, Compiled(true));
        ExpectTiersAgree(f, Function::Record(function, x, Compiled(false)), x);
        const std::string text = f.Explain();
        const bool is_refused = text.find("would have too many") != std::string::npos;
        too_large += is_refused;
        compiled += !is_refused && text.find(" loops; ") != std::string::npos;
      } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("max_nodes"));
        ++unrecorded;
      }
    }
  }
  std::printf("%d functions: %d compiled, %d whose program would be too large, %d unrecorded\n",
              tried, compiled, too_large, unrecorded);
  EXPECT_GT(compiled, 10);
  EXPECT_GT(too_large, 3);
  EXPECT_GT(unrecorded, 3);
}

TEST(FunctionLimits, SparseMatricesOfTheLargestRecordings) {
  for (size_t n : {size_t{1000}, size_t{1800}}) {
    const Vector x(n, 0.75);
    for (bool at_once : {false, true}) {
      const Function f = Function::Record(Rosenbrock, x, Compiled(at_once));
      const CsrMatrix hessian = f.SparseHessian(x);
      EXPECT_EQ(hessian.values.size(), 3 * n - 2);
      EXPECT_NEAR(hessian.At(1, 0), -400 * 0.75, 1e-9);
      EXPECT_NEAR(hessian.At(n / 2, n / 2), 200 + 1200 * 0.75 * 0.75 - 400 * 0.75 + 2, 1e-9);
      const CsrMatrix gradient = f.SparseJacobian(x);
      EXPECT_EQ(gradient.values, GradientOf(f, x));
    }
  }
}

}  // namespace
}  // namespace wengert::limits
