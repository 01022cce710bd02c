#include "test/support/check_derivatives.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "test/support/subject.h"
#include "wengert/derive/differences.h"
#include "wengert/derive/retape.h"
#include "wengert/derive/sparse.h"

namespace wengert::testing {
namespace {

constexpr size_t kManyVectors = 11;  // a full set of lanes and a rest

Vector MatrixTimes(const Vector& a, const Vector& v) {
  const size_t n = v.size(), m = n == 0 ? 0 : a.size() / n;
  Vector y(m);
  for (size_t i = 0; i < m; ++i) {
    for (size_t j = 0; j < n; ++j) y[i] += a[i * n + j] * v[j];
  }
  return y;
}

void CheckRowsAgainstBackward(Subject& s) {
  for (size_t i = 0; i < s.m; ++i) {
    Vector unit(s.m);
    unit[i] = 1;
    const Vector row = s.tape.Backward(s.y[i]).Gradient();
    // Records add the contributions of joined operations in another order than nodes do.
    ExpectRounded(s.VjpOf(unit), row, "Vjp and Backward");
    ExpectRounded(Vector(&s.jacobian[i * s.n], &s.jacobian[i * s.n] + s.n), row, "Jacobian");
  }
}

void CheckProducts(Subject& s) {
  const Vector y_dot = s.JvpOf(s.v), x_bar = s.VjpOf(s.w);
  ExpectRounded(y_dot, MatrixTimes(s.jacobian, s.v), "Jvp and the Jacobian");
  ExpectRounded(s.HvpOf(s.v), MatrixTimes(s.hessian, s.v), "Hvp and the Hessian");
  double forward = 0, reverse = 0, magnitudes = 0;
  for (size_t i = 0; i < s.m; ++i) forward += s.w[i] * y_dot[i];
  for (size_t j = 0; j < s.n; ++j) reverse += x_bar[j] * s.v[j];
  for (size_t i = 0; i < s.m; ++i) {
    for (size_t j = 0; j < s.n; ++j) {
      magnitudes += std::abs(s.w[i] * s.jacobian[i * s.n + j] * s.v[j]);
    }
  }
  EXPECT_NEAR(forward, reverse, 16 * std::numeric_limits<double>::epsilon() * magnitudes)
      << "<w, J v> and <J' w, v>";
}

// Each of many vectors in one sweep gives what it gives alone.
void CheckLanes(Subject& s) {
  const Vector vs = RandomVector(kManyVectors * s.n, 3), ws = RandomVector(kManyVectors * s.m, 4);
  Vector jv, wj, hv;
  for (size_t k = 0; k < kManyVectors; ++k) {
    const Vector v(vs.data() + k * s.n, vs.data() + (k + 1) * s.n);
    const Vector w(ws.data() + k * s.m, ws.data() + (k + 1) * s.m);
    const Vector y_dot = s.JvpOf(v), x_bar = s.VjpOf(w), h = s.HvpOf(v);
    jv.insert(jv.end(), y_dot.begin(), y_dot.end());
    wj.insert(wj.end(), x_bar.begin(), x_bar.end());
    hv.insert(hv.end(), h.begin(), h.end());
  }
  ExpectRounded(s.JvpOf(vs), jv, "Jvp in lanes");
  ExpectRounded(s.VjpOf(ws), wj, "Vjp in lanes");
  ExpectRounded(s.HvpOf(vs), hv, "Hvp in lanes");
}

void CheckSparse(Subject& s) {
  ExpectRounded(DenseOf(SparseJacobian(s.tape, s.y)), s.jacobian, "sparse Jacobian");
  for (HessianColoring coloring : {HessianColoring::kStar, HessianColoring::kAcyclic}) {
    const HessianPlan plan = PlanHessian(s.tape, s.y, {.coloring = coloring});
    CsrMatrix sparse{plan.pattern, Vector(plan.pattern.size())};
    SparseHessian(s.tape, s.y, s.w, plan, absl::MakeSpan(sparse.values), s.workspace);
    ExpectRounded(DenseOf(sparse), s.hessian, "sparse Hessian");
  }
}

void CheckRetaped(Subject& s) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(s.x), seeds(s.w.begin(), s.w.end());
  const std::vector<Var> gradient = RecordVjp(s.tape, s.y, seeds, x);
  Vector found, hessian(s.n * s.n);
  for (const Var& g : gradient) found.push_back(tape.Primal(g));
  ExpectRounded(found, s.VjpOf(s.w), "retaped gradient");
  Jacobian(tape, gradient, absl::MakeSpan(hessian), s.workspace);
  ExpectRounded(hessian, s.hessian, "Jacobian of the retaped gradient");
}

// f as an operation of a user's, every rule of which is a driver's.
CustomRules RulesOf(const VectorFunction& f, size_t outputs) {
  using Numbers = absl::Span<const double>;
  using Result = absl::Span<double>;
  CustomRules rules;
  rules.name = "f";
  rules.outputs = outputs;
  rules.value = [f](Numbers x, Result values) {
    Tape tape;
    const std::vector<Var> y = f(tape.Inputs(x));
    for (size_t i = 0; i < y.size(); ++i) values[i] = y[i].value();
  };
  rules.vjp = [f](Numbers x, Numbers, Numbers y_bar, Result x_bar) {
    Tape tape;
    Workspace workspace;
    Vjp(tape, f(tape.Inputs(x)), y_bar, x_bar, workspace);
  };
  rules.jvp = [f](Numbers x, Numbers, Numbers x_dot, Result y_dot) {
    Tape tape;
    Workspace workspace;
    Jvp(tape, f(tape.Inputs(x)), x_dot, y_dot, workspace);
  };
  rules.hvp = [f](Numbers x, Numbers w, Numbers v, Result h) {
    Tape tape;
    Workspace workspace;
    Hvp(tape, f(tape.Inputs(x)), w, v, h, workspace);
  };
  return rules;
}

std::vector<Var> TapedVjpOf(const VectorFunction& f, absl::Span<const Var> x,
                            absl::Span<const Var> y_bar) {
  Vector point;
  for (const Var& each : x) point.push_back(each.value());
  Tape source;
  const std::vector<Var> y = f(source.Inputs(point));
  source.Stop();
  return RecordVjp(source, y, y_bar, x);
}

// One operation on the tape, with every set of rules that is enough, is differentiated as the
// operations it is made of.
void CheckAsOneOperation(const Subject& s, const VectorFunction& f) {
  CustomRules all = RulesOf(f, s.m), least = all, patterns = all;
  least.jvp = nullptr;
  least.hvp = nullptr;
  least.taped_vjp = [f](absl::Span<const Var> x, absl::Span<const Var>,
                        absl::Span<const Var> y_bar) { return TapedVjpOf(f, x, y_bar); };
  patterns.jacobian = PlanJacobian(s.tape, s.y).pattern;
  patterns.hessian = PlanHessian(s.tape, s.y).pattern;
  for (const CustomRules& rules : {all, least, patterns}) {
    const CustomOperation operation(rules);
    Subject one([&](Vars x) { return operation(x); }, s.x);
    ExpectRounded(one.jacobian, s.jacobian, "Jacobian of one operation");
    ExpectRounded(one.hessian, s.hessian, "Hessian of one operation");
    CheckRowsAgainstBackward(one);
    CheckProducts(one);
    CheckLanes(one);
    CheckSparse(one);
    CheckRetaped(one);
    CheckFunctions([&](Vars x) { return operation(x); }, one);
  }
}

// Along v, values differ as J v says and gradients as H v says. Where a guard flips there is no
// value.
void CheckAgainstDifferences(Subject& s) {
  const Vector y_dot = s.JvpOf(s.v), h = s.HvpOf(s.v);
  const auto at = [&](double t, auto get) {
    Vector x = s.x;
    for (size_t j = 0; j < s.n; ++j) x[j] += t * s.v[j];
    if (!s.tape.Replay(x).ok()) return std::numeric_limits<double>::quiet_NaN();
    return get();
  };
  const double step = 0.03;
  for (size_t i = 0; i < s.m; ++i) {
    const DifferenceQuotient q = RichardsonDerivative(
        [&](double t) { return at(t, [&] { return s.tape.Primal(s.y[i]); }); }, step);
    EXPECT_NEAR(y_dot[i], q.value, 10 * q.error) << "Jvp and differences of f, row " << i;
  }
  for (size_t j = 0; j < s.n; ++j) {
    const DifferenceQuotient q = RichardsonDerivative(
        [&](double t) { return at(t, [&] { return s.VjpOf(s.w)[j]; }); }, step);
    EXPECT_NEAR(h[j], q.value, 10 * q.error) << "Hvp and differences of the gradient, row " << j;
  }
  ASSERT_TRUE(s.tape.Replay(s.x).ok());
}

}  // namespace

void CheckDerivatives(const VectorFunction& f, const std::vector<double>& x) {
  Subject subject(f, x);
  CheckRowsAgainstBackward(subject);
  CheckProducts(subject);
  CheckLanes(subject);
  CheckSparse(subject);
  CheckRetaped(subject);
  CheckPrograms(subject);
  CheckBatches(subject);
  CheckFunctions(f, subject);
  CheckAgainstDifferences(subject);
  CheckAsOneOperation(subject, f);
}

}  // namespace wengert::testing
