#ifndef BENCH_NAIVE_VS_TAPE_CONTESTANTS_H_
#define BENCH_NAIVE_VS_TAPE_CONTESTANTS_H_

// The naive tree and the tape, doing the same four things with the same expression:
//
//                naive tree                           tape
//   Record       destroy the tree, build it anew      clear, record
//   Replay       Evaluate at another point            forward sweep at another point
//   Reverse      Backward, then sum per variable      reverse sweep, then copy the gradient
//   Gradient     Record, then Reverse                 the same
//
// An evaluation is an operation computed: a sum, product, negation or relu.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "bench/naive/tree.h"
#include "bench/naive/walk.h"
#include "bench/naive_vs_tape/workloads.h"
#include "wengert/sweep/forward.h"
#include "wengert/wengert.h"

namespace bench {

enum class Phase { kRecord, kReplay, kReverse, kGradient };

template <class Workload>
class NaiveContestant {
 public:
  explicit NaiveContestant(const Workload& workload) : workload_(workload) {}

  void Record(const Point& x) {
    point_ = x;
    tree_.reset();
    const std::vector<naive::Tree> variables = naive::Variables(point_);
    tree_ = workload_(absl::Span<const naive::Tree>(variables));
  }

  double Replay(const Point& x) {
    std::copy(x.begin(), x.end(), point_.begin());
    return naive::Evaluate(*tree_);
  }

  const std::vector<double>& Reverse() {
    gradient_ = naive::SumPerVariable(naive::Backward(*tree_, 1.0), point_.size());
    return gradient_;
  }

  const std::vector<double>& Gradient(const Point& x) {
    Record(x);
    return Reverse();
  }

  std::size_t Nodes() const { return naive::CountNodes(*tree_); }
  std::size_t Bytes() const { return Nodes() * naive::BytesPerNode(); }

  std::size_t Evaluations(Phase phase) const {
    if (phase == Phase::kRecord) return 0;
    return phase == Phase::kReplay ? naive::EvaluationsOfEvaluate(*tree_)
                                   : naive::EvaluationsOfBackward(*tree_);
  }

 private:
  const Workload workload_;
  Point point_;
  std::optional<naive::Tree> tree_;
  std::vector<double> gradient_;
};

// A scalar that only counts the operations applied to it.
struct CountingScalar {
  static constexpr bool kIsScalar = true;
  static inline std::size_t applied = 0;

  CountingScalar() = default;
  explicit CountingScalar(double) {}

  template <wengert::Op op, class... Operands>
  static CountingScalar Apply(const Operands&...) {
    ++applied;
    return {};
  }
};

template <class Workload>
class TapeContestant {
 public:
  explicit TapeContestant(const Workload& workload) : workload_(workload) {}

  void Record(const Point& x) {
    tape_.Clear();
    const std::vector<wengert::Var> variables = tape_.Inputs(x);
    root_ = workload_(absl::Span<const wengert::Var>(variables));
    gradient_.resize(x.size());
  }

  double Replay(const Point& x) {
    tape_.Replay(x).IgnoreError();  // none of the workloads branches
    return tape_.Primal(root_);
  }

  const std::vector<double>& Reverse() {
    tape_.Backward(root_).Gradient(absl::MakeSpan(gradient_));
    return gradient_;
  }

  const std::vector<double>& Gradient(const Point& x) {
    Record(x);
    return Reverse();
  }

  std::size_t Nodes() const { return tape_.size(); }
  std::size_t Bytes() const { return tape_.bytes(); }

  // A reverse sweep reads the memoized primals. Recording computes each operation once; so does a
  // forward sweep, where they can be counted.
  std::size_t Evaluations(Phase phase) const {
    if (phase == Phase::kReverse) return 0;
    std::vector<CountingScalar> primals(tape_.size());
    CountingScalar::applied = 0;
    wengert::ForwardSweep(tape_, primals.data());
    return CountingScalar::applied;
  }

 private:
  const Workload workload_;
  wengert::Tape tape_;
  wengert::Var root_;
  std::vector<double> gradient_;
};

}  // namespace bench

#endif  // BENCH_NAIVE_VS_TAPE_CONTESTANTS_H_
