#ifndef BENCH_FUNCTION_DESCENT_H_
#define BENCH_FUNCTION_DESCENT_H_

// An optimizer-shaped loop: steps down the gradient, each at a point of its own, by a Function of
// each tier and by recording afresh.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "bench/record/markdown.h"
#include "bench/workloads/gaussian_mixture.h"
#include "bench/workloads/logistic_regression.h"
#include "bench/workloads/rosenbrock.h"
#include "bench/workloads/verify.h"
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

constexpr int kTurns = 100;

struct DescentTier {
  const char* name;
  int64_t compile_after;
};
inline constexpr DescentTier kDescentTiers[] = {
    {"interpreted", wengert::FunctionOptions::kNever},
    {"compiled", 8},
};

template <class Workload>
wengert::Function FunctionOf(const Workload& workload, int64_t compile_after) {
  return wengert::Function::Record(
      [workload](absl::Span<const wengert::Var> x) { return workload(x.data()); }, workload.x0(),
      {.compile_after = compile_after});
}

// A point on its way down, and the processor time that took.
class Descent {
 public:
  using Gradient = std::function<void(const std::vector<double>& x, absl::Span<double> gradient)>;

  Descent(std::vector<double> x0, double step, Gradient gradient)
      : x_(std::move(x0)), gradient_(x_.size()), step_(step), of_(std::move(gradient)) {}

  void Run(int steps) {
    const std::clock_t start = std::clock();
    for (int k = 0; k < steps; ++k) {
      of_(x_, absl::MakeSpan(gradient_));
      for (size_t i = 0; i < x_.size(); ++i) x_[i] -= step_ * gradient_[i];
    }
    seconds_.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }

  const std::vector<double>& x() const { return x_; }
  std::vector<double> GradientHere() const {
    std::vector<double> gradient(x_.size());
    of_(x_, absl::MakeSpan(gradient));
    return gradient;
  }
  // Of the whole way, from the lower quartile of its runs: others use the machine, too.
  double Seconds() const {
    std::vector<double> sorted = seconds_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 4] * static_cast<double>(sorted.size());
  }

 private:
  std::vector<double> x_, gradient_;
  double step_;
  Gradient of_;
  std::vector<double> seconds_;
};

template <class Workload>
std::vector<double> HandGradient(const Workload& workload, const std::vector<double>& x) {
  std::vector<double> gradient(workload.n());
  workload.hand(x.data(), gradient.data());
  return gradient;
}

// As exact as the gradient where the descent began: where it ends, the terms cancel.
template <class Workload>
void VerifyDescent(const std::string& name, const Workload& workload, const Descent& descent) {
  const std::vector<double> expected = HandGradient(workload, descent.x());
  const std::vector<double> found = descent.GradientHere();
  double scale = 0.0;
  for (double each : HandGradient(workload, workload.x0())) scale = std::max(scale, std::abs(each));
  for (size_t i = 0; i < found.size(); ++i) {
    const double error = std::abs(found[i] - expected[i]);
    if (error <= kTolerance * scale) continue;
    std::fprintf(stderr, "%s: a gradient on the way down is off by %g of %g\n", name.c_str(), error,
                 scale);
    std::abort();
  }
}

// All take turns.
template <class Workload>
std::vector<std::string> DescentRow(const std::string& name, const Workload& workload, double step,
                                    int steps, Fresh& fresh) {
  std::vector<Descent> descents;
  const auto add = [&](Descent::Gradient gradient) {
    descents.emplace_back(workload.x0(), step, std::move(gradient));
    VerifyDescent(name, workload, descents.back());
  };
  add([&](const std::vector<double>& x, absl::Span<double> gradient) {
    fresh.Gradient(workload, x.data(), gradient);
  });
  for (const DescentTier& tier : kDescentTiers) {
    add([f = FunctionOf(workload, tier.compile_after)](const std::vector<double>& x,
                                                       absl::Span<double> gradient) {
      f.Gradient(x, gradient);
    });
  }
  for (int turn = 0; turn < kTurns; ++turn) {
    for (Descent& descent : descents) descent.Run(steps / kTurns);
  }
  std::vector<std::string> row = {name, Digits(descents[0].Seconds())};
  for (const Descent& descent : descents) {
    VerifyDescent(name, workload, descent);
    if (!(workload(descent.x().data()) < workload(workload.x0().data())) ||
        !(ValueError(workload(descent.x().data()), workload(descents[0].x().data())) <= 1e-9)) {
      std::fprintf(stderr, "%s: the descents end apart, or no lower\n", name.c_str());
      std::abort();
    }
    if (&descent == descents.data()) continue;
    row.push_back(Digits(descent.Seconds()));
    row.push_back(Digits(descent.Seconds() / descents[0].Seconds()));
  }
  if (descents[1].x() != descents[0].x()) {
    std::fprintf(stderr, "%s: the interpreter's descent has other bits\n", name.c_str());
    std::abort();
  }
  return row;
}

inline void PrintDescents(int steps, Fresh& fresh) {
  std::vector<std::string> head = {absl::StrCat(steps, " steps"), "recording s"};
  for (const DescentTier& tier : kDescentTiers) {
    head.push_back(absl::StrCat(tier.name, " s"));
    head.push_back("of recording");
  }
  PrintMarkdown({
      head,
      DescentRow("W1 rosenbrock n=1000", Rosenbrock(), 1e-4, steps, fresh),
      DescentRow("W2 logreg 1000x20", LogisticRegression(), 1e-3, steps, fresh),
      DescentRow("W4a gmm d10 k25 n100", GaussianMixture::Synthetic(100), 1e-6, steps, fresh),
  });
}

}  // namespace bench

#endif  // BENCH_FUNCTION_DESCENT_H_
