// Wengert's sparse drivers beside those of the libraries that were found: Hessians of W1 with 1000
// and 1e5 variables, a tenth of W4a, and W5, and the Jacobian of W5's residuals. Every entry is
// compared with Wengert's before anything is timed. Prints a Markdown table: the pattern and
// coloring in milliseconds, and the entries at a new point as multiples of the plain function.
// ADOL-C is left out: Debian builds it without its sparse drivers.
//
//   sparse_peers [Google Benchmark's flags]

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/peers/sparse/driver.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/verify.h"
#include "benchmark/benchmark.h"

namespace bench {
namespace {

struct Subject {
  std::string name;
  SparseWorkload workload;
};

double Seconds(SparseDriver& driver) {
  double best = 1e300;
  for (int k = 0; k < 3; ++k) {
    const auto start = std::chrono::steady_clock::now();
    driver.Plan();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count());
  }
  return best;
}

std::vector<double> StartOf(const SparseWorkload& workload) {
  return std::visit([](const auto& w) { return w.x0(); }, workload);
}

double Plain(const SparseWorkload& workload, const double* x) {
  return std::visit([x](const auto& w) { return DependentsOf(w, x).back(); }, workload);
}

// An entry that one library has and the other hasn't must be zero.
double Difference(const Entries& a, const Entries& b) {
  double worst = 0;
  for (const auto& [place, value] : a) {
    const auto other = b.find(place);
    const double expected = other == b.end() ? 0.0 : other->second;
    const double error = std::abs(value - expected) / std::max(1.0, std::abs(expected));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

int Main(int argc, char** argv) {
  const std::vector<Subject> subjects = {
      {"W1 Hessian, 1000 variables", Rosenbrock{1000}},
      {"W1 Hessian, 1e5 variables", Rosenbrock{100000}},
      {"W4a Hessian, 10 points", GaussianMixture::Synthetic(10)},
      {"W5 Hessian", BundleAdjustment::Synthetic()},
      {"W5 residuals' Jacobian", BundleResiduals(BundleAdjustment::Synthetic())},
  };
  std::map<std::string, double> plan;
  std::map<std::string, size_t> sizes;
  for (const Subject& subject : subjects) {
    const auto points = PointsAround(StartOf(subject.workload), 4);
    Samples::Add(subject.name, "plain",
                 [&subject, points = Points(points)](benchmark::State& state) mutable {
                   for (auto _ : state) {
                     benchmark::DoNotOptimize(Plain(subject.workload, points.Next()));
                   }
                 });
    const std::unique_ptr<SparseDriver> ours = SparseLibraries().at("Wengert")(subject.workload);
    ours->Plan();
    ours->Evaluate(points[1].data());
    const Entries expected = ours->entries();
    sizes[subject.name] = expected.size();
    for (const auto& [name, make] : SparseLibraries()) {
      const std::shared_ptr<SparseDriver> driver = make(subject.workload);
      if (driver == nullptr) continue;
      plan[subject.name + name] = Seconds(*driver);
      driver->Evaluate(points[1].data());
      const Entries found = driver->entries();
      const double error = Worse(Difference(found, expected), Difference(expected, found));
      if (!(error <= 1e-9)) {
        std::fprintf(stderr, "%s: %s is off by %g\n", subject.name.c_str(), name.c_str(), error);
        continue;
      }
      Samples::Add(subject.name, name,
                   [driver, points = Points(points)](benchmark::State& state) mutable {
                     for (auto _ : state) {
                       driver->Evaluate(points.Next());
                       benchmark::ClobberMemory();
                     }
                   });
    }
  }
  Samples samples;
  std::string repetitions = "--benchmark_repetitions=5";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, repetitions.data());
  samples.RunAll(argc + 1, arguments.data());

  std::vector<std::vector<std::string>> table = {{"plan ms / entries", "entries", "plain us"}};
  for (const auto& [name, make] : SparseLibraries()) table[0].push_back(name);
  for (const Subject& subject : subjects) {
    if (!samples.Has(subject.name, "plain")) continue;
    const double plain = samples.Time(subject.name, "plain");
    table.push_back({subject.name, absl::StrCat(sizes[subject.name]), Digits(plain / 1000)});
    for (const auto& [name, make] : SparseLibraries()) {
      const bool has = samples.Has(subject.name, name);
      table.back().push_back(has ? absl::StrCat(Digits(1e3 * plan[subject.name + name]), " / ",
                                                Digits(samples.Time(subject.name, name) / plain))
                                 : std::string("-"));
    }
  }
  PrintMarkdown(table);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
