#ifndef BENCH_SOLVER_TABLE_PROBLEM_H_
#define BENCH_SOLVER_TABLE_PROBLEM_H_

// An optimisation problem whose optimum is known: minimise f(x) where c_lower <= c(x) <= c_upper
// and lower <= x <= upper. It can be evaluated on double, for finite differences, and on Var.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wengert/wengert.h"

namespace wengert::solver_table {

inline constexpr double kNone = 1e20;  // no bound on this side

template <class T>
using Scalars = absl::Span<const T>;

struct Problem {
  std::string name;
  double optimum;
  std::vector<double> start{};
  std::vector<double> lower{}, upper{};      // empty: none
  std::vector<double> c_lower{}, c_upper{};  // as many as constraints

  std::function<double(Scalars<double>)> f{};
  std::function<Var(Scalars<Var>)> taped_f{};
  std::function<std::vector<double>(Scalars<double>)> c{};
  std::function<std::vector<Var>(Scalars<Var>)> taped_c{};

  size_t variables() const { return start.size(); }
  size_t constraints() const { return c_lower.size(); }
  bool has_bounds() const { return !lower.empty(); }
  bool has_equalities() const {
    for (size_t i = 0; i < constraints(); ++i) {
      if (c_lower[i] == c_upper[i]) return true;
    }
    return false;
  }
};

// x(1), x(2), ...: problems are published with indices from 1.
template <class T>
class FromOne {
 public:
  explicit FromOne(Scalars<T> x) : x_(x) {}
  const T& operator()(size_t i) const { return x_[i - 1]; }
  size_t size() const { return x_.size(); }

 private:
  Scalars<T> x_;
};

// f gets a FromOne of its scalars.
template <class F>
Problem WithObjective(Problem problem, F f) {
  problem.f = [f](Scalars<double> x) { return f(FromOne<double>(x)); };
  problem.taped_f = [f](Scalars<Var> x) { return f(FromOne<Var>(x)); };
  return problem;
}

// c gets a FromOne of its scalars and gives them as a vector.
template <class C>
Problem WithConstraints(Problem problem, std::vector<double> lower, std::vector<double> upper,
                        C c) {
  problem.c_lower = std::move(lower);
  problem.c_upper = std::move(upper);
  problem.c = [c](Scalars<double> x) { return c(FromOne<double>(x)); };
  problem.taped_c = [c](Scalars<Var> x) { return c(FromOne<Var>(x)); };
  return problem;
}

// c_i(x) >= 0 for the first `inequalities` of them, c_i(x) = 0 for the others.
template <class C>
Problem Subject(Problem problem, size_t inequalities, size_t equalities, C c) {
  std::vector<double> lower(inequalities + equalities, 0.0), upper(inequalities, kNone);
  upper.resize(inequalities + equalities, 0.0);
  return WithConstraints(std::move(problem), std::move(lower), std::move(upper), std::move(c));
}

std::vector<Problem> HockSchittkowskiWithoutConstraints();
std::vector<Problem> HockSchittkowskiWithConstraints();
std::vector<Problem> UnconstrainedOfAnySize();  // Rosenbrock, Powell, Wood
std::vector<Problem> OptimalControl();
std::vector<Problem> AllProblems();

}  // namespace wengert::solver_table

#endif  // BENCH_SOLVER_TABLE_PROBLEM_H_
