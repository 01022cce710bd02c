#ifndef BENCH_RECORD_SAMPLES_H_
#define BENCH_RECORD_SAMPLES_H_

// Times that can be divided by each other on a machine that others use, too. Google Benchmark
// repeats every benchmark in short samples, in random order, so that all of them see the same
// disturbances; of a benchmark's samples the 8th percentile counts, which a disturbance doesn't
// reach unless it lasts nearly all the time. Medians of the same samples move by tens of percent.

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"

namespace bench {

class Samples : public benchmark::BenchmarkReporter {
 public:
  // Adds a benchmark: body(state) is its loop.
  template <class Body>
  static void Add(const std::string& row, const std::string& column, Body body) {
    benchmark::RegisterBenchmark(absl::StrCat(row, "/", column).c_str(), std::move(body));
  }

  // Adds one whose loop is call(). The first call of a sample isn't timed: the caches are full of
  // another benchmark's data.
  template <class Call>
  static void AddCalls(const std::string& row, const std::string& column, Call call) {
    Add(row, column, [call](benchmark::State& state) {
      benchmark::DoNotOptimize(call());
      for (auto _ : state) {
        benchmark::DoNotOptimize(call());
        benchmark::ClobberMemory();
      }
    });
  }

  // Runs what was added and what --benchmark_filter selects.
  void RunAll(int argc, char** argv) {
    std::vector<std::string> arguments = {
        argv[0],
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_repetitions=100",
        "--benchmark_min_time=0.001",
    };
    arguments.insert(arguments.end(), argv + 1, argv + argc);  // later ones win
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    int count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&count, pointers.data());
    if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) std::exit(1);
    benchmark::RunSpecifiedBenchmarks(this);
  }

  bool Has(const std::string& row, const std::string& column) const {
    return samples_.count(absl::StrCat(row, "/", column)) > 0;
  }

  // Nanoseconds of processor time one call took.
  double Time(const std::string& row, const std::string& column) const {
    std::vector<double> samples = samples_.at(absl::StrCat(row, "/", column));
    const auto eighth = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() * 8 / 100);
    std::nth_element(samples.begin(), eighth, samples.end());
    return *eighth;
  }

  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      samples_[run.run_name.function_name].push_back(1e9 * run.cpu_accumulated_time /
                                                     static_cast<double>(run.iterations));
    }
  }

 private:
  std::map<std::string, std::vector<double>> samples_;
};

// Points to evaluate at, in turn: no call sees the input of the call before it.
class Points {
 public:
  explicit Points(std::vector<std::vector<double>> points) : points_(std::move(points)) {}
  const double* Next() {
    next_ = (next_ + 1) % points_.size();
    return points_[next_].data();
  }

 private:
  std::vector<std::vector<double>> points_;
  size_t next_ = 0;
};

}  // namespace bench

#endif  // BENCH_RECORD_SAMPLES_H_
