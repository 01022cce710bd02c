// What a gradient costs that is replayed, beside the function itself: every workload as the plain
// function on double, its hand-written derivative, recorded anew and swept, the tape swept again,
// and the compiled program. All gradients are verified before anything is timed. Compiling is given
// in recordings, the decoding of the tape's records, which comes first, on its own; and in calls:
// after so many, both have paid against recording anew. Prints a Markdown table;
//
//   replay [--data DIR with ADBench's files] [Google Benchmark's flags]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "bench/record/arguments.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace bench {
namespace {

using wengert::program::Compiled;
constexpr double kOne = 1.0;
// A loop adds up in another order than the tape and fuses products into sums.
constexpr double kReplayTolerance = 1e-10;

// Seconds of processor time that f() takes, as others use the machine, too.
template <class F>
double Seconds(F f) {
  const std::clock_t start = std::clock();
  f();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// What the table needs of a workload beside its times.
struct Row {
  std::string name;
  std::string not_compiled;  // why, or empty
  double coverage = 0.0;     // share of the nodes that are in loops
  size_t loops = 0;
  double record = 1e9, decode = 1e9, compile = 1e9;  // seconds, the least of a few
  double program_kib = 0.0;
};

// Vars are recorded on the newest tape: it must be newer than those of all subjects.
wengert::Tape& NewestTape() {
  static wengert::Tape& tape = *new wengert::Tape();
  return tape;
}

template <class Workload>
class Subject {
 public:
  Subject(const Workload& workload, Row& row)
      : function(workload), points(PointsAround(workload.x0(), 4)), gradient(workload.n()) {
    const std::vector<double> x0 = workload.x0();
    root_ = RecordAt(workload, x0.data(), tape_, inputs_);
    for (int i = 0; i < 5; ++i) {
      constexpr int kRecordings = 10;
      const double recordings = Seconds([&] {
        for (int k = 0; k < kRecordings; ++k) {
          root_ = RecordAt(workload, x0.data(), tape_, inputs_);
        }
      });
      row.record = std::min(row.record, recordings / kRecordings);
      uint32_t node = 0;
      row.decode = std::min(row.decode, Seconds([&] { node = tape_.NodeOf(root_, "replay"); }));
      const auto dependent = wengert::Operand::Node(node);
      absl::StatusOr<std::unique_ptr<const Compiled>> compiled;
      const auto compile = [&] { compiled = Compiled::Compile(tape_, x0.size(), {dependent}); };
      row.compile = std::min(row.compile, Seconds(compile));
      if (!compiled.ok()) {
        row.not_compiled = std::string(compiled.status().message());
        continue;
      }
      compiled_ = *std::move(compiled);
    }
    if (!is_compiled()) return;
    workspace_ = compiled_->MakeWorkspace();
    row.coverage =
        static_cast<double>(compiled_->in_loops()) / static_cast<double>(compiled_->nodes());
    row.loops = compiled_->loops().size();
    row.program_kib = static_cast<double>(compiled_->bytes()) / 1024.0;
  }

  const double* Hand() {
    function.hand(points.Next(), gradient.data());
    return gradient.data();
  }
  const double* Afresh() {
    wengert::Tape& tape = NewestTape();
    const wengert::Var root = RecordAt(function, points.Next(), tape, inputs_);
    tape.Backward(root).Gradient(absl::MakeSpan(gradient));
    return gradient.data();
  }
  const double* Tape() {
    if (!tape_.Replay({points.Next(), function.n()}).ok()) std::abort();
    tape_.Backward(root_).Gradient(absl::MakeSpan(gradient));
    return gradient.data();
  }
  const double* Program(const double* x) {
    if (!compiled_->Gradient({x, function.n()}, {&kOne, 1}, *workspace_, {&value, 1},
                             absl::MakeSpan(gradient))) {
      std::abort();
    }
    return gradient.data();
  }
  bool is_compiled() const { return compiled_ != nullptr; }

  const Workload function;
  Points points;
  std::vector<double> gradient;
  double value = 0.0;

 private:
  wengert::Tape tape_;
  std::vector<wengert::Var> inputs_;
  wengert::Var root_;
  std::unique_ptr<const Compiled> compiled_;
  std::unique_ptr<Compiled::Workspace> workspace_;
};

template <class Workload>
void Verify(const std::string& name, Subject<Workload>& subject) {
  std::vector<double> expected(subject.function.n());
  for (const std::vector<double>& x : PointsAround(subject.function.x0(), 4)) {
    const double value = subject.function.hand(x.data(), expected.data());
    subject.Program(x.data());
    const double error =
        std::max(ValueError(subject.value, value), GradientError(subject.gradient, expected));
    if (error <= kReplayTolerance) continue;
    std::fprintf(stderr, "%s: the program's gradient is off by %g\n", name.c_str(), error);
    std::abort();
  }
}

template <class Workload>
void AddBenchmarks(const std::string& name, const std::shared_ptr<Subject<Workload>>& subject) {
  Samples::Add(name, "plain", [subject](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(subject->function(subject->points.Next()));
  });
  const auto add = [&](const char* column, auto evaluate) {
    Samples::Add(name, column, [subject, evaluate](benchmark::State& state) {
      for (auto _ : state) {
        benchmark::DoNotOptimize(evaluate(*subject));
        benchmark::ClobberMemory();
      }
    });
  };
  add("hand", [](Subject<Workload>& s) { return s.Hand(); });
  add("afresh", [](Subject<Workload>& s) { return s.Afresh(); });
  add("tape", [](Subject<Workload>& s) { return s.Tape(); });
  if (!subject->is_compiled()) return;
  add("program", [](Subject<Workload>& s) { return s.Program(s.points.Next()); });
}

void PrintTable(const std::vector<Row>& rows, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {
      {"workload", "plain us", "hand", "afresh", "tape", "program", "coverage", "loops",
       "decoding, compiling, in recordings", "paid after calls", "KiB"}};
  for (const Row& row : rows) {
    if (!samples.Has(row.name, "plain")) continue;
    const double plain = samples.Time(row.name, "plain");
    const auto ratio = [&](const std::string& column) {
      return samples.Has(row.name, column) ? Digits(samples.Time(row.name, column) / plain) : "";
    };
    std::string paid;
    if (samples.Has(row.name, "program") && samples.Has(row.name, "afresh")) {
      const double saved = samples.Time(row.name, "afresh") - samples.Time(row.name, "program");
      paid = Digits(std::ceil(1e9 * (row.decode + row.compile) / saved));
    }
    table.push_back({row.name, Digits(plain / 1000.0), ratio("hand"), ratio("afresh"),
                     ratio("tape"), ratio("program"), Digits(row.coverage),
                     std::to_string(row.loops),
                     Digits(row.decode / row.record) + ", " + Digits(row.compile / row.record),
                     paid, Digits(row.program_kib)});
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
          if (subject->is_compiled()) Verify(named.name, *subject);
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
