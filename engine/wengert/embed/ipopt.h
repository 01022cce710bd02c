#ifndef WENGERT_EMBED_IPOPT_H_
#define WENGERT_EMBED_IPOPT_H_

// Ipopt on Functions, with sparse Jacobian and Hessian: minimise f(x) where
// constraints_lower <= g(x) <= constraints_upper and lower <= x <= upper.
//
//    Ipopt::SmartPtr<wengert::IpoptProblem> problem = new wengert::IpoptProblem(
//        {.objective = f, .start = x0, .lower = {...}, .upper = {...},
//         .constraints = g, .constraints_lower = {25, 40}, .constraints_upper = {1e20, 40}});
//    Ipopt::SmartPtr<Ipopt::IpoptApplication> app = IpoptApplicationFactory();
//    app->Initialize();
//    Ipopt::ApplicationReturnStatus status = problem->Optimize(*app);
//    problem->solution().x
//
// Patterns and colorings are found by Function, the Hessian is that of the Lagrangian,
// obj_factor f + lambda' g: ceil(colors / 8) sweeps each. Calls at one x share its forward sweeps.
//
// Where a value or derivative isn't finite the callback returns false, as Ipopt asks: it shortens
// its step. Ipopt 3.11 needs -DHAVE_CSTDDEF to compile.

#include <IpIpoptApplication.hpp>
#include <IpTNLP.hpp>
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wengert/embed/callback.h"
#include "wengert/embed/sparse_structure.h"
#include "wengert/function/function.h"

namespace wengert {

// A nonlinear problem as Ipopt sees it. One optimisation at a time.
class IpoptProblem : public Ipopt::TNLP {
 public:
  // Ipopt's numbers of rows and columns.
  using Index = Ipopt::Index;

  // min objective(x), lower <= x <= upper, constraints between their bounds.
  struct Definition {
    // Of n inputs and one output; n numbers to start from.
    Function objective;
    std::vector<double> start;
    std::vector<double> lower = {}, upper = {};  // of x; empty: none
    // Of n inputs and m outputs.
    std::optional<Function> constraints = {};
    std::vector<double> constraints_lower = {}, constraints_upper = {};  // empty: none
    // Without it Optimize sets hessian_approximation to limited-memory.
    bool hessian = true;
  };

  // Where Ipopt stopped.
  struct Solution {
    // Ipopt's answer; the objective, x and the constraints there.
    Ipopt::SolverReturn status = Ipopt::INTERNAL_ERROR;
    double objective = 0.0;
    std::vector<double> x, constraints;
    std::vector<double> lower_multipliers, upper_multipliers;  // of the bounds on x
    std::vector<double> multipliers;                           // of the constraints
  };

  // UsageError when a Function or a list of bounds has another length than start or constraints.
  explicit IpoptProblem(Definition definition)
      : problem_(std::move(definition)),
        n_(problem_.start.size()),
        m_(problem_.constraints.has_value() ? problem_.constraints->outputs() : 0),
        start_(problem_.start),
        jacobian_structure_(m_, n_, SparseStructure::Part::kAll),
        hessian_structure_(n_, n_, SparseStructure::Part::kLowerTriangle) {
    CheckObjective("IpoptProblem", problem_.objective, n_);
    if (m_ > 0) CheckInputs("IpoptProblem", *problem_.constraints, n_);
    Complete("lower bounds", problem_.lower, n_, -kNoBound);
    Complete("upper bounds", problem_.upper, n_, kNoBound);
    Complete("lower bounds on constraints", problem_.constraints_lower, m_, -kNoBound);
    Complete("upper bounds on constraints", problem_.constraints_upper, m_, kNoBound);
  }

  // app.OptimizeTNLP(this), from `start`. What a callable threw arrives as it was. Ipopt takes the
  // structure of its matrices once: where a branch brings an entry that wasn't there before, it is
  // started again from that point, with the entry.
  Ipopt::ApplicationReturnStatus Optimize(Ipopt::IpoptApplication& app) {
    if (!problem_.hessian) {
      app.Options()->SetStringValue("hessian_approximation", "limited-memory");
    }
    start_ = problem_.start;
    exception_.Forget();
    Ipopt::ApplicationReturnStatus status;
    do {
      outgrown_ = false;
      status = app.OptimizeTNLP(this);
      exception_.Rethrow();
    } while (outgrown_);
    return status;
  }

  const Solution& solution() const { return solution_; }  // of the last optimisation

  bool get_nlp_info(Index& n, Index& m, Index& jacobian_size, Index& hessian_size,
                    IndexStyleEnum& style) override {
    outgrown_ = false;
    return exception_.Run([&] {
      FindStructure();
      n = IndexOf(n_);
      m = IndexOf(m_);
      jacobian_size = IndexOf(jacobian_structure_.size());
      hessian_size = IndexOf(hessian_structure_.size());
      style = C_STYLE;
    });
  }

  bool get_bounds_info(Index, double* lower, double* upper, Index, double* constraints_lower,
                       double* constraints_upper) override {
    std::copy_n(problem_.lower.begin(), n_, lower);
    std::copy_n(problem_.upper.begin(), n_, upper);
    std::copy_n(problem_.constraints_lower.begin(), m_, constraints_lower);
    std::copy_n(problem_.constraints_upper.begin(), m_, constraints_upper);
    return true;
  }

  bool get_starting_point(Index, bool, double* x, bool init_z, double*, double*, Index,
                          bool init_lambda, double*) override {
    std::copy_n(start_.begin(), n_, x);
    return !init_z && !init_lambda;
  }

  bool eval_f(Index, const double* x, bool, double& value) override {
    return Evaluate({&value, 1}, [&] { value = problem_.objective.Value(Point(x)); });
  }

  bool eval_grad_f(Index, const double* x, bool, double* gradient) override {
    const absl::Span<double> g(gradient, n_);
    return Evaluate(g, [&] { problem_.objective.Gradient(Point(x), g); });
  }

  bool eval_g(Index, const double* x, bool, Index, double* values) override {
    const absl::Span<double> g(values, m_);
    return Evaluate(g, [&] {
      if (m_ > 0) problem_.constraints->Values(Point(x), g);
    });
  }

  bool eval_jac_g(Index, const double* x, bool, Index, Index, Index* rows, Index* columns,
                  double* values) override {
    if (values == nullptr) return Tell(jacobian_structure_, rows, columns);
    const absl::Span<double> sum(values, jacobian_structure_.size());
    return Evaluate(sum, [&] {
      std::fill(sum.begin(), sum.end(), 0.0);
      if (m_ == 0) return;
      problem_.constraints->SparseJacobian(Point(x), jacobian_.matrix);
      Add(jacobian_, jacobian_structure_, x, sum);
    });
  }

  bool eval_h(Index, const double* x, bool, double objective_factor, Index, const double* lambda,
              bool, Index, Index* rows, Index* columns, double* values) override {
    if (!problem_.hessian) return false;
    if (values == nullptr) return Tell(hessian_structure_, rows, columns);
    const absl::Span<double> sum(values, hessian_structure_.size());
    return Evaluate(sum, [&] {
      std::fill(sum.begin(), sum.end(), 0.0);
      if (objective_factor != 0.0) {
        problem_.objective.SparseHessian(Point(x), {&objective_factor, 1}, objective_.matrix);
        Add(objective_, hessian_structure_, x, sum);
      }
      if (m_ == 0) return;
      problem_.constraints->SparseHessian(Point(x), {lambda, m_}, constraints_.matrix);
      Add(constraints_, hessian_structure_, x, sum);
    });
  }

  void finalize_solution(Ipopt::SolverReturn status, Index, const double* x, const double* z_lower,
                         const double* z_upper, Index, const double* g, const double* lambda,
                         double objective, const Ipopt::IpoptData*,
                         Ipopt::IpoptCalculatedQuantities*) override {
    solution_.status = status;
    solution_.objective = objective;
    solution_.x.assign(x, x + n_);
    solution_.lower_multipliers.assign(z_lower, z_lower + n_);
    solution_.upper_multipliers.assign(z_upper, z_upper + n_);
    solution_.constraints.assign(g, g + m_);
    solution_.multipliers.assign(lambda, lambda + m_);
  }

 private:
  static constexpr double kNoBound = 1e20;  // beyond Ipopt's nlp_upper_bound_inf

  struct Summand {
    CsrMatrix matrix;
    SummandPositions positions;
  };

  static Index IndexOf(size_t size) {
    if (size > static_cast<size_t>(std::numeric_limits<Index>::max())) {
      ThrowUsageError("IpoptProblem", absl::StrCat(size, " entries"), "Ipopt counts with int");
    }
    return static_cast<Index>(size);
  }

  static void Complete(const char* what, std::vector<double>& bounds, size_t size, double none) {
    if (bounds.empty()) bounds.assign(size, none);
    if (bounds.size() == size) return;
    ThrowUsageError("IpoptProblem", absl::StrCat(bounds.size(), " ", what, " for ", size),
                    "give one for each, or none");
  }

  absl::Span<const double> Point(const double* x) const { return {x, n_}; }

  // Runs `call`, which fills `results`; false where they aren't finite. Where the solver can't go
  // on it is ended by an exception of its own, which it catches.
  template <class Call>
  bool Evaluate(absl::Span<double> results, Call&& call) {
    if (!exception_.Run(call)) throw INVALID_TNLP("the callable threw", __FILE__, __LINE__);
    if (outgrown_) throw INVALID_TNLP("the structure has grown", __FILE__, __LINE__);
    return AllFinite(results);
  }

  void Add(Summand& summand, SparseStructure& structure, const double* x, absl::Span<double> sum) {
    if (summand.positions.Find(summand.matrix.pattern, structure)) {
      summand.positions.AddTo(sum, summand.matrix.values);
      return;
    }
    structure.Grow(summand.matrix.pattern);
    outgrown_ = true;
    start_.assign(x, x + n_);
  }

  void FindStructure() {
    if (m_ > 0) {
      problem_.constraints->SparseJacobian(start_, jacobian_.matrix);
      jacobian_structure_.Grow(jacobian_.matrix.pattern);
    }
    if (!problem_.hessian) return;
    const double one = 1.0;
    problem_.objective.SparseHessian(start_, {&one, 1}, objective_.matrix);
    hessian_structure_.Grow(objective_.matrix.pattern);
    if (m_ == 0) return;
    problem_.constraints->SparseHessian(start_, std::vector<double>(m_, 1.0), constraints_.matrix);
    hessian_structure_.Grow(constraints_.matrix.pattern);
  }

  static bool Tell(const SparseStructure& structure, Index* rows, Index* columns) {
    structure.ForEach([&](size_t i, size_t j) {
      *rows++ = static_cast<Index>(i);
      *columns++ = static_cast<Index>(j);
    });
    return true;
  }

  Definition problem_;
  size_t n_, m_;
  std::vector<double> start_;
  SparseStructure jacobian_structure_, hessian_structure_;
  Summand jacobian_, objective_, constraints_;
  bool outgrown_ = false;
  KeptException exception_;
  Solution solution_;
};

}  // namespace wengert

#endif  // WENGERT_EMBED_IPOPT_H_
