// Two problems of optimal control whose optima are known in closed form, transcribed to finitely
// many variables: classical Runge-Kutta steps, and the control quadratic in each.
//
//   collocation    states at the nodes are variables, each step a constraint: sparse
//   shooting       states follow from the controls; only the end is constrained: dense, few
//
// The transcribed optima, to which all solvers agree, are 1.9e-7 (15 steps) and 8.5e-9 (20 steps)
// of the optimum away from it.

#include <array>
#include <numbers>

#include "bench/solver_table/problem.h"

namespace wengert::solver_table {
namespace {

constexpr double kGravity = 9.80665;

template <class T, size_t kStates>
using State = std::array<T, kStates>;

template <class T, size_t kStates>
State<T, kStates> Along(const State<T, kStates>& x, const T& h, const State<T, kStates>& slope) {
  State<T, kStates> y;
  for (size_t i = 0; i < kStates; ++i) y[i] = x[i] + h * slope[i];
  return y;
}

// A step of length h of x' = slope(x, u), with the control at its beginning, middle and end.
template <class Slope, class T, size_t kStates>
State<T, kStates> Step(Slope slope, const State<T, kStates>& x, const T& h, const T& begin,
                       const T& middle, const T& end) {
  const auto k1 = slope(x, begin);
  const auto k2 = slope(Along(x, T(0.5 * h), k1), middle);
  const auto k3 = slope(Along(x, T(0.5 * h), k2), middle);
  const auto k4 = slope(Along(x, h, k3), end);
  State<T, kStates> y;
  for (size_t i = 0; i < kStates; ++i) {
    y[i] = x[i] + h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
  }
  return y;
}

// The curve of quickest descent from rest at (0, 0) to 10 to the right and 5 down. States are x, y
// and the speed; the control is the angle to the vertical. The optimum is the time on the cycloid,
// phi sqrt(r / g) with r (phi - sin phi) = 10 and r (1 - cos phi) = 5, found by Johann Bernoulli;
// with g = 9.80665 that is 1.8016031224530815.
//
// Variables: the time, then x, y, v and the angle at each node, then the angle in each middle.
Problem Brachistochrone() {
  constexpr size_t kSteps = 15, kNodes = kSteps + 1;
  Problem problem{.name = "Brachistochrone", .optimum = 1.8016031224530815};
  const size_t n = 1 + 4 * kNodes + kSteps;
  problem.start.assign(n, 1.0);
  problem.lower.assign(n, -20.0);
  problem.upper.assign(n, 20.0);
  const auto fix = [&problem](size_t i, double value) {
    problem.lower[i - 1] = problem.upper[i - 1] = problem.start[i - 1] = value;
  };
  problem.lower[0] = 0.1;
  problem.start[0] = 2.0;
  for (size_t k = 0; k < kNodes; ++k) {
    const double at = static_cast<double>(k) / kSteps;
    problem.start[1 + 4 * k] = 10.0 * at;
    problem.start[2 + 4 * k] = 5.0 * at;
    problem.start[3 + 4 * k] = 10.0 * at;
  }
  for (size_t i = 2; i <= 4; ++i) fix(i, 0.0);
  fix(2 + 4 * kSteps, 10.0);
  fix(3 + 4 * kSteps, 5.0);
  const std::vector<double> zero(3 * kSteps, 0.0);
  return WithConstraints(
      WithObjective(std::move(problem), [](auto x) { return 1.0 * x(1); }), zero, zero, [](auto x) {
        using T = std::decay_t<decltype(x(1))>;
        const auto slope = [](const State<T, 3>& s, const T& angle) {
          return State<T, 3>{s[2] * sin(angle), s[2] * cos(angle), kGravity * cos(angle)};
        };
        const T h = x(1) / double{kSteps};
        std::vector<T> defects;
        for (size_t k = 0; k < kSteps; ++k) {
          const size_t at = 2 + 4 * k;
          const State<T, 3> end = Step(slope, State<T, 3>{x(at), x(at + 1), x(at + 2)}, h,
                                       x(at + 3), x(2 + 4 * kNodes + k), x(at + 7));
          for (size_t i = 0; i < 3; ++i) defects.push_back(end[i] - x(at + 4 + i));
        }
        return defects;
      });
}

// Steering a particle with an acceleration of 100 in the shortest time to height 5 and the level
// velocity 45 (Bryson and Ho, Applied Optimal Control, 1975, section 2.4; number 9 of Dolan, More
// and Munson, COPS 3.0). The tangent of the optimal angle is linear in time, c (1 - 2 t / T), where
// 100 T asinh(c) / c = 45: T = 0.554570878334604.
//
// Variables: the time, then the angle at the beginning, the middle, ... of the steps.
Problem ParticleSteering() {
  constexpr size_t kSteps = 20;
  Problem problem{.name = "Particle steering", .optimum = 0.554570878334604};
  const size_t n = 2 + 2 * kSteps;
  problem.start.assign(n, 0.0);
  problem.lower.assign(n, -std::numbers::pi / 2);
  problem.upper.assign(n, std::numbers::pi / 2);
  for (size_t k = 1; k < n; ++k) {
    problem.start[k] = 1.0 - 2.0 * static_cast<double>(k - 1) / static_cast<double>(n - 2);
  }
  problem.start[0] = 1.0;
  problem.lower[0] = 0.1;
  problem.upper[0] = 10.0;
  return WithConstraints(WithObjective(std::move(problem), [](auto x) { return 1.0 * x(1); }),
                         {5.0, 45.0, 0.0}, {5.0, 45.0, 0.0}, [](auto x) {
                           using T = std::decay_t<decltype(x(1))>;
                           const auto slope = [](const State<T, 3>& s,
                                                 const T& angle) {  // height, velocity
                             return State<T, 3>{s[2], 100.0 * cos(angle), 100.0 * sin(angle)};
                           };
                           const T h = x(1) / double{kSteps};
                           State<T, 3> s = {T(0.0), T(0.0), T(0.0)};
                           for (size_t k = 0; k < kSteps; ++k) {
                             s = Step(slope, s, h, x(2 + 2 * k), x(3 + 2 * k), x(4 + 2 * k));
                           }
                           return std::vector<T>{s[0], s[1], s[2]};
                         });
}

}  // namespace

std::vector<Problem> OptimalControl() { return {Brachistochrone(), ParticleSteering()}; }

std::vector<Problem> AllProblems() {
  std::vector<Problem> all;
  for (auto part : {HockSchittkowskiWithoutConstraints, HockSchittkowskiWithConstraints,
                    UnconstrainedOfAnySize, OptimalControl}) {
    for (Problem& problem : part()) all.push_back(std::move(problem));
  }
  return all;
}

}  // namespace wengert::solver_table
