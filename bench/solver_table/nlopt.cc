#include "bench/solver_table/solver.h"

#ifdef WENGERT_HAVE_NLOPT

#include "wengert/embed/nlopt.h"

namespace wengert::solver_table {
namespace {

// Of constraints. A tighter one makes NLopt prefer a feasible start to all that came later.
constexpr double kTolerance = 1e-7;

// NLopt's inequalities are c_i(x) <= 0.
std::vector<Var> Inequalities(const Problem& problem, const std::vector<Var>& c) {
  std::vector<Var> left;
  for (size_t i = 0; i < c.size(); ++i) {
    if (problem.c_lower[i] == problem.c_upper[i]) continue;
    if (problem.c_lower[i] > -kNone) left.push_back(problem.c_lower[i] - c[i]);
    if (problem.c_upper[i] < kNone) left.push_back(c[i] - problem.c_upper[i]);
  }
  return left;
}

std::vector<Var> Equalities(const Problem& problem, const std::vector<Var>& c) {
  std::vector<Var> zero;
  for (size_t i = 0; i < c.size(); ++i) {
    if (problem.c_lower[i] == problem.c_upper[i]) zero.push_back(c[i] - problem.c_lower[i]);
  }
  return zero;
}

void AddConstraints(const Problem& problem, const Callables& callables, NloptProblem& nlopt) {
  if (problem.constraints() == 0) return;
  const Function inequalities = Function::Record(
      [&](Scalars<Var> x) { return Inequalities(problem, callables.c(x)); }, problem.start);
  const Function equalities = Function::Record(
      [&](Scalars<Var> x) { return Equalities(problem, callables.c(x)); }, problem.start);
  if (inequalities.outputs() > 0) nlopt.AddInequality(inequalities, kTolerance);
  if (equalities.outputs() > 0) nlopt.AddEquality(equalities, kTolerance);
}

void SetStops(nlopt::opt& opt, int evaluations) {
  opt.set_xtol_rel(1e-9);
  opt.set_ftol_rel(1e-12);
  opt.set_ftol_abs(1e-16);
  opt.set_maxeval(evaluations);
}

// NLopt counts evaluations, not iterations.
Ending Run(const Problem& problem, const Callables& callables, nlopt::opt& opt) {
  if (problem.has_bounds()) {
    opt.set_lower_bounds(problem.lower);
    opt.set_upper_bounds(problem.upper);
  }
  NloptProblem nlopt(opt);
  nlopt.Minimize(Function::Record(callables.f, problem.start));
  AddConstraints(problem, callables, nlopt);
  Ending ending{.x = problem.start};
  double minimum = 0.0;
  try {
    ending.at_limit = nlopt.Optimize(ending.x, minimum) == nlopt::MAXEVAL_REACHED;
  } catch (const std::runtime_error&) {  // "roundoff-limited": the best point so far is there
  }
  ending.iterations = opt.get_numevals();
  return ending;
}

Ending Slsqp(const Problem& problem, const Callables& callables) {
  nlopt::opt opt(nlopt::LD_SLSQP, static_cast<unsigned>(problem.variables()));
  SetStops(opt, 2000);
  return Run(problem, callables, opt);
}

Ending Lbfgs(const Problem& problem, const Callables& callables) {
  nlopt::opt opt(nlopt::LD_LBFGS, static_cast<unsigned>(problem.variables()));
  SetStops(opt, 20000);
  return Run(problem, callables, opt);
}

Ending Ccsaq(const Problem& problem, const Callables& callables) {
  nlopt::opt opt(nlopt::LD_CCSAQ, static_cast<unsigned>(problem.variables()));
  SetStops(opt, 20000);
  return Run(problem, callables, opt);
}

Ending AugmentedLagrangian(const Problem& problem, const Callables& callables) {
  const auto n = static_cast<unsigned>(problem.variables());
  nlopt::opt opt(nlopt::AUGLAG, n), local(nlopt::LD_LBFGS, n);
  local.set_ftol_rel(1e-11);
  local.set_xtol_rel(1e-8);
  local.set_maxeval(2000);
  SetStops(opt, 50000);
  opt.set_local_optimizer(local);
  return Run(problem, callables, opt);
}

}  // namespace

std::vector<Solver> NloptSolvers() {
  return {
      {"NLopt SLSQP", [](const Problem& p) { return p.variables() <= 100; }, Slsqp},
      {"NLopt CCSAQ", [](const Problem& p) { return p.constraints() > 0 && !p.has_equalities(); },
       Ccsaq},
      {"NLopt AUGLAG", [](const Problem& p) { return p.constraints() > 0; }, AugmentedLagrangian},
      {"NLopt L-BFGS", [](const Problem& p) { return p.constraints() == 0; }, Lbfgs},
  };
}

}  // namespace wengert::solver_table

#else

namespace wengert::solver_table {
std::vector<Solver> NloptSolvers() { return {}; }
}  // namespace wengert::solver_table

#endif
