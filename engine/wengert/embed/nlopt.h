#ifndef WENGERT_EMBED_NLOPT_H_
#define WENGERT_EMBED_NLOPT_H_

// NLopt (its C++ interface) on Functions:
//
//    nlopt::opt opt(nlopt::LD_SLSQP, 2);              // any algorithm, bounds, tolerances
//    opt.set_xtol_rel(1e-8);
//    wengert::NloptProblem problem(opt);
//    problem.Minimize(f);                             // f: R^n -> R
//    problem.AddInequality(g, 1e-8);                  // g: R^n -> R^m, every g_i(x) <= 0
//    problem.AddEquality(h, 1e-8);                    // h_i(x) = 0
//    double minimum;
//    nlopt::result result = problem.Optimize(x, minimum);
//
// Gradients and dense Jacobians are computed only when the algorithm asks for them.
//
// Where a value or derivative isn't finite, NLopt is told +infinity (-infinity when maximising)
// with a zero gradient: all its algorithms step back from that, while NaN ends some of them (MMA,
// CCSAQ).

#include <algorithm>
#include <cmath>
#include <list>
#include <nlopt.hpp>
#include <vector>

#include "absl/types/span.h"
#include "wengert/embed/callback.h"
#include "wengert/function/function.h"

namespace wengert {

// Gives Functions to an nlopt::opt; both have to live, where they are, until the last optimisation.
class NloptProblem {
 public:
  // Of this opt, which knows the number of variables, its bounds and tolerances.
  explicit NloptProblem(nlopt::opt& opt) : opt_(opt) {}
  NloptProblem(const NloptProblem&) = delete;
  NloptProblem& operator=(const NloptProblem&) = delete;

  // UsageError unless f has as many inputs as the opt, and one output.
  void Minimize(Function f) {
    opt_.set_min_objective(Objective, Keep("NloptProblem::Minimize", std::move(f), HUGE_VAL));
  }
  void Maximize(Function f) {
    opt_.set_max_objective(Objective, Keep("NloptProblem::Maximize", std::move(f), -HUGE_VAL));
  }

  // Every output is a constraint, with this tolerance. UsageError unless f has as many inputs as
  // the opt; std::invalid_argument from NLopt for an algorithm that has no such constraints.
  void AddInequality(Function f, double tolerance) {
    const std::vector<double> tolerances(f.outputs(), tolerance);
    opt_.add_inequality_mconstraint(Constraints, Keep(std::move(f)), tolerances);
  }
  void AddEquality(Function f, double tolerance) {
    const std::vector<double> tolerances(f.outputs(), tolerance);
    opt_.add_equality_mconstraint(Constraints, Keep(std::move(f)), tolerances);
  }

  // nlopt::opt::optimize, which it is but for two things: what a callable threw arrives as it was,
  // and where the objective was finite nowhere it is a UsageError, and not a success.
  nlopt::result Optimize(std::vector<double>& x, double& optimum) {
    exception_.Forget();
    const nlopt::result result = Run(x, optimum);
    if (!std::isfinite(optimum)) {
      ThrowUsageError("NloptProblem::Optimize",
                      "the objective or its gradient isn't finite at the start, nor anywhere that "
                      "the algorithm went from there",
                      "start where they are");
    }
    return result;
  }

 private:
  nlopt::result Run(std::vector<double>& x, double& optimum) {
    try {
      return opt_.optimize(x, optimum);
    } catch (...) {
      exception_.Rethrow();
      throw;
    }
  }

  struct Callback {
    Function f;
    NloptProblem* problem;
    double worst;
  };

  Callback* Keep(const char* where, Function f, double worst) {
    CheckObjective(where, f, opt_.get_dimension());
    callbacks_.push_back({std::move(f), this, worst});
    return &callbacks_.back();
  }
  Callback* Keep(Function f) {
    CheckInputs("NloptProblem", f, opt_.get_dimension());
    callbacks_.push_back({std::move(f), this, HUGE_VAL});
    return &callbacks_.back();
  }

  // nlopt.hpp catches this one in the frame above the callback, below the C code.
  void StopIfKept() const {
    if (exception_.is_set()) throw nlopt::forced_stop();
  }

  static double Objective(unsigned n, const double* x, double* gradient, void* data) {
    const Callback& at = *static_cast<const Callback*>(data);
    const absl::Span<const double> point(x, n);
    const absl::Span<double> g(gradient, gradient == nullptr ? 0 : n);
    double value = at.worst;
    at.problem->exception_.Run(
        [&] { value = gradient == nullptr ? at.f.Value(point) : at.f.Gradient(point, g); });
    at.problem->StopIfKept();
    if (std::isfinite(value) && AllFinite(g)) return value;
    std::fill(g.begin(), g.end(), 0.0);
    return at.worst;
  }

  // The Jacobian has a row of n numbers for each constraint, as Function has it.
  static void Constraints(unsigned m, double* values, unsigned n, const double* x, double* jacobian,
                          void* data) {
    const Callback& at = *static_cast<const Callback*>(data);
    const absl::Span<const double> point(x, n);
    const absl::Span<double> c(values, m);
    const size_t size = size_t{m} * n;
    const absl::Span<double> j(jacobian, jacobian == nullptr ? 0 : size);
    at.problem->exception_.Run([&] {
      if (jacobian != nullptr) at.f.Jacobian(point, j);
      at.f.Values(point, c);
    });
    at.problem->StopIfKept();
    for (size_t i = 0; i < m; ++i) {
      const absl::Span<double> row = j.empty() ? j : j.subspan(i * n, n);
      if (std::isfinite(c[i]) && AllFinite(row)) continue;
      c[i] = HUGE_VAL;
      std::fill(row.begin(), row.end(), 0.0);
    }
  }

  nlopt::opt& opt_;
  std::list<Callback> callbacks_;  // NLopt holds their addresses
  KeptException exception_;
};

}  // namespace wengert

#endif  // WENGERT_EMBED_NLOPT_H_
