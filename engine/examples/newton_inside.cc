// Through an iterative solver, branches and all: x(p) solves x e^x = p by Newton's method, and the
// derivative goes through every step that the loop took.
//
// How often the loop runs depends on p. The test that ends it is a comparison on the tape, so a
// Function notices when another p needs another number of steps, and records once more for those;
// it never answers from a recording of too few.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>

// Lambert's W, from a start that depends on the branch.
wengert::Var LambertW(absl::Span<const wengert::Var> p) {
  wengert::Var x = 0.0;
  if (p[0] > M_E) {
    x = log(p[0]) - log(log(p[0]));
  } else {
    x = p[0] / M_E;
  }
  wengert::Var step = 1.0;
  while (abs(step) > 1e-10) {
    step = (x - p[0] * exp(-x)) / (1.0 + x);
    x -= step;
  }
  return x;
}

int main() {
  const auto w = wengert::Function::Record(LambertW, {1.0});
  std::printf("     p         W(p)     dW/dp by the sweep   by 1 / (e^W (1 + W))\n");
  for (double p : {1.0, 1.01, 0.1, 2.0, 10.0, 1000.0, 11.0, 1.02}) {
    double slope;
    const double y = w.Gradient({p}, {&slope, 1});
    std::printf("%7g  %11.8f  %19.12f  %19.12f\n", p, y, slope, 1.0 / (std::exp(y) * (1.0 + y)));
  }
  const wengert::Function::Statistics statistics = w.statistics();
  std::printf("8 points, %d recordings\n", static_cast<int>(statistics.recordings));
}
