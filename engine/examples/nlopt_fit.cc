// A constrained fit by NLopt: two peaks of a spectrum that overlap, with bounds and an inequality.
//
// NloptProblem hands a Function to any algorithm of NLopt: value and gradient of the objective, and
// the Jacobian of constraints, of which there may be many in one Function.

#include <wengert/embed/nlopt.h>
#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <vector>

using wengert::Var;
using Vars = absl::Span<const Var>;

constexpr size_t kChannels = 120;

double Energy(size_t i) { return 0.05 * static_cast<double>(i); }

// Two Gaussian peaks: x = (height, centre, width) of each.
template <class T>
T Spectrum(absl::Span<const T> x, double energy) {
  T sum = 0.0;
  for (size_t k = 0; k < 6; k += 3) {
    const T z = (energy - x[k + 1]) / x[k + 2];
    sum = sum + x[k] * exp(-0.5 * z * z);
  }
  return sum;
}

int main() {
  using std::exp;  // for numbers; Var brings its own
  const std::vector<double> truth = {5.0, 2.4, 0.5, 3.0, 3.3, 0.4};
  std::vector<double> counts;
  for (size_t i = 0; i < kChannels; ++i) {
    counts.push_back(Spectrum(absl::MakeConstSpan(truth), Energy(i)) +
                     0.05 * std::sin(53.0 * static_cast<double>(i * i)));
  }

  std::vector<double> x = {3.0, 1.0, 1.0, 3.0, 4.0, 1.0};
  const auto misfit = wengert::Function::Record(
      [&counts](Vars v) {
        Var sum = 0.0;
        for (size_t i = 0; i < kChannels; ++i) sum += square(Spectrum(v, Energy(i)) - counts[i]);
        return sum;
      },
      x);
  // What is known of the instrument: the peaks are in order, and neither is twice as wide.
  const auto constraints = wengert::Function::Record(
      [](Vars v) {
        return std::vector<Var>{v[1] - v[4] + 0.2, v[2] - 2.0 * v[5], v[5] - 2.0 * v[2]};
      },
      x);

  nlopt::opt opt(nlopt::LD_SLSQP, 6);
  opt.set_lower_bounds({0.0, 0.0, 0.1, 0.0, 0.0, 0.1});
  opt.set_upper_bounds({20.0, 6.0, 2.0, 20.0, 6.0, 2.0});
  opt.set_ftol_rel(1e-10);
  wengert::NloptProblem problem(opt);
  problem.Minimize(misfit);
  problem.AddInequality(constraints, 1e-8);
  double minimum = 0.0;
  const nlopt::result result = problem.Optimize(x, minimum);

  std::printf("NLopt: %s, misfit %.4f\n", result > 0 ? "converged" : "failed", minimum);
  std::printf("        height  centre   width\n");
  for (size_t k = 0; k < 6; k += 3) {
    std::printf("fitted  %6.3f  %6.3f  %6.3f\n", x[k], x[k + 1], x[k + 2]);
    std::printf("truth   %6.3f  %6.3f  %6.3f\n", truth[k], truth[k + 1], truth[k + 2]);
  }
}
