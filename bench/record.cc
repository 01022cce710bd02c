// What recording and sweeping cost beside the function itself: every workload as the plain function
// on double, its hand-written derivative, recording alone, the reverse sweep alone, and recording
// with the gradient. All derivatives are verified before anything is timed. Prints a Markdown
// table;
//
//   record [--data DIR with ADBench's files] [Google Benchmark's flags, --benchmark_out=... too]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "bench/record/arguments.h"
#include "bench/record/markdown.h"
#include "bench/record/published.h"
#include "bench/record/samples.h"
#include "bench/workloads/counted.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/wengert.h"

namespace bench {
namespace {

// One tape for all, as a program has that records again and again: its memory is warm.
struct Recorder {
  wengert::Tape tape;
  std::vector<wengert::Var> inputs;
};

// What the table needs of a workload beside its times.
struct Row {
  std::string name;
  double operations;
  double bytes;  // of the tape
};

// The workload with its points and room for its gradient, shared by its five benchmarks.
template <class Workload>
struct Subject {
  explicit Subject(const Workload& w)
      : function(w), points(PointsAround(w.x0(), 4)), gradient(w.n()) {}

  const double* Hand() {
    function.hand(points.Next(), gradient.data());
    return gradient.data();
  }
  wengert::Var Record(Recorder& recorder) {
    return RecordAt(function, points.Next(), recorder.tape, recorder.inputs);
  }
  const double* Sweep(const wengert::Var& root, Recorder& recorder) {
    recorder.tape.Backward(root).Gradient(absl::MakeSpan(gradient));
    return gradient.data();
  }

  const Workload function;
  Points points;
  std::vector<double> gradient;
};

template <class Workload>
Row VerifiedRow(const std::string& name, const Workload& workload, double tolerance,
                Recorder& recorder) {
  std::vector<double> expected(workload.n());
  for (const std::vector<double>& x : PointsAround(workload.x0(), 4)) {
    const double value = workload.hand(x.data(), expected.data());
    const wengert::Var root = RecordAt(workload, x.data(), recorder.tape, recorder.inputs);
    const double error = Worse(ValueError(root.value(), value),
                               GradientError(recorder.tape.Backward(root).Gradient(), expected));
    if (error <= tolerance) continue;
    std::fprintf(stderr, "%s: the tape's gradient is off by %g\n", name.c_str(), error);
    std::abort();
  }
  return {name, static_cast<double>(CountOperations(workload).operations),
          static_cast<double>(recorder.tape.bytes())};
}

template <class Workload>
void AddBenchmarks(const std::string& name, const Workload& workload, Recorder& recorder) {
  const auto subject = std::make_shared<Subject<Workload>>(workload);
  Samples::AddCalls(name, "plain", [subject] { return subject->function(subject->points.Next()); });
  Samples::AddCalls(name, "hand", [subject] { return subject->Hand(); });
  Samples::AddCalls(name, "record", [subject, &recorder] { return subject->Record(recorder); });
  Samples::Add(name, "sweep", [subject, &recorder](benchmark::State& state) {
    const wengert::Var root = subject->Record(recorder);
    for (auto _ : state) {
      benchmark::DoNotOptimize(subject->Sweep(root, recorder));
      benchmark::ClobberMemory();
    }
  });
  Samples::AddCalls(name, "both", [subject, &recorder] {
    return subject->Sweep(subject->Record(recorder), recorder);
  });
}

void PrintTable(const std::vector<Row>& rows, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {
      {"workload", "operations", "plain us", "hand", "record", "sweep", "record + gradient",
       "of the published best", "record ns/op", "sweep ns/op", "bytes/op"}};
  for (const Row& row : rows) {
    if (!samples.Has(row.name, "plain")) continue;
    const double plain = samples.Time(row.name, "plain");
    const auto ratio = [&](const std::string& column) {
      return samples.Has(row.name, column) ? Digits(samples.Time(row.name, column) / plain) : "";
    };
    const auto per_operation = [&](const std::string& column) {
      return samples.Has(row.name, column) ? Digits(samples.Time(row.name, column) / row.operations)
                                           : "";
    };
    const auto published = FastestPublished().find(row.name);
    const bool comparable = published != FastestPublished().end() && samples.Has(row.name, "both");
    table.push_back(
        {row.name, std::to_string(static_cast<size_t>(row.operations)), Digits(plain / 1000.0),
         ratio("hand"), ratio("record"), ratio("sweep"), ratio("both"),
         comparable ? Digits(samples.Time(row.name, "both") / plain / published->second) : "",
         per_operation("record"), per_operation("sweep"), Digits(row.bytes / row.operations)});
  }
  PrintMarkdown(table);
}

int Main(int argc, char** argv) {
  Recorder recorder;
  Samples samples;
  std::vector<Row> rows;
  for (const NamedWorkload& named : WorkloadsFromArguments(argc, argv)) {
    std::visit(
        [&](const auto& workload) {
          rows.push_back(VerifiedRow(named.name, workload, named.tolerance, recorder));
          AddBenchmarks(named.name, workload, recorder);
        },
        named.workload);
  }
  samples.RunAll(argc, argv);
  PrintTable(rows, samples);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
