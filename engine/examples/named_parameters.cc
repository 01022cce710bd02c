// Numbers that change between calls but aren't differentiated: data by a second span, and settings
// by a name that is given where the number stands.
//
// Here a line is fitted with a robust loss. The measurements are the parameters p; the threshold of
// the loss and the weight of the regularisation are named on the spot. Neither needs a new
// recording, nor has an entry in the gradient.

#include <wengert/wengert.h>

#include <cstdio>
#include <vector>

using Vars = absl::Span<const wengert::Var>;

// The pseudo-Huber loss of the residuals of y_i = x0 + x1 i, where y is p.
wengert::Var Misfit(Vars x, Vars p) {
  const wengert::Var threshold = wengert::Parameter(1.0, "threshold");
  wengert::Var sum = wengert::Parameter(0.0, "ridge") * square(x[1]);
  for (size_t i = 0; i < p.size(); ++i) {
    const wengert::Var r = (p[i] - x[0] - x[1] * static_cast<double>(i)) / threshold;
    sum += square(threshold) * (sqrt(1.0 + square(r)) - 1.0);
  }
  return sum;
}

// Newton's method, with the gradient and the 2 x 2 Hessian at the parameters that are set now.
std::vector<double> Fit(const wengert::Function& f) {
  std::vector<double> x = {1.0, 0.5}, g(2), h(4);
  for (int k = 0; k < 50; ++k) {
    f.Gradient(x, g);
    f.Hessian(x, h);
    const double determinant = h[0] * h[3] - h[1] * h[2];
    x[0] -= (h[3] * g[0] - h[1] * g[1]) / determinant;
    x[1] -= (h[0] * g[1] - h[2] * g[0]) / determinant;
  }
  return x;
}

int main() {
  std::vector<double> y = {1.0, 1.5, 2.1, 2.4, 3.0, 3.6, 3.9, 9.0};  // the last is an outlier
  const std::vector<double> x0 = {0.0, 0.0};
  auto f = wengert::Function::Record(Misfit, x0, y);

  const auto show = [&f](const char* what) {
    const std::vector<double> x = Fit(f);
    std::printf("%-36s y = %.3f + %.3f i\n", what, x[0], x[1]);
  };
  show("threshold 1");
  f.Set("threshold", 100.0);
  show("threshold 100, nearly least squares");
  f.Set("threshold", 1.5);
  f.Set("ridge", 50.0);
  show("threshold 1.5, slope held to 0");
  f.Set("ridge", 0.0);
  y.back() = 4.5;
  f.SetParameters(y);
  show("outlier measured again");
  std::printf("recorded %d time(s)\n", static_cast<int>(f.statistics().recordings));
}
