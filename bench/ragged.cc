// What a gradient costs whose loops aren't periodic but alike (program/isomorphs.h): the plain
// function on double, and Function's gradient by records and by the compiled program, which are
// verified against each other before anything is timed. Prints a Markdown table; takes Google
// Benchmark's flags.

#include "bench/workloads/ragged.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
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
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kRaggedTolerance = 1e-10;  // sums in another order

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <class Workload>
wengert::Function FunctionOf(const Workload& workload, int64_t compile_after) {
  return wengert::Function::Record(
      [workload](absl::Span<const wengert::Var> x) { return workload(x.data()); }, workload.x0(),
      {.compile_after = compile_after});
}

struct Row {
  std::string name;
  double coverage, compile_in_recordings;
};

template <class Workload>
Row RowOf(const std::string& name, const Workload& workload) {
  wengert::Tape tape;
  std::vector<wengert::Var> inputs;
  const std::vector<double> x0 = workload.x0();
  double record = 1e9, compile = 1e9, coverage = 0.0;
  for (int i = 0; i < 5; ++i) {
    Clock::time_point start = Clock::now();
    const wengert::Var y = RecordAt(workload, x0.data(), tape, inputs);
    record = std::min(record, SecondsSince(start));
    const auto root = wengert::Operand::Node(tape.NodeOf(y, "ragged"));
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
      if (error <= kRaggedTolerance) continue;
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

template <class Workload>
void Add(const std::string& name, const Workload& workload, std::vector<Row>& rows) {
  rows.push_back(RowOf(name, workload));
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

int Main(int argc, char** argv) {
  Samples samples;
  std::vector<Row> rows;
  Add("sparse 1000 x 300, rows of 1-12", SparseResiduals(1000, 300, 12), rows);
  Add("sparse 10000 x 3000, rows of 1-40", SparseResiduals(10000, 3000, 40), rows);
  Add("mesh of 30 x 30 vertices", MeshRoughness(30), rows);
  samples.RunAll(argc, argv);
  std::vector<std::vector<std::string>> table = {
      {"workload", "plain us", "records", "program", "coverage", "compiling, in recordings"}};
  for (const Row& row : rows) {
    const double plain = samples.Time(row.name, "plain");
    const auto ratio = [&](const char* column) {
      return Digits(samples.Time(row.name, column) / plain);
    };
    table.push_back({row.name, Digits(plain / 1000.0), ratio("records"), ratio("program"),
                     Digits(row.coverage), Digits(row.compile_in_recordings)});
  }
  PrintMarkdown(table);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
