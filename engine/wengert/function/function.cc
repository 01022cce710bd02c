#include "wengert/function/function.h"

#include <functional>
#include <initializer_list>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

constexpr double kOne = 1.0;

void CheckLength(const char* where, const char* what, size_t given, size_t expected) {
  if (given == expected) return;
  ThrowUsageError(where, absl::StrCat(what, " holds ", given, " numbers instead of ", expected),
                  "give one for each input, output or entry, as Function::inputs() and outputs()");
}

void CheckScalar(const char* where, size_t outputs) {
  if (outputs == 1) return;
  ThrowUsageError(where, absl::StrCat("the Function has ", outputs, " outputs"),
                  "use Values, Vjp or Jacobian, or record a callable that gives one Var");
}

// A point may be evaluated twice, the second time by nodes, so what is read must outlive results.
void CheckApart(const char* where, absl::Span<const double> results,
                std::initializer_list<absl::Span<const double>> others) {
  const std::less<const double*> is_below;
  for (absl::Span<const double> other : others) {
    const bool apart = results.empty() || other.empty() ||
                       !is_below(results.data(), other.data() + other.size()) ||
                       !is_below(other.data(), results.data() + results.size());
    if (apart) continue;
    ThrowUsageError(where, "results would overwrite what they are computed from, or each other",
                    "give them room of their own");
  }
}

absl::Span<const double> ParametersOf(const Arguments& at) {
  return at.p.value_or(absl::Span<const double>());
}

}  // namespace

Function Function::RecordErased(Callable callable, absl::Span<const double> x0,
                                absl::Span<const double> p0, const FunctionOptions& options) {
  return Function(std::make_shared<State>(std::move(callable), x0, p0, options));
}

Function Function::FromTape(std::unique_ptr<Tape> tape, absl::Span<const Var> outputs,
                            const FunctionOptions& options) {
  if (tape == nullptr) {
    ThrowUsageError("Function::FromTape", "there is no tape", "give it one");
  }
  const size_t n = tape->records().inputs.size();
  const std::vector<std::shared_ptr<const Trace>> traces = {
      std::make_shared<Trace>(std::move(tape), n, outputs)};
  return Function(std::make_shared<State>(traces, n, Settings{}, options));
}

size_t Function::inputs() const { return state_->inputs(); }
size_t Function::outputs() const { return state_->outputs(); }

double Function::Value(const Arguments& at) const {
  CheckScalar("Function::Value", outputs());
  double value;
  state_->Values(*state_->Take(), at, {&value, 1});
  return value;
}

void Function::Values(const Arguments& at, Results values) const {
  CheckLength("Function::Values", "values", values.size(), outputs());
  CheckApart("Function::Values", values, {at.x, ParametersOf(at)});
  state_->Values(*state_->Take(), at, values);
}

double Function::Gradient(const Arguments& at, Results gradient) const {
  CheckScalar("Function::Gradient", outputs());
  CheckLength("Function::Gradient", "the gradient", gradient.size(), inputs());
  CheckApart("Function::Gradient", gradient, {at.x, ParametersOf(at)});
  double value;
  state_->Vjp(*state_->Take(), at, {&kOne, 1}, {&value, 1}, gradient);
  return value;
}

void Function::Jvp(const Arguments& at, absl::Span<const double> v, Results product) const {
  CheckLength("Function::Jvp", "the direction", v.size(), inputs());
  CheckLength("Function::Jvp", "the product", product.size(), outputs());
  CheckApart("Function::Jvp", product, {at.x, ParametersOf(at), v});
  state_->Jvp(*state_->Take(), at, v, product);
}

void Function::Vjp(const Arguments& at, absl::Span<const double> w, Results product) const {
  CheckLength("Function::Vjp", "the seed", w.size(), outputs());
  CheckLength("Function::Vjp", "the product", product.size(), inputs());
  CheckApart("Function::Vjp", product, {at.x, ParametersOf(at), w});
  state_->Vjp(*state_->Take(), at, w, {}, product);
}

void Function::Hvp(const Arguments& at, absl::Span<const double> v, Results product) const {
  CheckScalar("Function::Hvp", outputs());
  CheckLength("Function::Hvp", "the direction", v.size(), inputs());
  CheckLength("Function::Hvp", "the product", product.size(), inputs());
  CheckApart("Function::Hvp", product, {at.x, ParametersOf(at), v});
  state_->Hvp(*state_->Take(), at, {&kOne, 1}, v, product);
}

void Function::Jacobian(const Arguments& at, Results jacobian) const {
  CheckLength("Function::Jacobian", "the result", jacobian.size(), outputs() * inputs());
  CheckApart("Function::Jacobian", jacobian, {at.x, ParametersOf(at)});
  state_->Jacobian(*state_->Take(), at, jacobian);
}

std::vector<double> Function::Jacobian(const Arguments& at) const {
  std::vector<double> jacobian(outputs() * inputs());
  Jacobian(at, jacobian);
  return jacobian;
}

void Function::Hessian(const Arguments& at, Results hessian) const {
  CheckScalar("Function::Hessian", outputs());
  CheckLength("Function::Hessian", "the result", hessian.size(), inputs() * inputs());
  CheckApart("Function::Hessian", hessian, {at.x, ParametersOf(at)});
  state_->Hessian(*state_->Take(), at, {&kOne, 1}, hessian);
}

std::vector<double> Function::Hessian(const Arguments& at) const {
  std::vector<double> hessian(inputs() * inputs());
  Hessian(at, hessian);
  return hessian;
}

void Function::SparseJacobian(const Arguments& at, CsrMatrix& jacobian) const {
  state_->SparseJacobian(*state_->Take(), at, jacobian);
}

CsrMatrix Function::SparseJacobian(const Arguments& at) const {
  CsrMatrix jacobian;
  SparseJacobian(at, jacobian);
  return jacobian;
}

void Function::SparseHessian(const Arguments& at, absl::Span<const double> weights,
                             CsrMatrix& hessian) const {
  CheckLength("Function::SparseHessian", "the weights", weights.size(), outputs());
  state_->SparseHessian(*state_->Take(), at, weights, hessian);
}

CsrMatrix Function::SparseHessian(const Arguments& at) const {
  CheckScalar("Function::SparseHessian", outputs());
  CsrMatrix hessian;
  SparseHessian(at, {&kOne, 1}, hessian);
  return hessian;
}

void Function::GradientBatch(absl::Span<const double> points, Results values,
                             Results gradients) const {
  const size_t n = inputs();
  CheckLength("Function::GradientBatch", "points", points.size(), values.size() * n);
  CheckLength("Function::GradientBatch", "gradients", gradients.size(), values.size() * n);
  CheckScalar("Function::GradientBatch", outputs());
  CheckApart("Function::GradientBatch", values, {points, gradients});
  CheckApart("Function::GradientBatch", gradients, {points});
  if (!values.empty()) state_->GradientBatch(*state_->Take(), points, values, gradients);
}

void Function::SetParameters(absl::Span<const double> p) { state_->SetParameters(p); }
void Function::Set(std::string_view name, double value) { state_->Set(name, value); }

}  // namespace wengert
