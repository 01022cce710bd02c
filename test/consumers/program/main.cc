// A user's program of two sources, which calls what the umbrella header offers. Prints "ok" if it
// works.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/status/status.h"

double GradientElsewhere(double x);

namespace {

using wengert::Var;
using Vars = absl::Span<const Var>;

int failures = 0;

void Expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  ++failures;
}

bool Near(double a, double b) { return std::abs(a - b) <= 1e-12 * (1 + std::abs(b)); }

// What the pages of the README record, sweep and print.
void CheckTape() {
  wengert::Tape tape;
  const Var a = tape.Input(-4.0), b = tape.Input(2.0);
  const Var c = a * b + 3.0;
  const wengert::Adjoints& adjoints = tape.Backward(c);
  Expect(c.value() == -5.0 && adjoints[a] == 2.0 && adjoints[b] == -4.0, "one sweep");
  Expect(tape.nodes().size() == tape.size() && tape.size() == 4, "four nodes");
  Expect(!wengert::Listing(tape, &adjoints).empty() && !wengert::Dot(tape).empty(), "printing");
  std::cout << c << '\n';

  const std::vector<Var> roots = {c};
  wengert::Workspace workspace;
  std::vector<double> y_dot(1), x_bar(2), h(4);
  const std::vector<double> one = {1.0}, v = {1.0, 0.0};
  wengert::Jvp(tape, roots, v, absl::MakeSpan(y_dot), workspace);
  wengert::Vjp(tape, roots, one, absl::MakeSpan(x_bar), workspace);
  wengert::Hvp(tape, c, v, absl::MakeSpan(h).first(2), workspace);
  Expect(y_dot[0] == 2.0 && x_bar[1] == -4.0 && h[1] == 1.0, "products");
  wengert::Hessian(tape, c, absl::MakeSpan(h), workspace);
  Expect(h[1] == 1.0 && wengert::SparseHessian(tape, c).At(1, 0) == 1.0, "Hessians");
  Expect(wengert::SparseJacobian(tape, roots).At(0, 0) == 2.0, "a sparse Jacobian");
  Expect(wengert::Retape(tape, c).gradient[0].value() == 2.0, "a gradient's tape");
  Expect(tape.Replay({1.0, 1.0}).ok() && tape.Primal(c) == 4.0, "a replay");
  Expect(!wengert::FirstNonFinite(tape).found(), "finite numbers");
}

void CheckFunction() {
  const wengert::CustomOperation twice({
      .value = [](absl::Span<const double> x, absl::Span<double> y) { y[0] = 2 * x[0]; },
      .vjp = [](absl::Span<const double>, absl::Span<const double>, absl::Span<const double> y_bar,
                absl::Span<double> x_bar) { x_bar[0] = 2 * y_bar[0]; },
  });
  const auto called = wengert::Function::Record([&](Vars x) { return twice(x)[0]; }, {1.0});
  std::vector<double> g(1);
  Expect(called.Gradient({3.0}, absl::MakeSpan(g)) == 6.0 && g[0] == 2.0, "a custom operation");

  const auto sum_of = [](Vars x) {
    Var sum = 0.0;
    for (const Var& each : x) sum += exp(each) * each;
    return sum < 0.0 ? -sum : sum;
  };
  const auto f = wengert::Function::Record(sum_of, std::vector<double>(100, 1.0));
  std::vector<double> x(100);
  g.resize(x.size());
  for (int k = 50; k >= 0; --k) {  // interpreted, then compiled
    x.assign(x.size(), 0.5 + k);
    f.Gradient(x, absl::MakeSpan(g));
  }
  for (double each : g) Expect(Near(each, GradientElsewhere(0.5)), "what another source computes");
  Expect(f.statistics().compiled_evaluations > 0, "a compiled trace");
  Expect(f.SparseHessian(x).values.size() == 100 && !f.Explain().empty(), "a sparse Hessian");
  Expect(!wengert::Listing(f).empty() && !wengert::Dot(f).empty(), "printing a program");
  Expect(wengert::CheckGradient([&](Vars at) { return sum_of(at); }, {0.5, 0.25}).ok, "checked");

  auto scaled = wengert::Function::Record(
      [](Vars at) { return at[0] * wengert::Parameter(2.0, "scale"); }, {1.0});
  scaled.Set("scale", 3.0);
  Expect(scaled.Value({2.0}) == 6.0, "a parameter");
}

}  // namespace

int main() {
  CheckTape();
  CheckFunction();
  if (failures == 0) std::puts("ok");
  return failures;
}
