#ifndef BENCH_RECORD_TIER_TABLE_H_
#define BENCH_RECORD_TIER_TABLE_H_

// What a gradient costs by tier: the plain function on double, and Function's gradient by records
// and by the compiled program, which are verified against each other before anything is timed; and
// what the program costs to compile. A Markdown table with a row for each workload.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace bench {

class TierTable {
 public:
  template <class Workload>
  void Add(const std::string& name, const Workload& workload) {
    rows_.push_back(RowOf(name, workload));
    const auto subject = std::make_shared<Subject<Workload>>(workload);
    subject->Verify(name);
    Samples::Add(name, "plain", [subject](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(subject->plain(subject->points.Next()));
    });
    const auto add = [&](const char* column, const wengert::Function& function) {
      Samples::Add(name, column, [subject, &function](benchmark::State& state) {
        for (auto _ : state) {
          benchmark::DoNotOptimize(subject->Gradient(function, subject->points.Next()));
          benchmark::ClobberMemory();
        }
      });
    };
    add("records", subject->records);
    add("program", subject->program);
  }

  void Run(int argc, char** argv) const {
    Samples samples;
    samples.RunAll(argc, argv);
    std::vector<std::vector<std::string>> table = {
        {"workload", "plain us", "records", "program", "coverage", "compiling, in recordings"}};
    for (const Row& row : rows_) {
      const double plain = samples.Time(row.name, "plain");
      const auto ratio = [&](const char* column) {
        return Digits(samples.Time(row.name, column) / plain);
      };
      table.push_back({row.name, Digits(plain / 1000.0), ratio("records"), ratio("program"),
                       Digits(row.coverage), Digits(row.compile_in_recordings)});
    }
    PrintMarkdown(table);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static constexpr double kTolerance = 1e-10;  // sums in another order

  struct Row {
    std::string name;
    double coverage, compile_in_recordings;
  };

  static double SecondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  template <class Workload>
  static wengert::Function FunctionOf(const Workload& workload, int64_t compile_after) {
    return wengert::Function::Record(
        [workload](absl::Span<const wengert::Var> x) { return workload(x.data()); }, workload.x0(),
        {.compile_after = compile_after});
  }

  template <class Workload>
  static Row RowOf(const std::string& name, const Workload& workload) {
    wengert::Tape tape;
    std::vector<wengert::Var> inputs;
    const std::vector<double> x0 = workload.x0();
    double record = 1e9, compile = 1e9, coverage = 0.0;
    for (int i = 0; i < 5; ++i) {
      Clock::time_point start = Clock::now();
      const wengert::Var y = RecordAt(workload, x0.data(), tape, inputs);
      record = std::min(record, SecondsSince(start));
      const auto root = wengert::Operand::Node(tape.NodeOf(y, "bench"));
      start = Clock::now();
      const auto compiled = wengert::program::Compiled::Compile(tape, x0.size(), {root});
      compile = std::min(compile, SecondsSince(start));
      if (!compiled.ok()) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(),
                     std::string(compiled.status().message()).c_str());
        continue;
      }
      coverage =
          static_cast<double>((*compiled)->in_loops()) / static_cast<double>((*compiled)->nodes());
    }
    return {name, coverage, compile / record};
  }

  template <class Workload>
  class Subject {
   public:
    explicit Subject(const Workload& workload)
        : plain(workload),
          records(FunctionOf(workload, wengert::FunctionOptions::kNever)),
          program(FunctionOf(workload, 0)),
          points(PointsAround(workload.x0(), 4)),
          gradient_(workload.n()) {}

    void Verify(const std::string& name) {
      for (int k = 0; k < 4; ++k) {
        const double* const x = points.Next();
        const double value = Gradient(records, x);
        const std::vector<double> expected = gradient_;
        const double found = Gradient(program, x);
        const double error = Worse(ValueError(found, value), GradientError(gradient_, expected));
        if (error <= kTolerance) continue;
        std::fprintf(stderr, "%s: the program's gradient is off by %g\n", name.c_str(), error);
        std::abort();
      }
    }
    double Gradient(const wengert::Function& function, const double* x) {
      return function.Gradient(absl::MakeConstSpan(x, gradient_.size()), absl::MakeSpan(gradient_));
    }

    const Workload plain;
    const wengert::Function records, program;
    Points points;

   private:
    std::vector<double> gradient_;
  };

  std::vector<Row> rows_;
};

}  // namespace bench

#endif  // BENCH_RECORD_TIER_TABLE_H_
