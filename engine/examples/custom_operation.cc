// A function that Wengert can't look into, with derivative rules of one's own: the Bessel functions
// J0 and J1 of the C library. Each becomes one operation on the tape.
//
//    J0' = -J1        J1' = J0 - J1 / x
//
// The rule of each is written with the other, on Var (taped_vjp), so any order of derivative is
// there: with the gradient and the Hessian, Halley's method finds a zero of J0 in a few steps.

#include <math.h>
#include <wengert/wengert.h>

#include <cstdio>
#include <vector>

using Vars = absl::Span<const wengert::Var>;
using Numbers = absl::Span<const double>;

wengert::Var J1(const wengert::Var& at);

wengert::Var J0(const wengert::Var& at) {
  static const wengert::CustomOperation operation({
      .name = "J0",
      .value = [](Numbers x, absl::Span<double> y) { y[0] = j0(x[0]); },
      .vjp = [](Numbers x, Numbers, Numbers y_bar,
                absl::Span<double> x_bar) { x_bar[0] = -y_bar[0] * j1(x[0]); },
      .taped_vjp = [](Vars x, Vars, Vars y_bar) { return std::vector{-y_bar[0] * J1(x[0])}; },
  });
  return operation({at})[0];
}

wengert::Var J1(const wengert::Var& at) {
  static const wengert::CustomOperation operation({
      .name = "J1",
      .value = [](Numbers x, absl::Span<double> y) { y[0] = j1(x[0]); },
      .vjp = [](Numbers x, Numbers y, Numbers y_bar,
                absl::Span<double> x_bar) { x_bar[0] = y_bar[0] * (j0(x[0]) - y[0] / x[0]); },
      .taped_vjp = [](Vars x, Vars y,
                      Vars y_bar) { return std::vector{y_bar[0] * (J0(x[0]) - y[0] / x[0])}; },
  });
  return operation({at})[0];
}

int main() {
  const auto f = wengert::Function::Record([](Vars x) { return J0(x[0]); }, {2.0});
  double x = 2.0, slope, curvature;
  for (int k = 0; k < 3; ++k) {
    const double y = f.Gradient({x}, {&slope, 1});
    f.Hessian({x}, {&curvature, 1});
    std::printf("x = %.12f  J0 = %8.1e  J0' = %9.6f  J0'' = %9.6f\n", x, y, slope, curvature);
    x -= 2.0 * y * slope / (2.0 * slope * slope - y * curvature);
  }
  std::printf("first zero: %.12f\n\n", x);

  // A wrong rule is found like any wrong derivative: CheckGradient compares it with differences.
  const wengert::CustomOperation wrong({
      .name = "wrong_J0",
      .value = [](Numbers at, absl::Span<double> y) { y[0] = j0(at[0]); },
      .vjp =
          [](Numbers at, Numbers, Numbers y_bar, absl::Span<double> x_bar) {
            x_bar[0] = y_bar[0] * j1(at[0]);
          },  // a sign is missing
  });
  const auto check =
      wengert::CheckGradient([&](Vars at) { return 2.0 * wrong({at[0]})[0]; }, {1.5});
  std::printf("gradient of 2 wrong_J0 is %s: found %.6f, expected %.6f\n",
              check.ok ? "right" : "wrong", check.found, check.expected.value);
}
