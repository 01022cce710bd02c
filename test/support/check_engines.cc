// CheckDerivatives, continued: what is made once for a function and then evaluates it anywhere.

#include "test/support/subject.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/program/compiled_tangent.h"

namespace wengert::testing {
namespace {

using program::LaneKernels;

// The dependents that are nodes, with their weights and values.
struct Active {
  explicit Active(const Subject& s) {
    for (size_t i = 0; i < s.m; ++i) {
      if (s.y[i].is_constant()) continue;
      dependents.push_back(Operand::Node(s.tape.NodeOf(s.y[i], "CheckDerivatives")));
      w.push_back(s.w[i]);
      values.push_back(s.tape.Primal(s.y[i]));
      rows.push_back(i);
    }
  }
  // What programs are made from: operations, none of which is a user's.
  bool HasProgram(const Tape& tape) const {
    return !dependents.empty() && tape.size() > tape.inputs().size() && !tape.has_custom();
  }

  std::vector<Operand> dependents;
  Vector w, values;
  std::vector<size_t> rows;
};

void CheckGradientProgram(Subject& s, const Active& active,
                          const program::CompileOptions& options) {
  const char* const name = options.kernels->name;
  const auto compiled = program::Compiled::Compile(s.tape, s.n, active.dependents, options);
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  const auto workspace = (*compiled)->MakeWorkspace();
  Vector y(active.w.size()), gradient(s.n);
  ASSERT_TRUE((*compiled)->Values(s.x, *workspace, absl::MakeSpan(y))) << name;
  ExpectRounded(y, active.values, name);
  ASSERT_TRUE((*compiled)->Gradient(s.x, active.w, *workspace, absl::MakeSpan(y),
                                    absl::MakeSpan(gradient)));
  ExpectRounded(y, active.values, name);
  ExpectRounded(gradient, s.VjpOf(s.w), name);
}

// More directions than a run takes rows of are zero; each has the products that it has alone.
void CheckSeveralDirections(Subject& s, const Active& active, program::CompileOptions options) {
  using program::CompiledTangent;
  options.directions = 3;
  const auto compile = [&](CompiledTangent::Product product) {
    return CompiledTangent::Compile(product, s.tape, s.n, active.dependents, options);
  };
  const auto jvps = compile(CompiledTangent::Product::kJvp);
  const auto hvps = compile(CompiledTangent::Product::kHvp);
  ASSERT_TRUE(jvps.ok()) << jvps.status();
  ASSERT_TRUE(hvps.ok()) << hvps.status();
  const auto jvp_workspace = (*jvps)->MakeWorkspace(), hvp_workspace = (*hvps)->MakeWorkspace();
  const size_t m = active.w.size();
  Vector unit(s.n);
  unit[s.n / 2] = 1.0;
  for (const std::vector<Vector>& directions :
       {std::vector<Vector>{s.v, unit, s.v}, {unit}, {unit, s.v}}) {
    Vector rows;
    for (const Vector& v : directions) rows.insert(rows.end(), v.begin(), v.end());
    Vector y_dots(directions.size() * m), hs(rows.size());
    ASSERT_TRUE((*jvps)->Jvp(s.x, rows, *jvp_workspace, absl::MakeSpan(y_dots)));
    ASSERT_TRUE((*hvps)->Hvp(s.x, active.w, rows, *hvp_workspace, absl::MakeSpan(hs)));
    for (size_t d = 0; d < directions.size(); ++d) {
      const auto row = [d](const Vector& all, size_t size) {
        const auto begin = all.begin() + static_cast<ptrdiff_t>(d * size);
        return Vector(begin, begin + static_cast<ptrdiff_t>(size));
      };
      const Vector all = s.JvpOf(directions[d]);
      Vector expected;
      for (size_t i : active.rows) expected.push_back(all[i]);
      ExpectRounded(row(y_dots, m), expected, "compiled Jvp, several directions");
      ExpectRounded(row(hs, s.n), s.HvpOf(directions[d]), "compiled Hvp, several directions");
    }
  }
}

// The same of seeds: the outputs' own, as Jacobians have them, among dense ones.
void CheckSeveralSeeds(Subject& s, const Active& active, program::CompileOptions options) {
  using program::CompiledTangent;
  options.directions = 3;
  const auto vjps = CompiledTangent::Compile(CompiledTangent::Product::kVjp, s.tape, s.n,
                                             active.dependents, options);
  ASSERT_TRUE(vjps.ok()) << vjps.status();
  const auto workspace = (*vjps)->MakeWorkspace();
  Vector unit(s.m);
  unit[active.rows.back()] = 2.0;
  for (const std::vector<Vector>& seeds :
       {std::vector<Vector>{s.w, unit, s.w}, {unit}, {unit, s.w}}) {
    Vector rows;
    for (const Vector& w : seeds) {
      for (size_t i : active.rows) rows.push_back(w[i]);
    }
    Vector x_bars(seeds.size() * s.n);
    ASSERT_TRUE((*vjps)->Vjp(s.x, rows, *workspace, absl::MakeSpan(x_bars)));
    for (size_t d = 0; d < seeds.size(); ++d) {
      const auto begin = x_bars.begin() + static_cast<ptrdiff_t>(d * s.n);
      const Vector x_bar(begin, begin + static_cast<ptrdiff_t>(s.n));
      ExpectRounded(x_bar, s.VjpOf(seeds[d]), "compiled Vjp, several seeds");
    }
  }
}

void CheckTangentPrograms(Subject& s, const Active& active,
                          const program::CompileOptions& options) {
  using program::CompiledTangent;
  const auto compile = [&](CompiledTangent::Product product) {
    return CompiledTangent::Compile(product, s.tape, s.n, active.dependents, options);
  };
  const auto jvp = compile(CompiledTangent::Product::kJvp);
  const auto hvp = compile(CompiledTangent::Product::kHvp);
  ASSERT_TRUE(jvp.ok()) << jvp.status();
  ASSERT_TRUE(hvp.ok()) << hvp.status();
  const auto jvp_workspace = (*jvp)->MakeWorkspace(), hvp_workspace = (*hvp)->MakeWorkspace();
  Vector y_dot(active.w.size()), h(s.n), expected;
  ASSERT_TRUE((*jvp)->Jvp(s.x, s.v, *jvp_workspace, absl::MakeSpan(y_dot)));
  const Vector all = s.JvpOf(s.v);
  for (size_t i : active.rows) expected.push_back(all[i]);
  ExpectRounded(y_dot, expected, "compiled Jvp");
  ASSERT_TRUE((*hvp)->Hvp(s.x, active.w, s.v, *hvp_workspace, absl::MakeSpan(h)));
  ExpectRounded(h, s.HvpOf(s.v), "compiled Hvp");
  CheckSeveralDirections(s, active, options);
  CheckSeveralSeeds(s, active, options);
}

// Points of which every other is x; their neighbors mustn't matter to them.
Vector PointsBeside(const Vector& x, size_t count) {
  Vector points;
  for (size_t k = 0; k < count; ++k) {
    const double scale = k % 2 == 0 ? 1.0 : 1.0 + 0.001 * static_cast<double>(k);
    for (double each : x) points.push_back(scale * each);
  }
  return points;
}

Vector Row(const Vector& matrix, size_t i, size_t columns) {
  return {matrix.data() + i * columns, matrix.data() + (i + 1) * columns};
}

constexpr size_t kPoints = 19;  // full packs and a rest

void CheckBatch(const Subject& s, const Active& active, size_t i, const LaneKernels& kernels) {
  const auto batch =
      program::Batch::Build(s.tape, s.n, active.dependents[i], {.kernels = &kernels});
  ASSERT_TRUE(batch.ok()) << batch.status();
  Vector values(kPoints), gradients(kPoints * s.n);
  std::vector<uint8_t> holds(kPoints);
  (*batch)->Gradient(PointsBeside(s.x, kPoints), {}, absl::MakeSpan(values),
                     absl::MakeSpan(gradients), absl::MakeSpan(holds), *(*batch)->MakeWorkspace());
  for (size_t k = 0; k < kPoints; k += 2) {
    EXPECT_EQ(holds[k], 1) << kernels.name;
    ExpectRounded({values[k]}, {active.values[i]}, "value in a batch");
    ExpectRounded(Row(gradients, k, s.n), Row(s.jacobian, active.rows[i], s.n),
                  "gradient in a batch");
  }
}

void CheckManyOutputs(const Function& f, Subject& s) {
  Vector values(s.m), y_dot(s.m), x_bar(s.n), expected;
  for (const Var& y : s.y) expected.push_back(s.tape.Primal(y));
  f.Values(s.x, absl::MakeSpan(values));
  ExpectRounded(values, expected, "Function's Values");
  f.Jvp(s.x, s.v, absl::MakeSpan(y_dot));
  ExpectRounded(y_dot, s.JvpOf(s.v), "Function's Jvp");
  f.Vjp(s.x, s.w, absl::MakeSpan(x_bar));
  ExpectRounded(x_bar, s.VjpOf(s.w), "Function's Vjp");
  ExpectRounded(f.Jacobian(s.x), s.jacobian, "Function's Jacobian");
  ExpectRounded(DenseOf(f.SparseJacobian(s.x)), s.jacobian, "Function's sparse Jacobian");
  CsrMatrix hessian;
  f.SparseHessian(s.x, s.w, hessian);
  ExpectRounded(DenseOf(hessian), s.hessian, "Function's sparse Hessian of a weighted sum");
}

// `sum` is the outputs' weighted sum.
void CheckOneOutput(const Function& sum, Subject& s) {
  const Vector x_bar = s.VjpOf(s.w);
  Vector gradient(s.n), h(s.n), values(kPoints), gradients(kPoints * s.n);
  const double value = sum.Gradient(s.x, absl::MakeSpan(gradient));
  EXPECT_NEAR(sum.Value(s.x), value, 1e-13 * std::abs(value));
  ExpectRounded(gradient, x_bar, "Function's Gradient");
  sum.Hvp(s.x, s.v, absl::MakeSpan(h));
  ExpectRounded(h, s.HvpOf(s.v), "Function's Hvp");
  ExpectRounded(sum.Hessian(s.x), s.hessian, "Function's Hessian");
  ExpectRounded(DenseOf(sum.SparseHessian(s.x)), s.hessian, "Function's sparse Hessian");
  sum.GradientBatch(PointsBeside(s.x, kPoints), absl::MakeSpan(values), absl::MakeSpan(gradients));
  for (size_t k = 0; k < kPoints; k += 2) {
    EXPECT_NEAR(values[k], value, 1e-13 * std::abs(value));
    ExpectRounded(Row(gradients, k, s.n), x_bar, "Function's GradientBatch");
  }
}

}  // namespace

void CheckPrograms(Subject& s) {
  const Active active(s);
  if (!active.HasProgram(s.tape)) return;
  for (const LaneKernels& kernels : program::AvailableKernels()) {
    const program::CompileOptions options = {.kernels = &kernels, .only_if_faster = false};
    CheckGradientProgram(s, active, options);
    CheckTangentPrograms(s, active, options);
  }
}

void CheckBatches(Subject& s) {
  const Active active(s);
  if (!active.HasProgram(s.tape)) return;
  for (const LaneKernels& kernels : program::AvailableKernels()) {
    for (size_t i = 0; i < active.rows.size(); ++i) CheckBatch(s, active, i, kernels);
  }
}

void CheckFunctions(const VectorFunction& f, Subject& s) {
  const auto weighted = [&](Vars x) {
    const std::vector<Var> y = f(x);
    Var sum = 0.0;
    for (size_t i = 0; i < s.m; ++i) sum += s.w[i] * y[i];
    return sum;
  };
  for (const int64_t compile_after : {FunctionOptions::kNever, int64_t{0}}) {
    CheckManyOutputs(Function::Record(f, s.x, {.compile_after = compile_after}), s);
    CheckOneOutput(Function::Record(weighted, s.x, {.compile_after = compile_after}), s);
  }
}

}  // namespace wengert::testing
