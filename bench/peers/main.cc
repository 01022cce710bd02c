// Wengert beside the libraries that were found, on the same workloads in the same run: record +
// gradient, and replay where a library has it, as multiples of the plain function. Every gradient
// is verified against the hand-written one first; a library that is off is left out of that row,
// with a word on standard error. Prints a Markdown table.
//
//   peers [--data DIR with ADBench's files] [Google Benchmark's flags]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "bench/peers/library.h"
#include "bench/record/arguments.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/verify.h"
#include "benchmark/benchmark.h"

namespace bench {
namespace {

// Some peers lose more digits than Wengert does.
constexpr double kPeerTolerance = 1e-10;

using Gradient = double (Differentiator::*)(const double*, double*);

struct Mode {
  std::string name;
  Gradient gradient;
};

std::vector<Mode> ModesOf(const Library& library) {
  std::vector<Mode> modes = {{"record", &Differentiator::RecordGradient}};
  if (library.replays) modes.push_back({"replay", &Differentiator::ReplayGradient});
  return modes;
}

template <class Workload>
double Error(const Workload& workload, Differentiator& differentiator, Gradient gradient) {
  std::vector<double> expected(workload.n()), actual(workload.n());
  double worst = 0.0;
  for (const std::vector<double>& x : PointsAround(workload.x0(), 4)) {
    const double value = workload.hand(x.data(), expected.data());
    const double actual_value = (differentiator.*gradient)(x.data(), actual.data());
    const double error = Worse(ValueError(actual_value, value), GradientError(actual, expected));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

// The same loop for everything that fills a gradient: call(x, gradient) gives the value.
template <class Workload, class Call>
void AddLoop(const std::string& row, const std::string& column, const Workload& workload,
             Call call) {
  Samples::Add(
      row, column,
      [points = Points(PointsAround(workload.x0(), 4)),
       gradient = std::vector<double>(workload.n()), call](benchmark::State& state) mutable {
        for (auto _ : state) {
          benchmark::DoNotOptimize(call(points.Next(), gradient.data()));
          benchmark::ClobberMemory();
        }
      });
}

template <class Workload>
void AddBenchmarks(const std::string& row, const Workload& workload, double tolerance) {
  const auto shared = std::make_shared<const Workload>(workload);
  AddLoop(row, "plain", workload, [shared](const double* x, double*) { return (*shared)(x); });
  AddLoop(row, "hand", workload,
          [shared](const double* x, double* gradient) { return shared->hand(x, gradient); });
  for (const auto& [name, library] : Libraries()) {
    const std::shared_ptr<Differentiator> differentiator = library.make(workload);
    for (const Mode& mode : ModesOf(library)) {
      const double error = Error(workload, *differentiator, mode.gradient);
      if (!(error <= (name == "Wengert" ? tolerance : kPeerTolerance))) {
        std::fprintf(stderr, "%s: %s of %s is off by %g\n", row.c_str(), mode.name.c_str(),
                     name.c_str(), error);
        if (name == "Wengert") std::abort();
        continue;
      }
      AddLoop(row, name + " " + mode.name, workload,
              [differentiator, gradient = mode.gradient](const double* x, double* g) {
                return (*differentiator.*gradient)(x, g);
              });
    }
  }
}

void PrintTable(const std::vector<NamedWorkload>& workloads, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {
      {"record + gradient / replay", "plain us", "hand"}};
  for (const auto& [name, library] : Libraries()) table[0].push_back(name);
  for (const NamedWorkload& workload : workloads) {
    const std::string& row = workload.name;
    if (!samples.Has(row, "plain")) continue;
    const double plain = samples.Time(row, "plain");
    const auto ratio = [&](const std::string& column) {
      return samples.Has(row, column) ? Digits(samples.Time(row, column) / plain) : "-";
    };
    table.push_back({row, Digits(plain / 1000.0), ratio("hand")});
    for (const auto& [name, library] : Libraries()) {
      std::string cell = ratio(name + " record");
      if (library.replays) cell += " / " + ratio(name + " replay");
      table.back().push_back(cell);
    }
  }
  PrintMarkdown(table);
}

int Main(int argc, char** argv) {
  const std::vector<NamedWorkload> workloads = WorkloadsFromArguments(argc, argv);
  for (const NamedWorkload& named : workloads) {
    std::visit([&](const auto& workload) { AddBenchmarks(named.name, workload, named.tolerance); },
               named.workload);
  }
  Samples samples;
  samples.RunAll(argc, argv);
  PrintTable(workloads, samples);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
