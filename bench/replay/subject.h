#ifndef BENCH_REPLAY_SUBJECT_H_
#define BENCH_REPLAY_SUBJECT_H_

// A workload in each of the ways in which bench/replay evaluates its gradient.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "bench/record/samples.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace bench {

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
  size_t batch_points = 0;  // of a call; 0: none
};

inline std::string ColumnOf(const wengert::program::LaneKernels& kernels) {
  return std::string("program, ") + kernels.name;
}

// Vars are recorded on the newest tape: it must be newer than those of all subjects.
inline wengert::Tape& NewestTape() {
  static wengert::Tape& tape = *new wengert::Tape();
  return tape;
}

template <class Workload>
class Subject {
  using Batch = wengert::program::Batch;
  using Compiled = wengert::program::Compiled;
  using LaneKernels = wengert::program::LaneKernels;

 public:
  Subject(const Workload& workload, Row& row)
      : function(workload), points(PointsAround(workload.x0(), 4)), gradient(workload.n()) {
    const std::vector<double> x0 = workload.x0();
    root_ = RecordAt(workload, x0.data(), tape_, inputs_);
    constexpr int kFewest = 5, kMost = 200;
    constexpr double kWarmingSeconds = 0.2;  // caches, branches and the heap are cold at first
    double spent = 0.0;
    for (int i = 0; i < kFewest || (i < kMost && spent < kWarmingSeconds); ++i) {
      spent += Seconds([&] { TimeCompiling(row); });
    }
    if (compiled_ != nullptr) Take(row);
    BuildBatch(row);
  }

  double Plain() { return function(points.Next()); }
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
  // With the k-th of the available kernels.
  const double* Program(const double* x, size_t k) {
    constexpr static double one = 1.0;
    if (!programs_[k]->Gradient({x, function.n()}, {&one, 1}, *workspaces_[k], {&value, 1},
                                absl::MakeSpan(gradient))) {
      std::abort();
    }
    return gradient.data();
  }
  bool is_compiled() const { return !programs_.empty(); }

  bool has_batch() const { return batch_ != nullptr; }
  const double* EvaluateBatch() {
    batch_->Gradient(many_, {}, absl::MakeSpan(values), absl::MakeSpan(gradients),
                     absl::MakeSpan(holds), *batch_workspace_);
    return gradients.data();
  }
  absl::Span<const double> BatchPoint(size_t k) const {
    return absl::MakeConstSpan(many_).subspan(k * function.n(), function.n());
  }

  const Workload function;
  Points points;
  std::vector<double> gradient;
  double value = 0.0;
  std::vector<double> values, gradients;  // of a batch
  std::vector<uint8_t> holds;

 private:
  void TimeCompiling(Row& row) {
    constexpr int kRecordings = 10;
    const std::vector<double> x0 = function.x0();
    const double recordings = Seconds([&] {
      for (int k = 0; k < kRecordings; ++k) {
        root_ = RecordAt(function, x0.data(), tape_, inputs_);
      }
    });
    row.record = std::min(row.record, recordings / kRecordings);
    row.decode = std::min(row.decode, Seconds([&] { Dependent(); }));
    absl::StatusOr<std::unique_ptr<const Compiled>> compiled;
    const auto compile = [&] { compiled = Compiled::Compile(tape_, x0.size(), {Dependent()}); };
    row.compile = std::min(row.compile, Seconds(compile));
    if (compiled.ok()) {
      compiled_ = *std::move(compiled);
    } else {
      row.not_compiled = std::string(compiled.status().message());
    }
  }
  // The program that was timed has the widest kernels; the others are compiled for theirs.
  void Take(Row& row) {
    row.coverage =
        static_cast<double>(compiled_->in_loops()) / static_cast<double>(compiled_->nodes());
    row.loops = compiled_->loops().size();
    row.program_kib = static_cast<double>(compiled_->bytes()) / 1024.0;
    for (const LaneKernels& kernels : wengert::program::AvailableKernels()) {
      programs_.push_back(
          kernels.isa == wengert::program::BestKernels().isa
              ? std::move(compiled_)
              : *Compiled::Compile(tape_, function.n(), {Dependent()}, {.kernels = &kernels}));
      workspaces_.push_back(programs_.back()->MakeWorkspace());
    }
  }
  void BuildBatch(Row& row) {
    auto batch = Batch::Build(tape_, function.n(), Dependent());
    if (!batch.ok()) return;
    batch_ = *std::move(batch);
    batch_workspace_ = batch_->MakeWorkspace();
    row.batch_points = batch_->width();
    for (const std::vector<double>& x : PointsAround(function.x0(), batch_->width())) {
      many_.insert(many_.end(), x.begin(), x.end());
    }
    values.resize(batch_->width());
    gradients.resize(many_.size());
    holds.resize(batch_->width());
  }
  wengert::Operand Dependent() const {
    return wengert::Operand::Node(tape_.NodeOf(root_, "replay"));  // decodes
  }

  wengert::Tape tape_;
  std::vector<wengert::Var> inputs_;
  wengert::Var root_;
  std::unique_ptr<const Compiled> compiled_;
  std::vector<std::unique_ptr<const Compiled>>
      programs_;  // for each of wengert::program::AvailableKernels()
  std::vector<std::unique_ptr<Compiled::Workspace>> workspaces_;
  std::unique_ptr<const Batch> batch_;  // null: too large for lanes
  std::unique_ptr<Batch::Workspace> batch_workspace_;
  std::vector<double> many_;
};

}  // namespace bench

#endif  // BENCH_REPLAY_SUBJECT_H_
