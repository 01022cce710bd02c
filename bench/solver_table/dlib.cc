#include "bench/solver_table/solver.h"

#ifdef WENGERT_HAVE_DLIB

#include "wengert/embed/dlib.h"

namespace wengert::solver_table {
namespace {

constexpr int kMostIterations = 20000;

// Stops at a small step of the objective, five times in a row, or after too many; counts.
class CountingStop {
 public:
  explicit CountingStop(int& iterations) : iterations_(iterations) {}

  bool should_continue_search(const DlibVector&, double value, const DlibVector&) {
    const double step = std::abs(value - last_);
    last_ = value;
    still_ = step <= 1e-15 * (1.0 + std::abs(value)) ? still_ + 1 : 0;
    ++iterations_;
    return still_ < 5 && iterations_ < kMostIterations;
  }

 private:
  int& iterations_;
  double last_ = HUGE_VAL;
  int still_ = 0;
};

DlibVector VectorOf(const std::vector<double>& numbers) { return dlib::mat(numbers); }

Ending Solve(const Problem& problem, const Callables& callables) {
  const Function f = Function::Record(callables.f, problem.start);
  DlibVector x = VectorOf(problem.start);
  Ending ending;
  const dlib::lbfgs_search_strategy search(10);
  const CountingStop stop(ending.iterations);
  if (problem.has_bounds()) {
    DlibFindMinBoxConstrained(search, stop, f, x, VectorOf(problem.lower), VectorOf(problem.upper));
  } else {
    DlibFindMin(search, stop, f, x);
  }
  ending.at_limit = ending.iterations == kMostIterations;
  ending.x.assign(x.begin(), x.end());
  return ending;
}

}  // namespace

std::vector<Solver> DlibSolvers() {
  return {{"dlib L-BFGS", [](const Problem& p) { return p.constraints() == 0; }, Solve}};
}

}  // namespace wengert::solver_table

#else

namespace wengert::solver_table {
std::vector<Solver> DlibSolvers() { return {}; }
}  // namespace wengert::solver_table

#endif
