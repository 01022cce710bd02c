#ifndef BENCH_SOLVER_TABLE_TABLE_H_
#define BENCH_SOLVER_TABLE_TABLE_H_

// Every problem through every solver that suits it, with recorded derivatives and with differences.

#include <optional>
#include <string>
#include <vector>

#include "bench/solver_table/problem.h"
#include "bench/solver_table/solver.h"

namespace wengert::solver_table {

inline constexpr double kSolved = 1e-6;

struct Result {
  int iterations = 0;
  bool at_limit = false;
  double error = 0.0;      // |f - optimum| / max(1, |optimum|)
  double violation = 0.0;  // of the worst bound or constraint, relative to max(1, |it|)

  bool solved() const { return error <= kSolved && violation <= kSolved; }
};

// f and the constraints are those on double.
Result Judge(const Problem& problem, const Ending& ending);

struct Cell {
  std::optional<Result> recorded, differences;  // none where it isn't tried
};

struct Row {
  Problem problem;
  std::vector<Cell> cells;  // one a solver

  // How many of the solvers found the optimum with recorded derivatives; variants count once.
  int SolvedBy(const std::vector<Solver>& solvers) const;
};

// Differences are taken of up to `most_differences` variables: n + 1 evaluations for a gradient.
std::vector<Row> Solve(std::vector<Problem> problems, const std::vector<Solver>& solvers,
                       size_t most_differences = 1000);

// Iterations "recorded / differences"; 2000+ where the optimum was reached, but the solver went on
// to its limit; x where it wasn't reached, - where it wasn't tried.
std::string Markdown(const std::vector<Row>& rows, const std::vector<Solver>& solvers);

}  // namespace wengert::solver_table

#endif  // BENCH_SOLVER_TABLE_TABLE_H_
