#include "bench/solver_table/solver.h"

#ifdef WENGERT_HAVE_IPOPT

#include <IpSolveStatistics.hpp>

#include "wengert/embed/ipopt.h"

namespace wengert::solver_table {
namespace {

Ending Solve(const Problem& problem, const Callables& callables, bool hessian) {
  IpoptProblem::Definition definition{.objective = Function::Record(callables.f, problem.start),
                                      .start = problem.start,
                                      .lower = problem.lower,
                                      .upper = problem.upper,
                                      .hessian = hessian && callables.has_hessians};
  if (problem.constraints() > 0) {
    definition.constraints = Function::Record(callables.c, problem.start);
    definition.constraints_lower = problem.c_lower;
    definition.constraints_upper = problem.c_upper;
  }
  const Ipopt::SmartPtr<IpoptProblem> nlp = new IpoptProblem(std::move(definition));
  const Ipopt::SmartPtr<Ipopt::IpoptApplication> app = IpoptApplicationFactory();
  app->Options()->SetIntegerValue("print_level", 0);
  app->Options()->SetStringValue("sb", "yes");
  app->Options()->SetNumericValue("tol", 1e-8);
  app->Options()->SetIntegerValue("max_iter", 2000);
  app->Initialize();
  const bool at_limit = nlp->Optimize(*app) == Ipopt::Maximum_Iterations_Exceeded;
  const Ipopt::SmartPtr<Ipopt::SolveStatistics> statistics = app->Statistics();
  return {nlp->solution().x, IsValid(statistics) ? statistics->IterationCount() : 0, at_limit};
}

}  // namespace

std::vector<Solver> IpoptSolvers() {
  const auto all = [](const Problem&) { return true; };
  return {{"Ipopt, Hessian", all,
           [](const Problem& p, const Callables& c) { return Solve(p, c, true); }},
          {"Ipopt, L-BFGS", all,
           [](const Problem& p, const Callables& c) { return Solve(p, c, false); }, true}};
}

}  // namespace wengert::solver_table

#else

namespace wengert::solver_table {
std::vector<Solver> IpoptSolvers() { return {}; }
}  // namespace wengert::solver_table

#endif
