#ifndef BENCH_DEMO_TRAINING_H_
#define BENCH_DEMO_TRAINING_H_

// micrograd's training: the max-margin loss of the whole set of points with L2 regularisation,
// minimised by gradient descent.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "bench/demo/moons.h"
#include "wengert/embed/nn.h"
#include "wengert/wengert.h"

namespace bench {

struct Progress {
  double loss;
  double accuracy;  // 0 to 1
};

// The objective is recorded once. Every step replays the tape at the parameters of the moment,
// which is safe since relu is an operation: there is no comparison that could come out otherwise.
class Training {
 public:
  // Holds on to `moons`.
  Training(const Moons& moons, uint64_t seed)
      : moons_(moons), random_(seed), net_(2, {16, 16, 1}, random_) {
    const std::vector<wengert::Var> p = tape_.Inputs(net_.parameters());
    for (const auto& point : moons.points) scores_.push_back(net_(p, point).front());
    const wengert::Var data_loss = wengert::nn::MaxMargin(scores_, moons.labels);
    loss_ = data_loss + kAlpha * wengert::nn::SumOfSquares(p);
    gradient_.resize(p.size());
  }

  // Where the network stands.
  Progress Now() const {
    size_t right = 0;
    for (size_t i = 0; i < scores_.size(); ++i) {
      right += (tape_.Primal(scores_[i]) > 0) == (moons_.labels[i] > 0) ? 1 : 0;
    }
    return {tape_.Primal(loss_), static_cast<double>(right) / static_cast<double>(scores_.size())};
  }

  // parameters -= rate * gradient.
  absl::Status Step(double rate) {
    tape_.Backward(loss_).Gradient(absl::MakeSpan(gradient_));
    const absl::Span<double> p = net_.parameters();
    for (size_t k = 0; k < p.size(); ++k) p[k] -= rate * gradient_[k];
    return tape_.Replay(p);
  }

  const wengert::nn::Mlp& net() const { return net_; }
  const wengert::Tape& tape() const { return tape_; }

 private:
  static constexpr double kAlpha = 1e-4;

  const Moons& moons_;
  std::mt19937_64 random_;
  wengert::nn::Mlp net_;
  wengert::Tape tape_;
  std::vector<wengert::Var> scores_;
  wengert::Var loss_;
  std::vector<double> gradient_;
};

// The learning rate of step k of n: 1 - 0.9 k/n.
inline double LearningRate(uint64_t k, uint64_t n) {
  return 1.0 - 0.9 * static_cast<double>(k) / static_cast<double>(n);
}

}  // namespace bench

#endif  // BENCH_DEMO_TRAINING_H_
