// Test functions of More, Garbow and Hillstrom, Testing Unconstrained Optimization Software, ACM
// Transactions on Mathematical Software 7 (1981), numbers 21, 22 and 14, in any size; and the
// chained Rosenbrock function, in which every variable has two neighbors.

#include "absl/strings/str_cat.h"
#include "bench/solver_table/problem.h"

namespace wengert::solver_table {
namespace {

// `pattern` over and over, n numbers.
std::vector<double> Repeated(std::vector<double> pattern, size_t n) {
  std::vector<double> x(n);
  for (size_t i = 0; i < n; ++i) x[i] = pattern[i % pattern.size()];
  return x;
}

Problem Rosenbrock(size_t n) {
  return WithObjective(
      {.name = absl::StrCat("Rosenbrock ", n), .optimum = 0.0, .start = Repeated({-1.2, 1.0}, n)},
      [](auto x) {
        auto sum = 0.0 * x(1);
        for (size_t i = 1; i < x.size(); i += 2) {
          sum += 100.0 * square(x(i + 1) - square(x(i))) + square(1.0 - x(i));
        }
        return sum;
      });
}

Problem ChainedRosenbrock(size_t n) {
  return WithObjective(
      {.name = absl::StrCat("Chained Rosenbrock ", n), .optimum = 0.0, .start = Repeated({0.5}, n)},
      [](auto x) {
        auto sum = 0.0 * x(1);
        for (size_t i = 1; i < x.size(); ++i) {
          sum += 100.0 * square(x(i + 1) - square(x(i))) + square(1.0 - x(i));
        }
        return sum;
      });
}

Problem PowellSingular(size_t n) {
  return WithObjective(
      {.name = absl::StrCat("Powell singular ", n),
       .optimum = 0.0,
       .start = Repeated({3, -1, 0, 1}, n)},
      [](auto x) {
        auto sum = 0.0 * x(1);
        for (size_t i = 1; i < x.size(); i += 4) {
          sum += square(x(i) + 10.0 * x(i + 1)) + 5.0 * square(x(i + 2) - x(i + 3)) +
                 square(square(x(i + 1) - 2.0 * x(i + 2))) + 10.0 * square(square(x(i) - x(i + 3)));
        }
        return sum;
      });
}

Problem Wood(size_t n) {
  return WithObjective(
      {.name = absl::StrCat("Extended Wood ", n),
       .optimum = 0.0,
       .start = Repeated({-3, -1, -3, -1}, n)},
      [](auto x) {
        auto sum = 0.0 * x(1);
        for (size_t i = 1; i < x.size(); i += 4) {
          sum += 100.0 * square(x(i + 1) - square(x(i))) + square(1.0 - x(i)) +
                 90.0 * square(x(i + 3) - square(x(i + 2))) + square(1.0 - x(i + 2)) +
                 10.0 * square(x(i + 1) + x(i + 3) - 2.0) + 0.1 * square(x(i + 1) - x(i + 3));
        }
        return sum;
      });
}

}  // namespace

std::vector<Problem> UnconstrainedOfAnySize() {
  return {Rosenbrock(2),     Rosenbrock(10),      Rosenbrock(100),
          Rosenbrock(1000),  Rosenbrock(10000),   ChainedRosenbrock(100),
          PowellSingular(4), PowellSingular(100), Wood(4),
          Wood(100)};
}

}  // namespace wengert::solver_table
