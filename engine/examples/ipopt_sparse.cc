// Ipopt with sparse derivatives: a chain of 200 rods hangs between two hooks.
//
// The unknowns are the joints; the potential energy is least, the length of each rod is given. A
// rod touches four numbers, so Jacobian and Hessian are all but empty: IpoptProblem finds their
// patterns in the recordings and computes them with a few colors, whatever the number of rods.

#include <wengert/embed/ipopt.h>
#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <vector>

using wengert::Var;
using Vars = absl::Span<const Var>;

constexpr size_t kRods = 200, kJoints = kRods - 1;
constexpr double kSpan = 2.0, kLength = 3.0, kRod = kLength / kRods;

// Joint k of 0 ... kRods, hooks included: x holds all abscissas, then all heights.
Var Across(Vars x, size_t k) { return k == 0 ? 0.0 : k == kRods ? kSpan : x[k - 1]; }
Var Height(Vars x, size_t k) { return k == 0 || k == kRods ? 0.0 : x[kJoints + k - 1]; }

// The mean height of the rods, times the length.
Var Energy(Vars x) {
  Var sum = 0.0;
  for (size_t k = 0; k < kRods; ++k) sum += 0.5 * kRod * (Height(x, k) + Height(x, k + 1));
  return sum;
}

// The square of each rod's length, over its target.
std::vector<Var> Lengths(Vars x) {
  std::vector<Var> squares;
  for (size_t k = 0; k < kRods; ++k) {
    const Var across = Across(x, k + 1) - Across(x, k), down = Height(x, k + 1) - Height(x, k);
    squares.push_back((square(across) + square(down)) / (kRod * kRod));
  }
  return squares;
}

int main() {
  std::vector<double> x0(2 * kJoints);
  for (size_t k = 0; k < kJoints; ++k) {
    const double u = static_cast<double>(k + 1) / kRods;
    x0[k] = kSpan * u;
    x0[kJoints + k] = -4.0 * u * (1.0 - u);
  }
  const auto energy = wengert::Function::Record(Energy, x0);
  const auto lengths = wengert::Function::Record(Lengths, x0);
  const std::vector<double> ones(kRods, 1.0);
  const wengert::CsrMatrix jacobian = lengths.SparseJacobian(x0);
  wengert::CsrMatrix hessian;
  lengths.SparseHessian(x0, ones, hessian);
  std::printf("%zu unknowns, %zu constraints\n", x0.size(), kRods);
  std::printf("Jacobian: %zu entries of %zu, Hessian: %zu of %zu\n", jacobian.values.size(),
              kRods * x0.size(), hessian.values.size(), x0.size() * x0.size());

  Ipopt::SmartPtr<wengert::IpoptProblem> problem =
      new wengert::IpoptProblem({.objective = energy,
                                 .start = x0,
                                 .constraints = lengths,
                                 .constraints_lower = ones,
                                 .constraints_upper = ones});
  Ipopt::SmartPtr<Ipopt::IpoptApplication> app = IpoptApplicationFactory();
  app->Options()->SetIntegerValue("print_level", 0);
  app->Options()->SetStringValue("sb", "yes");
  app->Initialize();
  const Ipopt::ApplicationReturnStatus status = problem->Optimize(*app);
  const std::vector<double>& x = problem->solution().x;
  std::printf("%s\n\n", status == Ipopt::Solve_Succeeded ? "Ipopt: optimal" : "Ipopt failed");

  // Without joints the chain is a catenary, y = c (cosh((x - span / 2) / c) - cosh(span / 2 / c)),
  // whose c follows from 2 c sinh(span / 2 / c) = length.
  double c = 1.0;
  for (int k = 0; k < 200; ++k) c *= 2.0 * c * std::sinh(kSpan / 2.0 / c) / kLength;
  std::printf("     x      height   catenary\n");
  for (size_t k : {size_t{20}, size_t{60}, size_t{100}, size_t{160}}) {
    const double across = x[k - 1], height = x[kJoints + k - 1];
    std::printf("%.4f  %10.4f %10.4f\n", across, height,
                c * (std::cosh((across - kSpan / 2.0) / c) - std::cosh(kSpan / 2.0 / c)));
  }
}
