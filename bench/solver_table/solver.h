#ifndef BENCH_SOLVER_TABLE_SOLVER_H_
#define BENCH_SOLVER_TABLE_SOLVER_H_

// Solvers, each through its adapter in engine/wengert/embed/, that solve a Problem with Wengert's
// derivatives or with finite differences: the same code, fed with other Functions.

#include <functional>
#include <string>
#include <vector>

#include "bench/solver_table/problem.h"

namespace wengert::solver_table {

enum class Derivatives { kRecorded, kForwardDifferences };

// The problem's functions as callables of Var. With kForwardDifferences each is one operation whose
// rule takes differences of its values on double, with steps of sqrt(epsilon) max(1, |x|).
struct Callables {
  std::function<Var(Scalars<Var>)> f;
  std::function<std::vector<Var>(Scalars<Var>)> c;
  bool has_hessians;
};
Callables CallablesOf(const Problem& problem, Derivatives derivatives);

// Where a solver ended, whatever it thought of it.
struct Ending {
  std::vector<double> x;
  int iterations = 0;
  bool at_limit = false;  // of iterations
};

struct Solver {
  std::string name;
  std::function<bool(const Problem&)> suits;
  std::function<Ending(const Problem&, const Callables&)> solve;
  bool is_variant = false;  // of the solver before it: the two count as one
};

// Those whose libraries were there when this was compiled.
std::vector<Solver> AllSolvers();

// By library; empty without it.
std::vector<Solver> IpoptSolvers();
std::vector<Solver> NloptSolvers();
std::vector<Solver> LbfgsSolvers();
std::vector<Solver> DlibSolvers();
std::vector<Solver> CeresSolvers();

}  // namespace wengert::solver_table

#endif  // BENCH_SOLVER_TABLE_SOLVER_H_
