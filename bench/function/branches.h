#ifndef BENCH_FUNCTION_BRANCHES_H_
#define BENCH_FUNCTION_BRANCHES_H_

// What branches cost: W3 written with `if` instead of relu, 3300 comparisons a replay.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/perceptron.h"
#include "bench/workloads/verify.h"
#include "benchmark/benchmark.h"
#include "wengert/wengert.h"

namespace bench {

// Takes the branches without telling the tape: the same operations, and no guards.
struct Unguarded {
  static wengert::Var Relu(const wengert::Var& a) {
    if (a.value() > 0.0) return a;
    return wengert::Var(0.0);
  }
};

template <class K>
wengert::Function PerceptronWith(size_t max_traces = 64) {
  const Perceptron perceptron;
  return wengert::Function::Record(
      [perceptron](absl::Span<const wengert::Var> x) { return perceptron.Loss<K>(x.data()); },
      perceptron.x0(),
      {.max_traces = max_traces, .compile_after = wengert::FunctionOptions::kNever});
}

// Two pairs of points; those of a pair take the same branches, the pairs do not.
struct BranchPoints {
  std::vector<std::vector<double>> here, there;

  BranchPoints() {
    const std::vector<double> x0 = Perceptron().x0();
    here = there = {x0, x0};
    for (double& x : there[0]) x = -x;
    there[1] = there[0];
    here[1][0] += 1e-9;
    there[1][0] += 1e-9;
  }
};

inline void Fail(const char* what) {
  std::fprintf(stderr, "W3 with if: %s\n", what);
  std::abort();
}

inline void VerifyGradient(const wengert::Function& function, const std::vector<double>& x) {
  std::vector<double> gradient(x.size()), expected(x.size());
  function.Gradient(x, absl::MakeSpan(gradient));
  Perceptron().hand(x.data(), expected.data());
  if (!(GradientError(gradient, expected) <= kTolerance)) Fail("the gradient is wrong");
}

inline void AddBranches() {
  const BranchPoints points;
  const auto add = [](const std::string& column, const wengert::Function& function,
                      const std::vector<std::vector<double>>& at) {
    for (const std::vector<double>& x : at) VerifyGradient(function, x);
    const auto turn = std::make_shared<Points>(at);
    const auto gradient = std::make_shared<std::vector<double>>(at[0].size());
    Samples::Add("W3 with if", column, [function, turn, gradient](benchmark::State& state) {
      for (auto _ : state) {
        function.Gradient(absl::MakeConstSpan(turn->Next(), gradient->size()),
                          absl::MakeSpan(*gradient));
        benchmark::ClobberMemory();
      }
    });
  };
  const wengert::Function guarded = PerceptronWith<Branches<wengert::Var>>();
  add("unguarded", PerceptronWith<Unguarded>(), points.here);
  add("same branches", guarded, points.here);
  if (guarded.statistics().recordings != 1) Fail("the near points take other branches");
  add("other branches", guarded, {points.here[0], points.there[0]});
  if (guarded.statistics().recordings != 2) Fail("the far points take the same branches");
  add("recording again", PerceptronWith<Branches<wengert::Var>>(1),
      {points.here[0], points.there[0]});
}

inline void PrintBranches(const Samples& samples) {
  if (!samples.Has("W3 with if", "unguarded")) return;
  const double unguarded = samples.Time("W3 with if", "unguarded");
  std::vector<std::vector<std::string>> table = {{"W3 with if, Gradient", "us", "of unguarded"}};
  for (const char* column : {"unguarded", "same branches", "other branches", "recording again"}) {
    if (!samples.Has("W3 with if", column)) continue;
    const double time = samples.Time("W3 with if", column);
    table.push_back({column, Digits(time / 1000), Digits(time / unguarded)});
  }
  PrintMarkdown(table);
}

}  // namespace bench

#endif  // BENCH_FUNCTION_BRANCHES_H_
