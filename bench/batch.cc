// What value and gradient cost a point when a thousand points are evaluated at once, beside one
// point at a time: the plain function on double, a Function that interprets its tape, the compiled
// program. Every batch is verified against the Function at all of its points before anything is
// timed. Prints a Markdown table, nanoseconds a point; takes Google Benchmark's flags.

#include "wengert/program/batch.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/chain.h"
#include "bench/workloads/logistic_regression.h"
#include "bench/workloads/lstm.h"
#include "bench/workloads/random_expression.h"
#include "bench/workloads/rosenbrock.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace bench {
namespace {

using wengert::Function;
using wengert::Var;
using wengert::program::AvailableKernels;
using wengert::program::Batch;
using wengert::program::Compiled;
using wengert::program::LaneKernels;

constexpr double kOne = 1.0;
constexpr size_t kPoints = 1000;
constexpr double kBatchTolerance = 1e-10;

// Processor time, the least of a few.
template <class F>
double Seconds(F f) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    f();
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

struct Row {
  std::string name;
  size_t nodes = 0;
  size_t width = 0;  // points in a block
  double build_us = 0.0;
};

template <class Workload>
class Subject {
 public:
  Subject(const Workload& workload, Row& row)
      : function(workload),
        points(PointsAround(workload.x0(), 4)),
        gradient(workload.n()),
        replay_(Function::Record([&](absl::Span<const Var> x) { return workload(x.data()); },
                                 workload.x0(),
                                 {.compile_after = wengert::FunctionOptions::kNever})) {
    const std::vector<double> x0 = workload.x0();
    std::vector<Var> inputs;
    const Var root = RecordAt(workload, x0.data(), tape_, inputs);
    const auto dependent = wengert::Operand::Node(tape_.NodeOf(root, "batch"));
    for (const LaneKernels& kernels : AvailableKernels()) {
      const auto build = [&] { return *Batch::Build(tape_, x0.size(), dependent, {&kernels, 0}); };
      row.build_us = 1e6 * Seconds(build);
      batches_.push_back(build());
      workspaces_.push_back(batches_.back()->MakeWorkspace());
    }
    row.nodes = tape_.size();
    row.width = batches_.back()->width();
    auto compiled = Compiled::Compile(tape_, x0.size(), {dependent});
    if (compiled.ok()) compiled_ = *std::move(compiled);
    if (compiled_ != nullptr) compiled_workspace_ = compiled_->MakeWorkspace();
    for (const std::vector<double>& x : PointsAround(x0, kPoints)) {
      many_.insert(many_.end(), x.begin(), x.end());
    }
    values_.resize(kPoints);
    gradients_.resize(many_.size());
    holds_.resize(kPoints);
  }

  const double* Replay(const double* x) {
    value = replay_.Gradient(absl::MakeConstSpan(x, function.n()), absl::MakeSpan(gradient));
    return gradient.data();
  }
  bool is_compiled() const { return compiled_ != nullptr; }
  const double* Program(const double* x) {
    if (!compiled_->Gradient({x, function.n()}, {&kOne, 1}, *compiled_workspace_, {&value, 1},
                             absl::MakeSpan(gradient))) {
      std::abort();
    }
    return gradient.data();
  }
  const double* EvaluateBatch(size_t isa) {
    batches_[isa]->Gradient(many_, {}, absl::MakeSpan(values_), absl::MakeSpan(gradients_),
                            absl::MakeSpan(holds_), *workspaces_[isa]);
    return gradients_.data();
  }

  void Verify(const std::string& name) {
    const size_t n = function.n();
    for (size_t isa = 0; isa < batches_.size(); ++isa) {
      EvaluateBatch(isa);
      for (size_t k = 0; k < kPoints; ++k) {
        Replay(many_.data() + k * n);
        const double error = Worse(ValueError(values_[k], value),
                                   GradientError({gradients_.data() + k * n, n}, gradient));
        if (error <= kBatchTolerance && holds_[k] == 1) continue;
        std::fprintf(stderr, "%s: point %zu is off by %g\n", name.c_str(), k, error);
        std::abort();
      }
    }
  }

  const Workload function;
  Points points;
  std::vector<double> gradient;
  double value = 0.0;

 private:
  Function replay_;
  wengert::Tape tape_;  // of the programs, which may come back to it
  std::unique_ptr<const Compiled> compiled_;
  std::unique_ptr<Compiled::Workspace> compiled_workspace_;
  std::vector<std::unique_ptr<const Batch>> batches_;  // of each SIMD width
  std::vector<std::unique_ptr<Batch::Workspace>> workspaces_;
  std::vector<double> many_, values_, gradients_;
  std::vector<uint8_t> holds_;
};

template <class Workload>
void Add(const std::string& name, const Workload& workload, std::vector<Row>& rows) {
  rows.push_back({name});
  using OneSubject = Subject<Workload>;
  const auto subject = std::make_shared<OneSubject>(workload, rows.back());
  subject->Verify(name);
  const auto add = [&](const std::string& column, auto evaluate) {
    Samples::AddCalls(name, column, [subject, evaluate] { return evaluate(*subject); });
  };
  add("plain", [](OneSubject& s) { return s.function(s.points.Next()); });
  add("replay", [](OneSubject& s) { return s.Replay(s.points.Next()); });
  if (subject->is_compiled()) {
    add("program", [](OneSubject& s) { return s.Program(s.points.Next()); });
  }
  for (size_t isa = 0; isa < AvailableKernels().size(); ++isa) {
    add(AvailableKernels()[isa].name, [isa](OneSubject& s) { return s.EvaluateBatch(isa); });
  }
}

void PrintTable(const std::vector<Row>& rows, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {
      {"workload", "nodes", "plain ns", "replay", "program"}};
  for (const LaneKernels& kernels : AvailableKernels()) {
    table[0].push_back(std::string("batch ") + kernels.name);
    table[0].push_back("replay / batch");
  }
  table[0].push_back("points a block");
  table[0].push_back("building us");
  for (const Row& row : rows) {
    if (!samples.Has(row.name, "replay")) continue;
    const double replay = samples.Time(row.name, "replay");
    const auto time = [&](const char* column) {
      return samples.Has(row.name, column) ? Digits(samples.Time(row.name, column)) : "";
    };
    table.push_back(
        {row.name, std::to_string(row.nodes), time("plain"), time("replay"), time("program")});
    for (const LaneKernels& kernels : AvailableKernels()) {
      if (!samples.Has(row.name, kernels.name)) continue;
      const double batch = samples.Time(row.name, kernels.name) / kPoints;
      table.back().push_back(Digits(batch));
      table.back().push_back(Digits(replay / batch));
    }
    table.back().push_back(std::to_string(row.width));
    table.back().push_back(Digits(row.build_us));
  }
  PrintMarkdown(table);
}

LogisticRegression SmallLogisticRegression() {
  LogisticRegression small;
  small.samples = 20;
  return small;
}

int Main(int argc, char** argv) {
  std::vector<Row> rows;
  Add("W1 rosenbrock n=10", Rosenbrock{10}, rows);
  Add("W1 rosenbrock n=1000", Rosenbrock(), rows);
  Add("W2 logreg 20x20", SmallLogisticRegression(), rows);
  Add("W6 lstm l2 b14 c32", Lstm(), rows);
  Add("W11 chain 1000", Chain(), rows);
  Add("random expression 60", RandomExpression{8, 60}, rows);
  Add("random expression 300", RandomExpression{8, 300}, rows);
  Add("random expression 1500", RandomExpression{20, 1500}, rows);
  Samples samples;
  samples.RunAll(argc, argv);
  PrintTable(rows, samples);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
