#include "bench/workloads/lstm.h"

#include <algorithm>
#include <cmath>

namespace bench {
namespace {

double Sigmoid(double a) { return 1.0 / (1.0 + std::exp(-a)); }

// One unit of one layer at one time, with what its derivative needs again. Its four weights stand
// `stride` apart in w, its biases in bias.
struct Unit {
  double input, h, cell;           // before the step
  double forget, in, out, change;  // the gates
  double tanh_cell;                // after it

  double Step(const double* w, const double* bias, size_t stride, double new_input, double& state_h,
              double& state_cell) {
    input = new_input;
    h = state_h;
    cell = state_cell;
    forget = Sigmoid(input * w[0] + bias[0]);
    in = Sigmoid(h * w[stride] + bias[stride]);
    out = Sigmoid(input * w[2 * stride] + bias[2 * stride]);
    change = std::tanh(h * w[3 * stride] + bias[3 * stride]);
    state_cell = cell * forget + in * change;
    tanh_cell = std::tanh(state_cell);
    return state_h = out * tanh_cell;
  }

  // Moves the adjoints of h and cell from after the step to before it, adds those of the weights
  // and biases, and returns that of the input.
  double PushBack(const double* w, size_t stride, double output_bar, double& h_bar,
                  double& cell_bar, double* w_bar, double* bias_bar) const {
    const double new_h_bar = h_bar + output_bar;
    const double new_cell_bar = cell_bar + new_h_bar * out * (1.0 - tanh_cell * tanh_cell);
    // Of the arguments of the gates:
    const double forget_bar = new_cell_bar * cell * forget * (1.0 - forget);
    const double in_bar = new_cell_bar * change * in * (1.0 - in);
    const double out_bar = new_h_bar * tanh_cell * out * (1.0 - out);
    const double change_bar = new_cell_bar * in * (1.0 - change * change);
    w_bar[0] += forget_bar * input;
    w_bar[stride] += in_bar * h;
    w_bar[2 * stride] += out_bar * input;
    w_bar[3 * stride] += change_bar * h;
    bias_bar[0] += forget_bar;
    bias_bar[stride] += in_bar;
    bias_bar[2 * stride] += out_bar;
    bias_bar[3 * stride] += change_bar;
    h_bar = in_bar * w[stride] + change_bar * w[3 * stride];
    cell_bar = new_cell_bar * forget;
    return forget_bar * w[0] + out_bar * w[2 * stride];
  }
};

struct Trace {
  std::vector<Unit> units;     // times x layers x width
  std::vector<double> scores;  // times x width: what next (y - log sum exp y) takes from exp y
};

// The sum of the scores, before scaling.
double Run(const Lstm& net, const double* x, Trace& trace) {
  const size_t b = net.width, steps = net.times - 1;
  const double* outer = x + 8 * net.layers * b;
  trace.units.resize(steps * net.layers * b);
  trace.scores.resize(steps * b);
  std::vector<double> state = net.states, input(b);
  Unit* unit = trace.units.data();
  double total = 0.0;
  for (size_t t = 0; t < steps; ++t) {
    for (size_t i = 0; i < b; ++i) input[i] = net.sequence[t * b + i] * outer[i];
    for (size_t layer = 0; layer < net.layers; ++layer) {
      const double* w = x + 8 * layer * b;
      double* h = &state[2 * layer * b];
      for (size_t i = 0; i < b; ++i) {
        input[i] = unit++->Step(w + i, w + 4 * b + i, b, input[i], h[i], h[b + i]);
      }
    }
    const double* next = &net.sequence[(t + 1) * b];
    double* scores = &trace.scores[t * b];
    double sum = 2.0, ones = 0.0;
    for (size_t i = 0; i < b; ++i) {
      const double y = input[i] * outer[b + i] + outer[2 * b + i];
      scores[i] = std::exp(y);
      sum += scores[i];
      total += next[i] * y;
      ones += next[i];
    }
    total -= ones * std::log(sum);
    for (size_t i = 0; i < b; ++i) scores[i] = next[i] - ones * scores[i] / sum;
  }
  return total;
}

void RunBack(const Lstm& net, const double* x, const Trace& trace, double scale, double* g) {
  const size_t b = net.width, all = net.layers * b, steps = net.times - 1;
  const double* outer = x + 8 * all;
  double* outer_bar = g + 8 * all;
  std::vector<double> h_bar(all), cell_bar(all), input_bar(b);
  for (size_t t = steps; t > 0;) {
    --t;
    const Unit* units = &trace.units[t * all];
    for (size_t i = 0; i < b; ++i) {
      const Unit& last = units[all - b + i];
      const double y_bar = scale * trace.scores[t * b + i];
      outer_bar[b + i] += y_bar * last.out * last.tanh_cell;
      outer_bar[2 * b + i] += y_bar;
      input_bar[i] = y_bar * outer[b + i];
    }
    for (size_t layer = net.layers; layer > 0;) {
      --layer;
      const double* w = x + 8 * layer * b;
      double* w_bar = g + 8 * layer * b;
      for (size_t i = 0; i < b; ++i) {
        const size_t k = layer * b + i;
        input_bar[i] = units[k].PushBack(w + i, b, input_bar[i], h_bar[k], cell_bar[k], w_bar + i,
                                         w_bar + 4 * b + i);
      }
    }
    for (size_t i = 0; i < b; ++i) outer_bar[i] += input_bar[i] * net.sequence[t * b + i];
  }
}

}  // namespace

double Lstm::hand(const double* x, double* g) const {
  static thread_local Trace trace;
  std::fill_n(g, n(), 0.0);
  const double total = Run(*this, x, trace);
  RunBack(*this, x, trace, Scale(), g);
  return total * Scale();
}

}  // namespace bench
