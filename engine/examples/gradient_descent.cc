// An optimizer of one's own: gradient descent with backtracking on a Function.
//
// Function::Record runs the callable once; from then on a gradient is a sweep over the recording,
// and after a few calls over code that was compiled from it. What the loop calls is f.Gradient and
// f.Value, at as many points as it likes.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <vector>

using Vars = absl::Span<const wengert::Var>;

// Decay with a background, y = a exp(-t / tau) + c, measured at 40 times.
struct Measurements {
  std::vector<double> t, y;
  Measurements() {
    for (int i = 0; i < 40; ++i) {
      t.push_back(0.1 * i);
      const double noise = 0.03 * std::sin(12.9898 * i) * std::cos(78.233 * i);
      y.push_back(2.0 * std::exp(-t.back() / 0.8) + 0.5 + noise);
    }
  }
};

int main() {
  const Measurements data;
  const auto sum_of_squares = [&data](Vars x) {
    wengert::Var sum = 0.0;
    for (size_t i = 0; i < data.t.size(); ++i) {
      sum += square(x[0] * exp(-data.t[i] / x[1]) + x[2] - data.y[i]);
    }
    return sum;
  };

  std::vector<double> x = {1.0, 2.0, 0.0}, g(3), next(3);  // a, tau, c
  const auto f = wengert::Function::Record(sum_of_squares, x);
  double value = f.Gradient(x, g), step = 0.1;
  std::printf("  k      misfit      a    tau      c\n");
  for (int k = 0; k <= 320; ++k) {
    if (k % 80 == 0) std::printf("%3d  %10.6f  %.3f  %.3f  %.3f\n", k, value, x[0], x[1], x[2]);
    double slope = 0.0;  // along -g
    for (double each : g) slope -= each * each;
    const auto move = [&] {
      for (size_t i = 0; i < x.size(); ++i) next[i] = x[i] - step * g[i];
      return f.Value(next);
    };
    // Armijo's rule (Nocedal and Wright, Numerical Optimization, algorithm 3.1).
    for (step *= 4.0; move() > value + 0.1 * step * slope && step > 1e-12;) step *= 0.5;
    x = next;
    value = f.Gradient(x, g);
  }
  std::printf("made with a = 2, tau = 0.8, c = 0.5; recorded %d time(s)\n",
              static_cast<int>(f.statistics().recordings));
}
