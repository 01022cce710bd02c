#include "bench/solver_table/solver.h"

#ifdef WENGERT_HAVE_LBFGS

#include "wengert/embed/lbfgs.h"

namespace wengert::solver_table {

std::vector<Solver> LbfgsSolvers() {
  return {{"libLBFGS", [](const Problem& p) { return p.constraints() == 0 && !p.has_bounds(); },
           [](const Problem& problem, const Callables& callables) {
             lbfgs_parameter_t parameters;
             lbfgs_parameter_init(&parameters);
             parameters.epsilon = 1e-9;
             parameters.max_iterations = 20000;
             Ending ending{.x = problem.start};
             const Function f = Function::Record(callables.f, problem.start);
             const LbfgsResult result = LbfgsMinimize(f, absl::MakeSpan(ending.x), parameters);
             ending.iterations = result.iterations;
             ending.at_limit = result.status == LBFGSERR_MAXIMUMITERATION;
             return ending;
           }}};
}

}  // namespace wengert::solver_table

#else

namespace wengert::solver_table {
std::vector<Solver> LbfgsSolvers() { return {}; }
}  // namespace wengert::solver_table

#endif
