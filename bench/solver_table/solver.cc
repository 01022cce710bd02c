#include "bench/solver_table/solver.h"

#include <cmath>
#include <limits>

namespace wengert::solver_table {
namespace {

using Values = std::function<void(Scalars<double>, absl::Span<double>)>;

double StepAt(double x) {
  return std::sqrt(std::numeric_limits<double>::epsilon()) * std::max(1.0, std::abs(x));
}

CustomOperation Differenced(size_t outputs, const Values& values) {
  CustomRules rules;
  rules.name = "differenced";
  rules.outputs = outputs;
  rules.value = values;
  rules.vjp = [values](Scalars<double> x, Scalars<double> y, Scalars<double> y_bar,
                       absl::Span<double> x_bar) {
    std::vector<double> moved(x.begin(), x.end()), there(y.size());
    for (size_t j = 0; j < x.size(); ++j) {
      moved[j] = x[j] + StepAt(x[j]);
      values(moved, absl::MakeSpan(there));
      for (size_t i = 0; i < y.size(); ++i) {
        if (y_bar[i] != 0.0) x_bar[j] += y_bar[i] * (there[i] - y[i]) / (moved[j] - x[j]);
      }
      moved[j] = x[j];
    }
  };
  return CustomOperation(std::move(rules));
}

}  // namespace

Callables CallablesOf(const Problem& problem, Derivatives derivatives) {
  if (derivatives == Derivatives::kRecorded) return {problem.taped_f, problem.taped_c, true};
  const CustomOperation f =
      Differenced(1, [f = problem.f](Scalars<double> x, absl::Span<double> y) { y[0] = f(x); });
  Callables callables{[f](Scalars<Var> x) { return f(x)[0]; }, {}, false};
  if (problem.constraints() > 0) {
    callables.c = Differenced(problem.constraints(),
                              [c = problem.c](Scalars<double> x, absl::Span<double> y) {
                                const std::vector<double> values = c(x);
                                std::copy(values.begin(), values.end(), y.begin());
                              });
  }
  return callables;
}

std::vector<Solver> AllSolvers() {
  std::vector<Solver> all;
  for (auto library : {IpoptSolvers, NloptSolvers, LbfgsSolvers, DlibSolvers, CeresSolvers}) {
    for (Solver& solver : library()) all.push_back(std::move(solver));
  }
  return all;
}

}  // namespace wengert::solver_table
