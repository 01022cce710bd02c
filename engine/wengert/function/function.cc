#include "wengert/function/function.h"

#include <mutex>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/derive/dense.h"
#include "wengert/derive/products.h"
#include "wengert/derive/recording.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

using derive_internal::Recording;

constexpr double kOne = 1.0;

void CheckLength(const char* where, const char* what, size_t given, size_t expected) {
  if (given == expected) return;
  ThrowUsageError(where, absl::StrCat(what, " holds ", given, " numbers instead of ", expected),
                  "give one for each input, output or entry, as Function::inputs() and outputs()");
}

double ValueOf(const Evaluation& evaluation, size_t j) {
  const Operand y = evaluation.trace->dependents[j];
  return y.is_constant() ? evaluation.trace->constants[j] : evaluation.primals[y.index()];
}

// What the drivers differentiate: the trace at the evaluation's point, by its first n inputs.
Recording RecordingOf(const Evaluation& evaluation, size_t n) {
  const Trace& trace = *evaluation.trace;
  Recording f = {*trace.tape, {}, evaluation.primals.data(), trace.dependents, trace.end};
  f.passive = f.view.inputs.subspan(n);
  f.view.inputs = f.view.inputs.subspan(0, n);
  return f;
}

void CheckScalar(const char* where, size_t outputs) {
  if (outputs == 1) return;
  ThrowUsageError(where, absl::StrCat("the Function has ", outputs, " outputs"),
                  "use Values, Vjp or Jacobian, or record a callable that gives one Var");
}

}  // namespace

Function Function::RecordErased(Callable callable, absl::Span<const double> x0,
                                absl::Span<const double> p0, const FunctionOptions& options) {
  return Function(std::make_shared<State>(std::move(callable), x0, p0, options));
}

Function Function::FromTape(std::unique_ptr<Tape> tape, absl::Span<const Var> outputs) {
  if (tape == nullptr) {
    ThrowUsageError("Function::FromTape", "there is no tape", "give it one");
  }
  return Function(std::make_shared<State>(std::move(tape), outputs));
}

size_t Function::inputs() const { return state_->inputs(); }
size_t Function::outputs() const { return state_->outputs(); }

double Function::Value(const Arguments& at) const {
  CheckScalar("Function::Value", outputs());
  return ValueOf(*state_->MoveTo(at), 0);
}

void Function::Values(const Arguments& at, absl::Span<double> values) const {
  CheckLength("Function::Values", "values", values.size(), outputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  for (size_t j = 0; j < values.size(); ++j) values[j] = ValueOf(*evaluation, j);
}

double Function::Gradient(const Arguments& at, absl::Span<double> gradient) const {
  CheckScalar("Function::Gradient", outputs());
  CheckLength("Function::Gradient", "the gradient", gradient.size(), inputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  wengert::Vjp(RecordingOf(*evaluation, inputs()), {&kOne, 1}, gradient, evaluation->workspace);
  return ValueOf(*evaluation, 0);
}

void Function::Jvp(const Arguments& at, absl::Span<const double> v,
                   absl::Span<double> product) const {
  CheckLength("Function::Jvp", "the direction", v.size(), inputs());
  CheckLength("Function::Jvp", "the product", product.size(), outputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  wengert::Jvp(RecordingOf(*evaluation, inputs()), v, product, evaluation->workspace);
}

void Function::Vjp(const Arguments& at, absl::Span<const double> w,
                   absl::Span<double> product) const {
  CheckLength("Function::Vjp", "the seed", w.size(), outputs());
  CheckLength("Function::Vjp", "the product", product.size(), inputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  wengert::Vjp(RecordingOf(*evaluation, inputs()), w, product, evaluation->workspace);
}

void Function::Hvp(const Arguments& at, absl::Span<const double> v,
                   absl::Span<double> product) const {
  CheckScalar("Function::Hvp", outputs());
  CheckLength("Function::Hvp", "the direction", v.size(), inputs());
  CheckLength("Function::Hvp", "the product", product.size(), inputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  wengert::Hvp(RecordingOf(*evaluation, inputs()), {&kOne, 1}, v, product, evaluation->workspace);
}

void Function::Jacobian(const Arguments& at, absl::Span<double> jacobian) const {
  CheckLength("Function::Jacobian", "the result", jacobian.size(), outputs() * inputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  wengert::Jacobian(RecordingOf(*evaluation, inputs()), jacobian, evaluation->workspace);
}

std::vector<double> Function::Jacobian(const Arguments& at) const {
  std::vector<double> jacobian(outputs() * inputs());
  Jacobian(at, absl::MakeSpan(jacobian));
  return jacobian;
}

void Function::Hessian(const Arguments& at, absl::Span<double> hessian) const {
  CheckScalar("Function::Hessian", outputs());
  CheckLength("Function::Hessian", "the result", hessian.size(), inputs() * inputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  wengert::Hessian(RecordingOf(*evaluation, inputs()), {&kOne, 1}, hessian, evaluation->workspace);
}

std::vector<double> Function::Hessian(const Arguments& at) const {
  std::vector<double> hessian(inputs() * inputs());
  Hessian(at, absl::MakeSpan(hessian));
  return hessian;
}

void Function::SparseJacobian(const Arguments& at, CsrMatrix& jacobian) const {
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  const Recording f = RecordingOf(*evaluation, inputs());
  const Trace& trace = *evaluation->trace;
  std::call_once(trace.jacobian_once, [&] { trace.jacobian = PlanJacobian(f); });
  if (jacobian.pattern != trace.jacobian.pattern) jacobian.pattern = trace.jacobian.pattern;
  jacobian.values.resize(jacobian.pattern.size());
  wengert::SparseJacobian(f, trace.jacobian, absl::MakeSpan(jacobian.values),
                          evaluation->workspace);
}

CsrMatrix Function::SparseJacobian(const Arguments& at) const {
  CsrMatrix jacobian;
  SparseJacobian(at, jacobian);
  return jacobian;
}

void Function::SparseHessian(const Arguments& at, absl::Span<const double> weights,
                             CsrMatrix& hessian) const {
  CheckLength("Function::SparseHessian", "the weights", weights.size(), outputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  const Recording f = RecordingOf(*evaluation, inputs());
  const Trace& trace = *evaluation->trace;
  std::call_once(trace.hessian_once, [&] { trace.hessian = PlanHessian(f, {}); });
  if (hessian.pattern != trace.hessian.pattern) hessian.pattern = trace.hessian.pattern;
  hessian.values.resize(hessian.pattern.size());
  wengert::SparseHessian(f, weights, trace.hessian, absl::MakeSpan(hessian.values),
                         evaluation->workspace);
}

CsrMatrix Function::SparseHessian(const Arguments& at) const {
  CheckScalar("Function::SparseHessian", outputs());
  CsrMatrix hessian;
  SparseHessian(at, {&kOne, 1}, hessian);
  return hessian;
}

void Function::GradientBatch(absl::Span<const double> points, absl::Span<double> values,
                             absl::Span<double> gradients) const {
  const size_t n = inputs();
  CheckLength("Function::GradientBatch", "points", points.size(), values.size() * n);
  CheckLength("Function::GradientBatch", "gradients", gradients.size(), values.size() * n);
  for (size_t k = 0; k < values.size(); ++k) {
    values[k] = Gradient(points.subspan(k * n, n), gradients.subspan(k * n, n));
  }
}

void Function::SetParameters(absl::Span<const double> p) { state_->SetParameters(p); }
void Function::Set(std::string_view name, double value) { state_->Set(name, value); }

}  // namespace wengert
