#ifndef BENCH_DEMO_CONTEST_H_
#define BENCH_DEMO_CONTEST_H_

// One gradient, by the naive tree and by the tape, and the expressions it is taken of.

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "bench/naive/tree.h"
#include "bench/naive/walk.h"
#include "wengert/embed/nn.h"
#include "wengert/wengert.h"

namespace bench {

struct MultiplyChain {
  template <class T>
  T operator()(absl::Span<const T> x) const {
    T y = x[0];
    for (size_t k = 1; k < x.size(); ++k) y = y * x[k];
    return y;
  }
};

struct SharedDoubling {
  size_t times;
  template <class T>
  T operator()(absl::Span<const T> x) const {
    T y = x[0];
    for (size_t k = 0; k < times; ++k) y = y * y;
    return y;
  }
};

struct NetworkLoss {
  const wengert::nn::Mlp& net;
  template <class T>
  T operator()(absl::Span<const T> parameters) const {
    return wengert::nn::MaxMargin(net(parameters, {0.3, -0.4}), {1.0});
  }
};

// The gradient of one expression, both ways. The tree is built once, and its time isn't counted;
// the tape is recorded again for every gradient, and its time is.
template <class Expression>
class Contest {
 public:
  Contest(const Expression& expression, std::vector<double> point)
      : expression_(expression),
        point_(std::move(point)),
        tree_(expression_(absl::Span<const naive::Tree>(naive::Variables(point_)))) {
    gradient_.resize(point_.size());
  }

  const std::vector<double>& NaiveGradient() {
    gradient_ = naive::SumPerVariable(naive::Backward(tree_, 1.0), point_.size());
    return gradient_;
  }

  const std::vector<double>& TapeGradient() {
    tape_.Clear();
    const std::vector<wengert::Var> x = tape_.Inputs(point_);
    tape_.Backward(expression_(absl::Span<const wengert::Var>(x)))
        .Gradient(absl::MakeSpan(gradient_));
    return gradient_;
  }

  // So that no gradient is like the one before.
  void MovePoint() { point_[0] *= 1.0 + 1e-12; }

  const naive::Tree& tree() const { return tree_; }
  size_t TapeEvaluations() const { return tape_.size() - tape_.inputs().size(); }

 private:
  const Expression expression_;
  std::vector<double> point_;
  naive::Tree tree_;
  wengert::Tape tape_;
  std::vector<double> gradient_;
};

}  // namespace bench

#endif  // BENCH_DEMO_CONTEST_H_
