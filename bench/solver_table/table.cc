#include "bench/solver_table/table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wengert::solver_table {
namespace {

double Violation(const std::vector<double>& values, const std::vector<double>& lower,
                 const std::vector<double>& upper) {
  double worst = 0.0;
  for (size_t i = 0; i < lower.size(); ++i) {
    worst = std::max({worst, (lower[i] - values[i]) / std::max(1.0, std::abs(lower[i])),
                      (values[i] - upper[i]) / std::max(1.0, std::abs(upper[i]))});
  }
  return worst;
}

// Starts have to be within bounds.
void Clamp(Problem& problem) {
  for (size_t i = 0; i < problem.lower.size(); ++i) {
    problem.start[i] = std::clamp(problem.start[i], problem.lower[i], problem.upper[i]);
  }
}

Result Run(const Problem& problem, const Solver& solver, Derivatives derivatives) {
  return Judge(problem, solver.solve(problem, CallablesOf(problem, derivatives)));
}

std::string Text(const std::optional<Result>& result) {
  if (!result.has_value()) return "-";
  if (!result->solved()) return "x";
  return absl::StrCat(result->iterations, result->at_limit ? "+" : "");
}

std::string Text(const Cell& cell) {
  if (!cell.recorded.has_value()) return "";
  return absl::StrCat(Text(cell.recorded), " / ", Text(cell.differences));
}

}  // namespace

Result Judge(const Problem& problem, const Ending& ending) {
  Result result;
  result.iterations = ending.iterations;
  result.at_limit = ending.at_limit;
  if (ending.x.size() != problem.variables()) {
    result.error = HUGE_VAL;
    return result;
  }
  result.error =
      std::abs(problem.f(ending.x) - problem.optimum) / std::max(1.0, std::abs(problem.optimum));
  if (std::isnan(result.error)) result.error = HUGE_VAL;
  result.violation = Violation(ending.x, problem.lower, problem.upper);
  if (problem.constraints() > 0) {
    result.violation = std::max(result.violation,
                                Violation(problem.c(ending.x), problem.c_lower, problem.c_upper));
  }
  return result;
}

int Row::SolvedBy(const std::vector<Solver>& solvers) const {
  int count = 0;
  bool before = false;
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool solved = cells[i].recorded.has_value() && cells[i].recorded->solved();
    if (solved && !(solvers[i].is_variant && before)) ++count;
    before = solved;
  }
  return count;
}

std::vector<Row> Solve(std::vector<Problem> problems, const std::vector<Solver>& solvers,
                       size_t most_differences) {
  std::vector<Row> rows;
  for (Problem& problem : problems) {
    Clamp(problem);
    Row row{std::move(problem), {}};
    for (const Solver& solver : solvers) {
      Cell cell;
      if (solver.suits(row.problem)) {
        cell.recorded = Run(row.problem, solver, Derivatives::kRecorded);
        if (row.problem.variables() <= most_differences) {
          cell.differences = Run(row.problem, solver, Derivatives::kForwardDifferences);
        }
      }
      row.cells.push_back(cell);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string Markdown(const std::vector<Row>& rows, const std::vector<Solver>& solvers) {
  std::string text = "| problem | n | m | optimum |", rule = "|---|--:|--:|--:|";
  for (const Solver& solver : solvers) {
    absl::StrAppend(&text, " ", solver.name, " |");
    absl::StrAppend(&rule, "--:|");
  }
  absl::StrAppend(&text, "\n", rule, "\n");
  for (const Row& row : rows) {
    absl::StrAppend(&text, "| ", row.problem.name, " | ", row.problem.variables(), " | ",
                    row.problem.constraints(), " | ", absl::StrFormat("%.9g", row.problem.optimum),
                    " |");
    for (const Cell& cell : row.cells) absl::StrAppend(&text, " ", Text(cell), " |");
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace wengert::solver_table
