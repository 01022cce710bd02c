#ifndef BENCH_WORKLOADS_LSTM_H_
#define BENCH_WORKLOADS_LSTM_H_

// W6: the loss of a stacked LSTM with diagonal weights on a sequence of bits, after ADBench's. For
// every time but the last, the input runs through the layers, each with its state (h, cell):
//
//   forget, out = sigmoid(gates of the input); in = sigmoid(gate of h); change = tanh(gate of h)
//   cell = cell forget + in change;            h = out tanh(cell), the input of the next layer
//
// and the output scores the next element: sum next (y - log(2 + sum exp y)). x holds for every
// layer the weights and the biases of forget, in, out, change, then three rows outside the layers.

#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct Lstm {
  size_t layers = 2;
  size_t width = 14;
  size_t times = 32;
  std::vector<double> sequence = Bits();                                  // times x width
  std::vector<double> states = Normal(2 * layers * width, 18, 0.0, 0.1);  // a layer: h, cell

  size_t n() const { return 8 * layers * width + 3 * width; }
  std::vector<double> x0() const { return Normal(n(), 19, 0.0, 0.5); }

  template <class T>
  T operator()(const T* x) const {
    const size_t b = width;
    const T* outer = x + 8 * layers * b;
    std::vector<T> state(states.begin(), states.end()), input(b), y(b);
    T total(0.0);
    for (size_t t = 0; t + 1 < times; ++t) {
      for (size_t i = 0; i < b; ++i) input[i] = sequence[t * b + i] * outer[i];
      for (size_t layer = 0; layer < layers; ++layer) {
        Step(x + 8 * layer * b, &state[2 * layer * b], input.data());
      }
      T sum(2.0);
      for (size_t i = 0; i < b; ++i) {
        y[i] = input[i] * outer[b + i] + outer[2 * b + i];
        sum += exp(y[i]);
      }
      T log_sum = log(sum);
      const double* next = &sequence[(t + 1) * b];
      for (size_t i = 0; i < b; ++i) total += next[i] * (y[i] - log_sum);
    }
    T loss = total * Scale();
    return loss;
  }

  double hand(const double* x, double* g) const;

 private:
  template <class T>
  static T Sigmoid(const T& a) {
    T y = 1.0 / (1.0 + exp(-a));
    return y;
  }

  // One layer at one time: updates its state and replaces its input by its output.
  template <class T>
  void Step(const T* w, T* h, T* input) const {
    const size_t b = width;
    const T* bias = w + 4 * b;
    T* cell = h + b;
    for (size_t i = 0; i < b; ++i) {
      T forget = Sigmoid<T>(input[i] * w[i] + bias[i]);
      T in = Sigmoid<T>(h[i] * w[b + i] + bias[b + i]);
      T out = Sigmoid<T>(input[i] * w[2 * b + i] + bias[2 * b + i]);
      T change = tanh(h[i] * w[3 * b + i] + bias[3 * b + i]);
      cell[i] = cell[i] * forget + in * change;
      h[i] = out * tanh(cell[i]);
      input[i] = h[i];
    }
  }

  double Scale() const { return -1.0 / static_cast<double>((times - 1) * width); }

  std::vector<double> Bits() const {
    std::vector<double> bits = Uniform(times * width, 17);
    for (double& each : bits) each = each > 0.5 ? 1.0 : 0.0;
    return bits;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_LSTM_H_
