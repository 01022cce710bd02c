#ifndef BENCH_DEMO_DIGIT_TRAINING_H_
#define BENCH_DEMO_DIGIT_TRAINING_H_

// A network that learns to read digits: pixels, 64 ReLU neurons, a score for each digit. The mean
// cross entropy of a minibatch is recorded once, with the images as the Function's parameters, and
// minimised by Adam.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "bench/demo/digits.h"
#include "wengert/embed/nn.h"
#include "wengert/wengert.h"

namespace bench {

inline size_t Read(const wengert::nn::Mlp& net, const Digit& digit) {
  const std::vector<double> scores = net(net.parameters(), digit.image);
  return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

// The share of the digits that is read rightly, 0 to 1.
inline double Accuracy(const wengert::nn::Mlp& net, const std::vector<Digit>& digits) {
  size_t right = 0;
  for (const Digit& each : digits) right += Read(net, each) == each.digit ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(digits.size());
}

// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1).
class Adam {
 public:
  explicit Adam(size_t parameters) : mean_(parameters), square_(parameters) {}

  void Step(double rate, absl::Span<double> p, absl::Span<const double> gradient) {
    ++step_;
    const double corrected =
        rate * std::sqrt(1.0 - std::pow(kSquareDecay, step_)) / (1.0 - std::pow(kMeanDecay, step_));
    for (size_t k = 0; k < p.size(); ++k) {
      const double g = gradient[k];
      mean_[k] += (1.0 - kMeanDecay) * (g - mean_[k]);
      square_[k] += (1.0 - kSquareDecay) * (g * g - square_[k]);
      p[k] -= corrected * mean_[k] / (std::sqrt(square_[k]) + 1e-8);
    }
  }

 private:
  static constexpr double kMeanDecay = 0.9, kSquareDecay = 0.999;

  double step_ = 0.0;
  std::vector<double> mean_, square_;
};

class DigitTraining {
 public:
  static constexpr size_t kBatch = 32;

  // The learning rate of step k of n falls from 0.004 to nearly 0.
  static double Rate(uint64_t k, uint64_t n) {
    return 0.004 * (1.0 - 0.99 * static_cast<double>(k) / static_cast<double>(n));
  }

  // Holds on to `digits`, of which there must be some, all of one size.
  DigitTraining(const std::vector<Digit>& digits, uint64_t seed)
      : digits_(digits),
        random_(seed),
        net_(digits.front().image.size(), {64, kDigits}, random_, wengert::nn::InitialWeights::kHe),
        adam_(net_.parameters().size()),
        gradient_(net_.parameters().size()) {}

  // One batch, chosen at random: moves the parameters, returns the loss before.
  double Step(double rate) {
    ChooseBatch();
    const double loss = loss_.Gradient({net_.parameters(), batch_}, absl::MakeSpan(gradient_));
    adam_.Step(rate, net_.parameters(), gradient_);
    return loss;
  }

  const wengert::nn::Mlp& net() const { return net_; }
  const wengert::Function& loss() const { return loss_; }

 private:
  // Rows as nn::BatchCrossEntropy has them.
  void ChooseBatch() {
    batch_.clear();
    for (size_t i = 0; i < kBatch; ++i) {
      const Digit& chosen = digits_[random_() % digits_.size()];
      batch_.insert(batch_.end(), chosen.image.begin(), chosen.image.end());
      for (size_t k = 0; k < kDigits; ++k) batch_.push_back(k == chosen.digit ? 1.0 : 0.0);
    }
  }
  std::vector<double> FirstBatch() {
    ChooseBatch();
    return batch_;
  }

  const std::vector<Digit>& digits_;
  std::mt19937_64 random_;
  wengert::nn::Mlp net_;
  Adam adam_;
  std::vector<double> gradient_, batch_;
  wengert::Function loss_ = wengert::Function::Record(wengert::nn::BatchCrossEntropy{net_},
                                                      net_.parameters(), FirstBatch());
};

}  // namespace bench

#endif  // BENCH_DEMO_DIGIT_TRAINING_H_
