#ifndef WENGERT_EMBED_CERES_H_
#define WENGERT_EMBED_CERES_H_

// Ceres on Functions. A general objective, f: R^n -> R:
//
//    ceres::GradientProblem problem(new wengert::CeresObjective(f));
//    wengert::CeresSolve(options, problem, x.data(), &summary);
//
// and least squares, where a residual block is a Function of all its parameter blocks, one after
// the other, and maybe of data that isn't optimised. Recorded once, it serves every observation:
//
//    const auto f = wengert::Function::Record(reprojection, x0, place0);  // R^(9 + 3) -> R^2
//    problem.AddResidualBlock(new wengert::CeresCost(f, {9, 3}, place), nullptr, camera, point);
//    wengert::CeresSolve(options, problem, &summary);
//
// Evaluations are safe from all threads that Ceres has. Where a value or derivative isn't finite
// they answer false, as Ceres asks, and it steps back. CeresSolve is ceres::Solve, but what a
// callable threw arrives as it was.

#include <ceres/ceres.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wengert/embed/callback.h"
#include "wengert/function/function.h"

namespace wengert {

// A Function of one output for ceres::GradientProblem.
class CeresObjective : public ceres::FirstOrderFunction {
 public:
  // UsageError unless f has one output.
  explicit CeresObjective(Function f) : f_(std::move(f)) {
    CheckObjective("CeresObjective", f_, f_.inputs());
  }

  bool Evaluate(const double* x, double* cost, double* gradient) const override {
    const absl::Span<const double> point(x, f_.inputs());
    const absl::Span<double> g(gradient, gradient == nullptr ? 0 : f_.inputs());
    return exception_.Run(
               [&] { *cost = gradient == nullptr ? f_.Value(point) : f_.Gradient(point, g); }) &&
           std::isfinite(*cost) && AllFinite(g);
  }
  int NumParameters() const override { return static_cast<int>(f_.inputs()); }

  // What a callable threw, kept while C++ frames of Ceres are left.
  KeptException& exception() const { return exception_; }

 private:
  Function f_;
  mutable KeptException exception_;
};

// A Function as residuals of one or more parameter blocks.
class CeresCost : public ceres::CostFunction {
 public:
  // `blocks`: the sizes of the parameter blocks. `data`: the Function's parameters, if it was
  // recorded with any. UsageError unless the blocks, of 1 or more each, are its inputs together.
  CeresCost(Function f, std::vector<int32_t> blocks, std::vector<double> data = {})
      : f_(std::move(f)), data_(std::move(data)) {
    size_t inputs = 0;
    for (int32_t block : blocks) {
      if (block < 1) {
        ThrowUsageError("CeresCost", absl::StrCat("a parameter block of ", block, " numbers"),
                        "Ceres wants at least one");
      }
      inputs += static_cast<size_t>(block);
    }
    CheckInputs("CeresCost", f_, inputs);
    set_num_residuals(static_cast<int>(f_.outputs()));
    *mutable_parameter_block_sizes() = std::move(blocks);
  }

  bool Evaluate(double const* const* blocks, double* residuals, double** jacobians) const override {
    // Taken while in use: a callable may solve a problem of its own.
    Scratch scratch = std::move(ThreadScratch());
    const bool finite =
        exception_.Run([&] { EvaluateTo(scratch, blocks, residuals, jacobians); }) &&
        AllFinite({residuals, f_.outputs()}) && AllFinite(scratch.jacobian);
    ThreadScratch() = std::move(scratch);
    return finite;
  }

  // What a callable threw.
  KeptException& exception() const { return exception_; }

 private:
  struct Scratch {
    std::vector<double> x;         // the blocks, one after the other
    std::vector<double> jacobian;  // m x n, or empty
  };

  static Scratch& ThreadScratch() {
    static thread_local Scratch scratch;
    return scratch;
  }

  void EvaluateTo(Scratch& scratch, double const* const* blocks, double* residuals,
                  double** jacobians) const {
    scratch.jacobian.clear();
    scratch.x.clear();
    for (size_t k = 0; k < parameter_block_sizes().size(); ++k) {
      scratch.x.insert(scratch.x.end(), blocks[k], blocks[k] + parameter_block_sizes()[k]);
    }
    const Arguments at =
        data_.empty() ? Arguments(scratch.x) : Arguments(scratch.x, absl::MakeConstSpan(data_));
    f_.Values(at, {residuals, f_.outputs()});
    if (jacobians == nullptr) return;
    scratch.jacobian.resize(f_.outputs() * f_.inputs());
    f_.Jacobian(at, scratch.jacobian);
    DealOut(scratch.jacobian, jacobians);
  }

  // Cuts the columns of the blocks that are asked for out of the whole Jacobian.
  void DealOut(const std::vector<double>& jacobian, double** jacobians) const {
    size_t first = 0;
    for (size_t k = 0; k < parameter_block_sizes().size(); ++k) {
      const auto columns = static_cast<size_t>(parameter_block_sizes()[k]);
      for (size_t i = 0; jacobians[k] != nullptr && i < f_.outputs(); ++i) {
        std::copy_n(&jacobian[i * f_.inputs() + first], columns, jacobians[k] + i * columns);
      }
      first += columns;
    }
  }

  Function f_;
  std::vector<double> data_;
  mutable KeptException exception_;
};

// ceres::Solve; what a callable threw arrives as it was.
inline void CeresSolve(const ceres::GradientProblemSolver::Options& options,
                       const ceres::GradientProblem& problem, double* x,
                       ceres::GradientProblemSolver::Summary* summary) {
  const auto* objective = dynamic_cast<const CeresObjective*>(problem.function());
  if (objective != nullptr) objective->exception().Forget();
  ceres::Solve(options, problem, x, summary);
  if (objective != nullptr) objective->exception().Rethrow();
}

// The same for residuals.
inline void CeresSolve(const ceres::Solver::Options& options, ceres::Problem& problem,
                       ceres::Solver::Summary* summary) {
  std::vector<ceres::ResidualBlockId> blocks;
  problem.GetResidualBlocks(&blocks);
  std::vector<const CeresCost*> costs;
  for (ceres::ResidualBlockId block : blocks) {
    const auto* cost =
        dynamic_cast<const CeresCost*>(problem.GetCostFunctionForResidualBlock(block));
    if (cost != nullptr) costs.push_back(cost);
  }
  // Of several threads' exceptions one is thrown; none may be left for the next time.
  for (const CeresCost* cost : costs) cost->exception().Forget();
  ceres::Solve(options, &problem, summary);
  for (const CeresCost* cost : costs) cost->exception().Rethrow();
}

}  // namespace wengert

#endif  // WENGERT_EMBED_CERES_H_
