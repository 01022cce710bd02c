// Published problems solved through every optimizer that is installed, as a Markdown table of
// iterations with recorded derivatives / with forward differences. Exit status 1 if a problem isn't
// solved to its optimum by at least three of them.

#include <cstdio>

#include "bench/solver_table/table.h"

int main() {
  using namespace wengert::solver_table;  // NOLINT(google-build-using-namespace)
  const std::vector<Solver> solvers = AllSolvers();
  const std::vector<Row> rows = Solve(AllProblems(), solvers);
  std::printf("%s", Markdown(rows, solvers).c_str());
  int status = 0;
  for (const Row& row : rows) {
    if (row.SolvedBy(solvers) >= 3) continue;
    std::fprintf(stderr, "%s: solved by %d solvers\n", row.problem.name.c_str(),
                 row.SolvedBy(solvers));
    status = 1;
  }
  return status;
}
