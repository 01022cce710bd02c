#ifndef BENCH_WORKLOADS_PERCEPTRON_H_
#define BENCH_WORKLOADS_PERCEPTRON_H_

// W3: a perceptron of layers 2-16-16-1 with relu on two moons, trained on the hinge loss with L2
// regularisation: mean of relu(1 - label output) + alpha |x|^2. Many short dot products of
// unknowns.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct Perceptron {
  static constexpr size_t kHidden = 16;
  static constexpr double kAlpha = 1e-4;

  size_t samples = 100;
  std::vector<double> points;  // samples x 2
  std::vector<double> labels;

  // x, or its gradient, layer by layer.
  template <class T>
  struct Layers {
    explicit Layers(T* x)
        : w1(x),
          b1(w1 + 2 * kHidden),
          w2(b1 + kHidden),
          b2(w2 + kHidden * kHidden),
          w3(b2 + kHidden),
          b3(w3 + kHidden) {}
    T *w1, *b1, *w2, *b2, *w3, *b3;
  };
  using Units = std::array<double, kHidden>;

  Perceptron() {
    const std::vector<double> noise = Normal(2 * samples, 6, 0.0, 0.1);
    const double last = static_cast<double>(samples / 2) - 1.0;
    for (size_t i = 0; i < samples; ++i) {
      const double angle = M_PI * static_cast<double>(i / 2) / last;
      const bool upper = i % 2 == 1;
      points.push_back((upper ? std::cos(angle) : 1.0 - std::cos(angle)) + noise[2 * i]);
      points.push_back((upper ? std::sin(angle) : 0.5 - std::sin(angle)) + noise[2 * i + 1]);
      labels.push_back(upper ? -1.0 : 1.0);
    }
  }

  size_t n() const { return 3 * kHidden + (kHidden + 1) * kHidden + kHidden + 1; }
  std::vector<double> x0() const { return Uniform(n(), 7, -0.7, 0.7); }

  template <class T>
  T operator()(const T* x) const {
    return Loss<Kinks<T>>(x);
  }

  // With kinks of another kind.
  template <class K, class T>
  T Loss(const T* x) const {
    const Layers<const T> net(x);
    std::array<T, kHidden> h1, h2;
    T loss(0.0);
    for (size_t i = 0; i < samples; ++i) {
      const double* point = &points[2 * i];
      for (size_t k = 0; k < kHidden; ++k) {
        T a = net.b1[k] + net.w1[2 * k] * point[0] + net.w1[2 * k + 1] * point[1];
        h1[k] = K::Relu(a);
      }
      for (size_t k = 0; k < kHidden; ++k) {
        T a = net.b2[k];
        for (size_t j = 0; j < kHidden; ++j) a += net.w2[k * kHidden + j] * h1[j];
        h2[k] = K::Relu(a);
      }
      T output = net.b3[0];
      for (size_t j = 0; j < kHidden; ++j) output += net.w3[j] * h2[j];
      T margin = 1.0 - labels[i] * output;
      loss += K::Relu(margin);
    }
    loss = loss * (1.0 / static_cast<double>(samples));
    T squares(0.0);
    for (size_t j = 0; j < n(); ++j) squares += x[j] * x[j];
    loss += kAlpha * squares;
    return loss;
  }

  double hand(const double* x, double* g) const {
    const Layers<const double> net(x);
    const Layers<double> bar(g);
    double loss = 0.0, squares = 0.0;
    for (size_t j = 0; j < n(); ++j) {
      g[j] = 2.0 * kAlpha * x[j];
      squares += x[j] * x[j];
    }
    Units h1, h2;
    const double count = static_cast<double>(samples);
    for (size_t i = 0; i < samples; ++i) {
      const double margin = 1.0 - labels[i] * Output(net, &points[2 * i], h1, h2);
      if (margin <= 0.0) continue;
      loss += margin;
      PushBack(net, &points[2 * i], h1, h2, -labels[i] / count, bar);
    }
    return loss / count + kAlpha * squares;
  }

 private:
  static double Output(const Layers<const double>& net, const double* point, Units& h1, Units& h2) {
    for (size_t k = 0; k < kHidden; ++k) {
      const double a = net.b1[k] + net.w1[2 * k] * point[0] + net.w1[2 * k + 1] * point[1];
      h1[k] = a > 0.0 ? a : 0.0;
    }
    for (size_t k = 0; k < kHidden; ++k) {
      double a = net.b2[k];
      for (size_t j = 0; j < kHidden; ++j) a += net.w2[k * kHidden + j] * h1[j];
      h2[k] = a > 0.0 ? a : 0.0;
    }
    double output = net.b3[0];
    for (size_t j = 0; j < kHidden; ++j) output += net.w3[j] * h2[j];
    return output;
  }

  // Adds the adjoints of all weights for one sample, given the adjoint of its output.
  static void PushBack(const Layers<const double>& net, const double* point, const Units& h1,
                       const Units& h2, double output_bar, const Layers<double>& bar) {
    Units h1_bar{};
    bar.b3[0] += output_bar;
    for (size_t k = 0; k < kHidden; ++k) {
      bar.w3[k] += output_bar * h2[k];
      if (h2[k] <= 0.0) continue;
      const double a_bar = output_bar * net.w3[k];
      bar.b2[k] += a_bar;
      for (size_t j = 0; j < kHidden; ++j) {
        bar.w2[k * kHidden + j] += a_bar * h1[j];
        h1_bar[j] += a_bar * net.w2[k * kHidden + j];
      }
    }
    for (size_t k = 0; k < kHidden; ++k) {
      if (h1[k] <= 0.0) continue;
      bar.b1[k] += h1_bar[k];
      bar.w1[2 * k] += h1_bar[k] * point[0];
      bar.w1[2 * k + 1] += h1_bar[k] * point[1];
    }
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_PERCEPTRON_H_
