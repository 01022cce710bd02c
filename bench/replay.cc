// What a gradient costs that is replayed, beside the function itself: every workload as the plain
// function on double, its hand-written derivative, recorded anew and swept, the tape swept again,
// the compiled program with each set of lane kernels that this machine can run (the narrowest are
// the plain instructions of its architecture, SSE2 on x86-64; the widest are what a Function
// takes), and, where lanes have room for a recording, a point of a batch that fills a block. All
// gradients are verified before anything is timed. Compiling is given in recordings, the decoding
// of the tape's records, which comes first, on its own; and in calls: after so many, both have paid
// against recording anew. Prints a Markdown table;
//
//   replay [--data DIR with ADBench's files] [Google Benchmark's flags]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "bench/record/arguments.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/replay/subject.h"
#include "bench/workloads/verify.h"
#include "benchmark/benchmark.h"
#include "wengert/program/lane_kernels.h"

namespace bench {
namespace {

using wengert::program::AvailableKernels;
using wengert::program::BestKernels;
using wengert::program::LaneKernels;

// A loop adds up in another order than the tape and fuses products into sums.
constexpr double kReplayTolerance = 1e-10;

void Require(double error, const std::string& what) {
  if (error <= kReplayTolerance) return;
  std::fprintf(stderr, "%s: the gradient is off by %g\n", what.c_str(), error);
  std::abort();
}

template <class Workload>
void VerifyPrograms(const std::string& name, Subject<Workload>& subject) {
  std::vector<double> expected(subject.function.n());
  for (const std::vector<double>& x : PointsAround(subject.function.x0(), 4)) {
    const double value = subject.function.hand(x.data(), expected.data());
    for (size_t k = 0; k < AvailableKernels().size(); ++k) {
      subject.Program(x.data(), k);
      Require(std::max(ValueError(subject.value, value), GradientError(subject.gradient, expected)),
              name + ": " + ColumnOf(AvailableKernels()[k]));
    }
  }
}

template <class Workload>
void VerifyBatch(const std::string& name, Subject<Workload>& subject) {
  const size_t n = subject.function.n();
  std::vector<double> expected(n);
  subject.EvaluateBatch();
  for (size_t k = 0; k < subject.values.size(); ++k) {
    const double value = subject.function.hand(subject.BatchPoint(k).data(), expected.data());
    const absl::Span<const double> found = {subject.gradients.data() + k * n, n};
    Require(subject.holds[k] == 0 ? 1.0 : ValueError(subject.values[k], value), name + ": batch");
    Require(GradientError(found, expected), name + ": batch");
  }
}

template <class Workload>
void AddBenchmarks(const std::string& name, const std::shared_ptr<Subject<Workload>>& subject) {
  const auto add = [&](const std::string& column, auto evaluate) {
    Samples::AddCalls(name, column, [subject, evaluate] { return evaluate(*subject); });
  };
  add("plain", [](Subject<Workload>& s) { return s.Plain(); });
  add("hand", [](Subject<Workload>& s) { return s.Hand(); });
  add("afresh", [](Subject<Workload>& s) { return s.Afresh(); });
  add("tape", [](Subject<Workload>& s) { return s.Tape(); });
  for (size_t k = 0; subject->is_compiled() && k < AvailableKernels().size(); ++k) {
    add(ColumnOf(AvailableKernels()[k]),
        [k](Subject<Workload>& s) { return s.Program(s.points.Next(), k); });
  }
  if (subject->has_batch()) add("batch", [](Subject<Workload>& s) { return s.EvaluateBatch(); });
}

// After how many calls of the widest program it has paid, or "".
std::string Paid(const Row& row, const Samples& samples) {
  const std::string program = ColumnOf(BestKernels());
  if (!samples.Has(row.name, program) || !samples.Has(row.name, "afresh")) return "";
  const double saved = samples.Time(row.name, "afresh") - samples.Time(row.name, program);
  return Digits(std::ceil(1e9 * (row.decode + row.compile) / saved));
}

void PrintTable(const std::vector<Row>& rows, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {
      {"workload", "plain us", "hand", "afresh", "tape"}};
  std::vector<std::string>& head = table.front();
  for (const LaneKernels& kernels : AvailableKernels()) head.push_back(ColumnOf(kernels));
  head.insert(head.end(), {"batch a point", "coverage", "loops",
                           "decoding, compiling, in recordings", "paid after calls", "KiB"});
  for (const Row& row : rows) {
    if (!samples.Has(row.name, "plain")) continue;
    const double plain = samples.Time(row.name, "plain");
    const auto ratio = [&](const std::string& column, size_t calls = 1) {
      if (!samples.Has(row.name, column)) return std::string();
      return Digits(samples.Time(row.name, column) / plain / static_cast<double>(calls));
    };
    std::vector<std::string> line = {row.name, Digits(plain / 1000.0)};
    for (const char* column : {"hand", "afresh", "tape"}) line.push_back(ratio(column));
    for (const LaneKernels& kernels : AvailableKernels()) line.push_back(ratio(ColumnOf(kernels)));
    line.insert(line.end(),
                {ratio("batch", row.batch_points), Digits(row.coverage), std::to_string(row.loops),
                 Digits(row.decode / row.record) + ", " + Digits(row.compile / row.record),
                 Paid(row, samples), Digits(row.program_kib)});
    table.push_back(line);
    if (!row.not_compiled.empty())
      std::printf("%s: %s\n", row.name.c_str(), row.not_compiled.c_str());
  }
  PrintMarkdown(table);
}

int Main(int argc, char** argv) {
  Samples samples;
  std::vector<Row> rows;
  for (const NamedWorkload& named : WorkloadsFromArguments(argc, argv)) {
    std::visit(
        [&](const auto& workload) {
          rows.push_back({named.name, {}});
          using Workload = std::decay_t<decltype(workload)>;
          const auto subject = std::make_shared<Subject<Workload>>(workload, rows.back());
          if (subject->is_compiled()) VerifyPrograms(named.name, *subject);
          if (subject->has_batch()) VerifyBatch(named.name, *subject);
          AddBenchmarks(named.name, subject);
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
