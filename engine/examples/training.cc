// Training a small network with minibatches: gradient descent, with momentum, and Adam.
//
// The loss is recorded once, as a function of the network's weights whose parameters are a batch.
// Every step gives it another batch; what an optimizer does with the gradient is the user's own
// loop. The task: in which of three arms of a spiral does a point lie?

#include <wengert/embed/nn.h>
#include <wengert/wengert.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

namespace nn = wengert::nn;

constexpr size_t kArms = 3, kBatch = 32;
constexpr int kSteps = 800;

// One sample: the point, then the arm as a probability of 1 among zeros.
void AppendSample(std::mt19937_64& random, std::vector<double>& rows) {
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const size_t arm = random() % kArms;
  const double radius = 0.1 + 0.9 * uniform();
  const double angle =
      2.0 * M_PI * static_cast<double>(arm) / kArms + 4.5 * radius + 0.9 * (uniform() - 0.5);
  rows.insert(rows.end(), {radius * std::cos(angle), radius * std::sin(angle)});
  for (size_t k = 0; k < kArms; ++k) rows.push_back(k == arm ? 1.0 : 0.0);
}

double Accuracy(const nn::Mlp& net) {
  std::mt19937_64 random(99);  // not the training's samples
  size_t right = 0, count = 1000;
  for (size_t i = 0; i < count; ++i) {
    std::vector<double> row;
    AppendSample(random, row);
    const std::vector<double> score = net(net.parameters(), absl::MakeConstSpan(row).first(2));
    const auto read = std::max_element(score.begin(), score.end()) - score.begin();
    right += row[2 + static_cast<size_t>(read)] == 1.0 ? 1 : 0;
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(count);
}

// Moves the weights p along their gradient g, in step k = 1, 2, ...
using Rule = std::function<void(int k, absl::Span<double> p, absl::Span<const double> g)>;

void Train(const char* name, const Rule& rule) {
  std::mt19937_64 random(1);
  nn::Mlp net(2, {16, 16, kArms}, random, nn::InitialWeights::kHe);
  std::vector<double> g(net.parameters().size()), batch;
  for (size_t i = 0; i < kBatch; ++i) AppendSample(random, batch);
  const auto loss = wengert::Function::Record(nn::BatchCrossEntropy{net}, net.parameters(), batch);

  std::printf("%-9s", name);
  double mean = std::log(kArms);  // of the latest losses, that of guessing at first
  for (int k = 1; k <= kSteps; ++k) {
    batch.clear();
    for (size_t i = 0; i < kBatch; ++i) AppendSample(random, batch);
    mean += 0.02 * (loss.Gradient({net.parameters(), batch}, g) - mean);
    rule(k, net.parameters(), g);
    if (k % (kSteps / 4) == 0) std::printf("  %6.2f", mean);
  }
  std::printf("  %8.0f %%\n", Accuracy(net));
}

int main() {
  std::printf("%-9s%34s  %10s\n", "", "loss after each quarter", "accuracy");
  Train("descent", [](int, absl::Span<double> p, absl::Span<const double> g) {
    for (size_t i = 0; i < p.size(); ++i) p[i] -= 0.05 * g[i];
  });
  std::vector<double> velocity(2000), mean(2000), power(2000);
  Train("momentum", [&](int, absl::Span<double> p, absl::Span<const double> g) {
    for (size_t i = 0; i < p.size(); ++i) {
      velocity[i] = 0.9 * velocity[i] - 0.05 * g[i];
      p[i] += velocity[i];
    }
  });
  // Kingma and Ba, arXiv 1412.6980.
  Train("Adam", [&](int k, absl::Span<double> p, absl::Span<const double> g) {
    const double rate = 0.005 * std::sqrt(1.0 - std::pow(0.999, k)) / (1.0 - std::pow(0.9, k));
    for (size_t i = 0; i < p.size(); ++i) {
      mean[i] += 0.1 * (g[i] - mean[i]);
      power[i] += 0.001 * (g[i] * g[i] - power[i]);
      p[i] -= rate * mean[i] / (std::sqrt(power[i]) + 1e-8);
    }
  });
}
