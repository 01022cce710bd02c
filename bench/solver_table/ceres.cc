#include "bench/solver_table/solver.h"

#ifdef WENGERT_HAVE_CERES

#include "wengert/embed/ceres.h"

namespace wengert::solver_table {

std::vector<Solver> CeresSolvers() {
  return {{"Ceres L-BFGS", [](const Problem& p) { return p.constraints() == 0 && !p.has_bounds(); },
           [](const Problem& problem, const Callables& callables) {
             ceres::GradientProblemSolver::Options options;
             options.logging_type = ceres::SILENT;
             options.max_num_iterations = 2000;
             options.function_tolerance = 1e-14;
             options.gradient_tolerance = 1e-9;
             options.parameter_tolerance = 1e-12;
             ceres::GradientProblemSolver::Summary summary;
             Ending ending{.x = problem.start};
             CeresSolve(options,
                        ceres::GradientProblem(
                            new CeresObjective(Function::Record(callables.f, problem.start))),
                        ending.x.data(), &summary);
             ending.iterations = static_cast<int>(summary.iterations.size()) - 1;
             ending.at_limit = summary.termination_type == ceres::NO_CONVERGENCE;
             return ending;
           }}};
}

}  // namespace wengert::solver_table

#else

namespace wengert::solver_table {
std::vector<Solver> CeresSolvers() { return {}; }
}  // namespace wengert::solver_table

#endif
