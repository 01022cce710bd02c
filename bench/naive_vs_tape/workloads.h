#ifndef BENCH_NAIVE_VS_TAPE_WORKLOADS_H_
#define BENCH_NAIVE_VS_TAPE_WORKLOADS_H_

// The expressions that the naive tree and the tape are compared on, each written once for both
// kinds of scalar, at two points to alternate between. Where a variable has several paths to the
// root, the points are chosen so that every product and sum is exact: the gradients then agree to
// the last bit in whichever order they are summed.

#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "bench/demo/moons.h"
#include "wengert/embed/nn.h"

namespace bench {

using Point = std::vector<double>;
using TwoPoints = std::array<Point, 2>;

// Uniform in [low, high], from a seed for each point.
inline TwoPoints DrawTwo(std::size_t dimension, double low, double high) {
  TwoPoints points;
  for (std::size_t k = 0; k < points.size(); ++k) {
    std::mt19937_64 random(k + 1);
    std::uniform_real_distribution<double> uniform(low, high);
    for (std::size_t i = 0; i < dimension; ++i) points[k].push_back(uniform(random));
  }
  return points;
}

// relu(a b + 3), on both sides of the kink.
struct SeedsExpression {
  explicit SeedsExpression(std::size_t) {}

  TwoPoints Points() const { return {Point{-4.0, 2.0}, Point{4.0, 2.0}}; }

  template <class T>
  T operator()(absl::Span<const T> x) const {
    return relu(x[0] * x[1] + 3.0);
  }
};

//             +
//         /       \           `leaves` variables, products and sums level by level
//       *           *
//     /   \       /   \       .
//    +     +     +     +
//   / \   / \   / \   / \     .
struct BalancedTree {
  explicit BalancedTree(std::size_t size) : leaves(size) {}

  // Around the fixed point of (x + x)(x + x) = x, so that no level over- or underflows.
  TwoPoints Points() const { return DrawTwo(leaves, 0.2, 0.3); }

  template <class T>
  T operator()(absl::Span<const T> x) const {
    std::vector<T> level(x.begin(), x.end());
    for (bool sum = true; level.size() > 1; sum = !sum) {
      for (std::size_t i = 0; i < level.size() / 2; ++i) {
        const T& a = level[2 * i];
        const T& b = level[2 * i + 1];
        level[i] = sum ? a + b : a * b;
      }
      level.erase(level.begin() + static_cast<std::ptrdiff_t>(level.size() / 2), level.end());
    }
    return level[0];
  }

  std::size_t leaves;
};

// ((x0 x1) x2) x3 ...
struct MultiplyChain {
  explicit MultiplyChain(std::size_t size) : depth(size) {}

  TwoPoints Points() const { return DrawTwo(depth, 0.9, 1.1); }

  template <class T>
  T operator()(absl::Span<const T> x) const {
    T y = x[0];
    for (std::size_t i = 1; i < x.size(); ++i) y = y * x[i];
    return y;
  }

  std::size_t depth;
};

// y = y y, `times` times: x to the power 2^times.
struct SharedDoubling {
  explicit SharedDoubling(std::size_t size) : times(size) {}

  // The two numbers whose every power is finite, normal and exact.
  TwoPoints Points() const { return {Point{1.0}, Point{-1.0}}; }

  template <class T>
  T operator()(absl::Span<const T> x) const {
    T y = x[0];
    for (std::size_t i = 0; i < times; ++i) y = y * y;
    return y;
  }

  std::size_t times;
};

// The max-margin loss of a perceptron 2-16-...-16-1 with relu on one point of the two moons; the
// variables are its weights and biases.
struct ReluNetwork {
  explicit ReluNetwork(std::size_t size) : hidden_layers(size), net(Net(1)) {}

  TwoPoints Points() const { return {Parameters(1), Parameters(2)}; }

  template <class T>
  T operator()(absl::Span<const T> parameters) const {
    return wengert::nn::MaxMargin(net(parameters, moon), absl::Span<const double>(&label, 1));
  }

  std::size_t hidden_layers;
  wengert::nn::Mlp net;
  Point moon = FirstMoon();
  double label = -1.0;

 private:
  // To a few binary digits, so that no product of them is rounded.
  static double Round(double x, double steps) { return std::round(x * steps) / steps; }

  static Point FirstMoon() {
    const std::array<double, 2> point = MakeMoons(4, 0.1, 1).points[0];
    return {Round(point[0], 64.0), Round(point[1], 64.0)};
  }

  wengert::nn::Mlp Net(unsigned seed) const {
    std::mt19937_64 random(seed);
    std::vector<std::size_t> sizes(hidden_layers, 16);
    sizes.push_back(1);
    return wengert::nn::Mlp(2, sizes, random);
  }

  Point Parameters(unsigned seed) const {
    const wengert::nn::Mlp mlp = Net(seed);
    Point parameters;
    for (double each : mlp.parameters()) parameters.push_back(Round(each, 16.0));
    return parameters;
  }
};

}  // namespace bench

#endif  // BENCH_NAIVE_VS_TAPE_WORKLOADS_H_
