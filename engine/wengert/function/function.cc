#include "wengert/function/function.h"

#include <algorithm>
#include <array>
#include <functional>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/function/state.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/reverse.h"

namespace wengert {
namespace {

void CheckLength(const char* where, const char* what, size_t given, size_t expected) {
  if (given == expected) return;
  ThrowUsageError(where, absl::StrCat(what, " holds ", given, " numbers"),
                  absl::StrCat("give room for ", expected).c_str());
}

double ValueOf(const Trace::Output& output, const double* primals) {
  return output.node == Trace::kConstant ? output.constant : primals[output.node];
}

// The nodes that a sweep from these outputs has to visit.
size_t EndOf(const std::vector<Trace::Output>& outputs) {
  size_t end = 0;
  for (const Trace::Output& output : outputs) {
    if (output.node != Trace::kConstant) end = std::max<size_t>(end, output.node + size_t{1});
  }
  return end;
}

// Adjoints of all nodes below the returned end, from seeds at the outputs.
template <class T, class Seed>
size_t Reverse(const Trace& trace, const T* primals, std::vector<T>& adjoints, Seed seed) {
  const size_t end = EndOf(trace.outputs);
  adjoints.assign(end, T(0.0));
  for (size_t j = 0; j < trace.outputs.size(); ++j) {
    const uint32_t node = trace.outputs[j].node;
    if (node != Trace::kConstant) adjoints[node] = adjoints[node] + seed(j);
  }
  ReverseSweep(*trace.tape, primals, adjoints.data(), end);
  return end;
}

void Pull(Evaluation& evaluation, absl::Span<const double> w, absl::Span<double> product) {
  const size_t end = Reverse(*evaluation.trace, evaluation.primals.data(), evaluation.adjoints,
                             [&](size_t j) { return w[j]; });
  for (size_t k = 0; k < product.size(); ++k) {
    const uint32_t node = evaluation.trace->tape->inputs()[k];
    product[k] = node < end ? evaluation.adjoints[node] : 0.0;
  }
}

void SeedTangents(Evaluation& evaluation, absl::Span<const double> v) {
  const Tape& tape = *evaluation.trace->tape;
  evaluation.dual_primals.resize(tape.size());
  for (size_t k = 0; k < tape.inputs().size(); ++k) {
    const uint32_t node = tape.inputs()[k];
    evaluation.dual_primals[node] = {evaluation.primals[node], k < v.size() ? v[k] : 0.0};
  }
  ForwardSweep(tape, evaluation.dual_primals.data());
}

void Push(Evaluation& evaluation, absl::Span<const double> v, absl::Span<double> product) {
  SeedTangents(evaluation, v);
  const std::vector<Trace::Output>& outputs = evaluation.trace->outputs;
  for (size_t j = 0; j < outputs.size(); ++j) {
    const uint32_t node = outputs[j].node;
    product[j] = node == Trace::kConstant ? 0.0 : evaluation.dual_primals[node].tangent;
  }
}

void PushPull(Evaluation& evaluation, absl::Span<const double> v, absl::Span<double> product) {
  SeedTangents(evaluation, v);
  const size_t end = Reverse(*evaluation.trace, evaluation.dual_primals.data(),
                             evaluation.dual_adjoints, [](size_t) { return Dual<double>(1.0); });
  for (size_t k = 0; k < product.size(); ++k) {
    const uint32_t node = evaluation.trace->tape->inputs()[k];
    product[k] = node < end ? evaluation.dual_adjoints[node].tangent : 0.0;
  }
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
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  return ValueOf(evaluation->trace->outputs[0], evaluation->primals.data());
}

void Function::Values(const Arguments& at, absl::Span<double> values) const {
  CheckLength("Function::Values", "values", values.size(), outputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  for (size_t j = 0; j < values.size(); ++j) {
    values[j] = ValueOf(evaluation->trace->outputs[j], evaluation->primals.data());
  }
}

double Function::Gradient(const Arguments& at, absl::Span<double> gradient) const {
  CheckScalar("Function::Gradient", outputs());
  CheckLength("Function::Gradient", "the gradient", gradient.size(), inputs());
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  Pull(*evaluation, {1.0}, gradient);
  return ValueOf(evaluation->trace->outputs[0], evaluation->primals.data());
}

void Function::Jvp(const Arguments& at, absl::Span<const double> v,
                   absl::Span<double> product) const {
  CheckLength("Function::Jvp", "the direction", v.size(), inputs());
  CheckLength("Function::Jvp", "the product", product.size(), outputs());
  Push(*state_->MoveTo(at), v, product);
}

void Function::Vjp(const Arguments& at, absl::Span<const double> w,
                   absl::Span<double> product) const {
  CheckLength("Function::Vjp", "the seed", w.size(), outputs());
  CheckLength("Function::Vjp", "the product", product.size(), inputs());
  Pull(*state_->MoveTo(at), w, product);
}

void Function::Hvp(const Arguments& at, absl::Span<const double> v,
                   absl::Span<double> product) const {
  CheckScalar("Function::Hvp", outputs());
  CheckLength("Function::Hvp", "the direction", v.size(), inputs());
  CheckLength("Function::Hvp", "the product", product.size(), inputs());
  PushPull(*state_->MoveTo(at), v, product);
}

std::vector<double> Function::Jacobian(const Arguments& at) const {
  const size_t m = outputs();
  const size_t n = inputs();
  std::vector<double> jacobian(m * n);
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  if (m <= n) {
    std::vector<double> unit(m, 0.0);
    for (size_t j = 0; j < m; ++j) {
      unit[j] = 1.0;
      Pull(*evaluation, unit, absl::MakeSpan(jacobian).subspan(j * n, n));
      unit[j] = 0.0;
    }
    return jacobian;
  }
  std::vector<double> unit(n, 0.0), column(m);
  for (size_t k = 0; k < n; ++k) {
    unit[k] = 1.0;
    Push(*evaluation, unit, absl::MakeSpan(column));
    unit[k] = 0.0;
    for (size_t j = 0; j < m; ++j) jacobian[j * n + k] = column[j];
  }
  return jacobian;
}

std::vector<double> Function::Hessian(const Arguments& at) const {
  CheckScalar("Function::Hessian", outputs());
  const size_t n = inputs();
  std::vector<double> hessian(n * n), unit(n, 0.0);
  const EvaluationPool::Lease evaluation = state_->MoveTo(at);
  for (size_t k = 0; k < n; ++k) {
    unit[k] = 1.0;
    PushPull(*evaluation, unit, absl::MakeSpan(hessian).subspan(k * n, n));
    unit[k] = 0.0;
  }
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
