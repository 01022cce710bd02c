// What replaying costs beside recording afresh. Three tables in Markdown:
//
//   every workload: the plain function, record + gradient on a warm tape, and Function's Value and
//     Gradient of the interpreted tier, Gradient and Hvp of the compiled one beside Hvp by nodes,
//     all as multiples of the plain function;
//   branches, on W3 written with `if` instead of relu: what guards add to a replay, what a replay
//     costs that finds its branches changed and goes to another trace, and one that records again;
//   an optimizer: steps down the gradient by one Function, and recording afresh each time.
//
// Every gradient is verified against the hand-written one before anything is timed and where a
// descent ends; the interpreted descent must have the bits of the recording one.
//
//   function [--data DIR with ADBench's files] [--steps 1000] [Google Benchmark's flags]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "bench/function/branches.h"
#include "bench/function/descent.h"
#include "bench/record/arguments.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/wengert.h"

namespace bench {
namespace {

template <class Workload>
struct Subject {
  explicit Subject(const Workload& w)
      : plain(w),
        function(FunctionOf(w, wengert::FunctionOptions::kNever)),
        compiled(FunctionOf(w, 0)),
        points(PointsAround(w.x0(), 4)),
        gradient(w.n()),
        direction(w.n(), 0.5) {}

  const Workload plain;
  wengert::Function function, compiled;
  Points points;
  std::vector<double> gradient, direction;
};

template <class Workload>
void Verify(const std::string& name, Subject<Workload>& subject, double tolerance) {
  std::vector<double> expected(subject.plain.n());
  for (int k = 0; k < 4; ++k) {
    const double* const x = subject.points.Next();
    const double value = subject.plain.hand(x, expected.data());
    for (const wengert::Function* function : {&subject.function, &subject.compiled}) {
      const double found = function->Gradient(absl::MakeConstSpan(x, expected.size()),
                                              absl::MakeSpan(subject.gradient));
      const double error =
          std::max(ValueError(found, value), GradientError(subject.gradient, expected));
      // The compiled one adds in another order.
      if (error <= (function == &subject.compiled ? 4.0 : 1.0) * tolerance) continue;
      std::fprintf(stderr, "%s: the Function's gradient is off by %g\n", name.c_str(), error);
      std::abort();
    }
  }
}

// One way of a Hessian times a vector against the other.
template <class Workload>
void VerifyHvp(const std::string& name, Subject<Workload>& subject) {
  const size_t n = subject.plain.n();
  std::vector<double> expected(n), found(n);
  for (int k = 0; k < 4; ++k) {
    const auto x = absl::MakeConstSpan(subject.points.Next(), n);
    subject.function.Hvp(x, subject.direction, absl::MakeSpan(expected));
    subject.compiled.Hvp(x, subject.direction, absl::MakeSpan(found));
    if (GradientError(found, expected) <= 1e-9) continue;
    std::fprintf(stderr, "%s: two Hessian products differ by %g\n", name.c_str(),
                 GradientError(found, expected));
    std::abort();
  }
}

template <class Workload>
void AddCompiled(const std::string& name, const std::shared_ptr<Subject<Workload>>& subject) {
  const size_t n = subject->plain.n();
  Samples::Add(name, "compiled", [subject, n](benchmark::State& state) {
    for (auto _ : state) {
      subject->compiled.Gradient(absl::MakeConstSpan(subject->points.Next(), n),
                                 absl::MakeSpan(subject->gradient));
      benchmark::ClobberMemory();
    }
  });
  for (const bool is_compiled : {false, true}) {
    Samples::Add(name, is_compiled ? "compiled hvp" : "hvp",
                 [subject, n, is_compiled](benchmark::State& state) {
                   const wengert::Function& f = is_compiled ? subject->compiled : subject->function;
                   for (auto _ : state) {
                     f.Hvp(absl::MakeConstSpan(subject->points.Next(), n), subject->direction,
                           absl::MakeSpan(subject->gradient));
                     benchmark::ClobberMemory();
                   }
                 });
  }
}

template <class Workload>
void AddBenchmarks(const std::string& name, const Workload& workload, double tolerance,
                   Fresh& fresh) {
  const auto subject = std::make_shared<Subject<Workload>>(workload);
  // Of its own, so that no Value is asked where a Gradient just was.
  const auto value_subject = std::make_shared<Subject<Workload>>(workload);
  Verify(name, *subject, tolerance);
  VerifyHvp(name, *subject);
  const size_t n = workload.n();
  Samples::Add(name, "plain", [subject](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(subject->plain(subject->points.Next()));
  });
  Samples::Add(name, "fresh", [subject, &fresh](benchmark::State& state) {
    for (auto _ : state) {
      fresh.Gradient(subject->plain, subject->points.Next(), absl::MakeSpan(subject->gradient));
      benchmark::ClobberMemory();
    }
  });
  Samples::Add(name, "value", [value_subject, n](benchmark::State& state) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(
          value_subject->function.Value(absl::MakeConstSpan(value_subject->points.Next(), n)));
    }
  });
  Samples::Add(name, "gradient", [subject, n](benchmark::State& state) {
    for (auto _ : state) {
      subject->function.Gradient(absl::MakeConstSpan(subject->points.Next(), n),
                                 absl::MakeSpan(subject->gradient));
      benchmark::ClobberMemory();
    }
  });
  AddCompiled(name, subject);
}

void PrintWorkloads(const std::vector<std::string>& names, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {{"workload", "plain us", "record + gradient",
                                                  "Value", "Gradient", "Gradient of recording",
                                                  "compiled Gradient", "Hvp", "compiled Hvp"}};
  for (const std::string& name : names) {
    if (!samples.Has(name, "plain") || !samples.Has(name, "fresh")) continue;
    const double plain = samples.Time(name, "plain");
    const double fresh = samples.Time(name, "fresh");
    const double gradient = samples.Time(name, "gradient");
    table.push_back({name, Digits(plain / 1000), Digits(fresh / plain),
                     Digits(samples.Time(name, "value") / plain), Digits(gradient / plain),
                     Digits(gradient / fresh), Digits(samples.Time(name, "compiled") / plain),
                     Digits(samples.Time(name, "hvp") / plain),
                     Digits(samples.Time(name, "compiled hvp") / plain)});
  }
  PrintMarkdown(table);
}

int Main(int argc, char** argv) {
  Fresh fresh;
  Samples samples;
  std::vector<std::string> names;
  const int asked = std::atoi(TakeArgument("--steps", argc, argv).value_or("1000").c_str());
  const int steps = std::max(asked / kTurns, 1) * kTurns;
  for (const NamedWorkload& named : WorkloadsFromArguments(argc, argv)) {
    names.push_back(named.name);
    std::visit(
        [&](const auto& workload) { AddBenchmarks(named.name, workload, named.tolerance, fresh); },
        named.workload);
  }
  AddBranches();
  samples.RunAll(argc, argv);
  PrintWorkloads(names, samples);
  std::puts("");
  PrintBranches(samples);
  std::puts("");
  PrintDescents(steps, fresh);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
