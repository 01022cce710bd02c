#ifndef BENCH_FUNCTION_DESCENT_H_
#define BENCH_FUNCTION_DESCENT_H_

// An optimizer-shaped loop: 10000 steps down the gradient, each at a point of its own.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "bench/record/markdown.h"
#include "bench/workloads/gaussian_mixture.h"
#include "bench/workloads/logistic_regression.h"
#include "bench/workloads/rosenbrock.h"
#include "bench/workloads/wengert.h"
#include "wengert/wengert.h"

namespace bench {

// Records again for each gradient, on a tape whose memory is warm.
struct Fresh {
  wengert::Tape tape;
  std::vector<wengert::Var> inputs;

  template <class Workload>
  double Gradient(const Workload& workload, const double* x, absl::Span<double> gradient) {
    const wengert::Var root = RecordAt(workload, x, tape, inputs);
    tape.Backward(root).Gradient(gradient);
    return root.value();
  }
};

template <class Workload>
wengert::Function FunctionOf(const Workload& workload) {
  return wengert::Function::Record(
      [workload](absl::Span<const wengert::Var> x) { return workload(x.data()); }, workload.x0(),
      {.compile_after = wengert::FunctionOptions::kNever});
}

// A point on its way down, and the processor time that took.
class Descent {
 public:
  Descent(std::vector<double> x0, double step)
      : x_(std::move(x0)), gradient_(x_.size()), step_(step) {}

  template <class Gradient>
  void Run(int steps, Gradient gradient) {
    const std::clock_t start = std::clock();
    for (int k = 0; k < steps; ++k) {
      gradient(x_, absl::MakeSpan(gradient_));
      for (size_t i = 0; i < x_.size(); ++i) x_[i] -= step_ * gradient_[i];
    }
    seconds_.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }

  const std::vector<double>& x() const { return x_; }
  // Of the whole way, from the lower quartile of its runs: others use the machine, too.
  double Seconds() const {
    std::vector<double> sorted = seconds_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 4] * static_cast<double>(sorted.size());
  }

 private:
  std::vector<double> x_, gradient_;
  double step_;
  std::vector<double> seconds_;
};

// The two take turns, 100 steps each.
template <class Workload>
std::vector<std::string> DescentRow(const std::string& name, const Workload& workload, double step,
                                    Fresh& fresh) {
  Descent recording(workload.x0(), step), replaying(workload.x0(), step);
  const wengert::Function function = FunctionOf(workload);
  for (int turn = 0; turn < 100; ++turn) {
    recording.Run(100, [&](const std::vector<double>& x, absl::Span<double> gradient) {
      fresh.Gradient(workload, x.data(), gradient);
    });
    replaying.Run(100, [&](const std::vector<double>& x, absl::Span<double> gradient) {
      function.Gradient(x, gradient);
    });
  }
  const double start = workload(workload.x0().data()), end = workload(recording.x().data());
  if (recording.x() != replaying.x() || !(end < start)) {
    std::fprintf(stderr, "%s: the descents end apart, or no lower: %g, then %g\n", name.c_str(),
                 start, end);
    std::abort();
  }
  return {name, Digits(recording.Seconds()), Digits(replaying.Seconds()),
          Digits(replaying.Seconds() / recording.Seconds())};
}

inline void PrintDescents(Fresh& fresh) {
  PrintMarkdown({
      {"10000 steps", "recording s", "one Function s", "ratio"},
      DescentRow("W1 rosenbrock n=1000", Rosenbrock(), 1e-4, fresh),
      DescentRow("W2 logreg 1000x20", LogisticRegression(), 1e-3, fresh),
      DescentRow("W4a gmm d10 k25 n100", GaussianMixture::Synthetic(100), 1e-6, fresh),
  });
}

}  // namespace bench

#endif  // BENCH_FUNCTION_DESCENT_H_
