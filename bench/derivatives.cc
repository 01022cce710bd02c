// What derivatives beyond the gradient cost beside the function itself: Hessian-vector products,
// one and eight at once, sparse and dense Hessians of W1, W4a, W5 and of a chained Rosenbrock
// function of 1e5 variables, and the Jacobian of W5's residuals, 15 entries a row
// (bench/peers/sparse has CppAD beside them). Every product is verified against extrapolated
// differences, every matrix against products, before anything is timed. Prints a Markdown table of
// ratios to the plain function; takes Google Benchmark's flags.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/bundle_adjustment.h"
#include "bench/workloads/gaussian_mixture.h"
#include "bench/workloads/random.h"
#include "bench/workloads/rosenbrock.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/derive/dense.h"
#include "wengert/derive/differences.h"
#include "wengert/derive/products.h"
#include "wengert/derive/sparse.h"

namespace bench {
namespace {

using Vector = std::vector<double>;

constexpr size_t kDenseLimit = 2000;  // inputs; beyond it a dense Hessian takes minutes
constexpr size_t kSeveral = 8;

// A recorded function, its plain form, and what its derivatives need.
struct Subject {
  std::string name;
  std::function<double(const double*)> plain;  // returns something that depends on all of it
  wengert::Tape tape;
  wengert::Workspace workspace;
  Vector x, v, product;
  std::vector<wengert::Var> dependents;
  wengert::HessianPlan hessian;
  wengert::JacobianPlan jacobian;
  Vector values, dense;
  size_t entries = 0, colors = 0;

  bool is_scalar() const { return dependents.size() == 1; }

  void Multiply() {
    if (is_scalar()) {
      wengert::Hvp(tape, dependents[0], v, absl::MakeSpan(product), workspace);
    } else {
      wengert::Jvp(tape, dependents, v, absl::MakeSpan(product), workspace);
    }
  }
  void Sparse() {
    const double weight = 1.0;
    if (is_scalar()) {
      wengert::SparseHessian(tape, dependents, {&weight, 1}, hessian, absl::MakeSpan(values),
                             workspace);
    } else {
      wengert::SparseJacobian(tape, dependents, jacobian, absl::MakeSpan(values), workspace);
    }
  }
  void Dense() {
    if (is_scalar()) {
      wengert::Hessian(tape, dependents[0], absl::MakeSpan(dense), workspace);
    } else {
      wengert::Jacobian(tape, dependents, absl::MakeSpan(dense), workspace);
    }
  }
  void Plan() {
    if (is_scalar()) {
      hessian = wengert::PlanHessian(tape, dependents);
    } else {
      jacobian = wengert::PlanJacobian(tape, dependents);
    }
    entries = is_scalar() ? hessian.pattern.size() : jacobian.pattern.size();
    colors = is_scalar() ? hessian.colors : jacobian.colors;
    values.resize(entries);
  }
  void Resize(size_t count) {
    v.resize(count * x.size(), 0.5);
    product.resize(count * (is_scalar() ? x.size() : dependents.size()));
  }
};

void FailUnless(bool right, const Subject& subject, const char* what) {
  if (right) return;
  std::fprintf(stderr, "%s: %s is wrong\n", subject.name.c_str(), what);
  std::abort();
}

// A random projection of the product against differences of what it is the derivative of.
void VerifyProduct(Subject& s) {
  const Vector w = Uniform(s.product.size(), 6, -1, 1);
  const auto projection = [&](double t) {
    Vector point = s.x, first(s.product.size());
    for (size_t j = 0; j < point.size(); ++j) point[j] += t * s.v[j];
    if (!s.tape.Replay(point).ok()) return std::nan("");
    if (s.is_scalar()) {
      s.tape.Backward(s.dependents[0]).Gradient(absl::MakeSpan(first));
    } else {
      for (size_t i = 0; i < first.size(); ++i) first[i] = s.tape.Primal(s.dependents[i]);
    }
    double sum = 0;
    for (size_t i = 0; i < w.size(); ++i) sum += w[i] * first[i];
    return sum;
  };
  const wengert::DifferenceQuotient expected = wengert::RichardsonDerivative(projection, 0.01);
  FailUnless(s.tape.Replay(s.x).ok(), s, "the replay");
  double found = 0;
  for (size_t i = 0; i < w.size(); ++i) found += w[i] * s.product[i];
  FailUnless(expected.converged() && std::abs(found - expected.value) <= 10 * expected.error, s,
             "the product");
}

void VerifyMatrix(const Subject& s) {
  const wengert::SparsityPattern& pattern = s.is_scalar() ? s.hessian.pattern : s.jacobian.pattern;
  for (size_t i = 0; i < pattern.rows(); ++i) {
    double sum = 0, magnitudes = 0;
    for (size_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      sum += s.values[k] * s.v[pattern.column[k]];
      magnitudes += std::abs(s.values[k] * s.v[pattern.column[k]]);
    }
    FailUnless(std::abs(sum - s.product[i]) <= 1e-10 * magnitudes, s, "the sparse matrix");
  }
}

// The sparse matrix's entries where it has some, zero everywhere else.
void VerifyDense(const Subject& s) {
  const wengert::SparsityPattern& pattern = s.is_scalar() ? s.hessian.pattern : s.jacobian.pattern;
  Vector expected(s.dense.size());
  double largest = 0;
  for (size_t i = 0; i < pattern.rows(); ++i) {
    for (size_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      expected[i * pattern.columns + pattern.column[k]] = s.values[k];
      largest = std::max(largest, std::abs(s.values[k]));
    }
  }
  double worst = 0;
  for (size_t k = 0; k < expected.size(); ++k) {
    worst = Worse(worst, std::abs(expected[k] - s.dense[k]));
  }
  FailUnless(worst <= 1e-12 * largest, s, "the dense matrix");
}

void AddBenchmarks(const std::shared_ptr<Subject>& s) {
  s->v = Uniform(s->x.size(), 5, -1, 1);
  s->Resize(1);
  s->Multiply();
  VerifyProduct(*s);
  s->Plan();
  s->Sparse();
  VerifyMatrix(*s);
  const auto add = [s](const std::string& column, auto body) {
    Samples::Add(s->name, column, [s, body](benchmark::State& state) {
      for (auto _ : state) {
        body(*s);
        benchmark::ClobberMemory();
      }
    });
  };
  add("plain", [](Subject& f) { benchmark::DoNotOptimize(f.plain(f.x.data())); });
  if (s->is_scalar()) add("gradient", [](Subject& f) { f.tape.Backward(f.dependents[0]); });
  for (size_t count : {size_t{1}, kSeveral}) {
    add(absl::StrCat(count, " products"), [count](Subject& f) {
      f.Resize(count);
      f.Multiply();
    });
  }
  add("plan", [](Subject& f) { f.Plan(); });
  add("sparse", [](Subject& f) { f.Sparse(); });
  if (s->x.size() > kDenseLimit) return;
  s->dense.resize(s->x.size() * (s->is_scalar() ? s->x.size() : s->dependents.size()));
  s->Dense();
  VerifyDense(*s);
  add("dense", [](Subject& f) { f.Dense(); });
}

template <class Workload>
std::shared_ptr<Subject> Scalar(const std::string& name, const Workload& workload) {
  auto subject = std::make_shared<Subject>();
  subject->name = name;
  subject->plain = [workload](const double* x) { return workload(x); };
  subject->x = workload.x0();
  const std::vector<wengert::Var> x = subject->tape.Inputs(subject->x);
  subject->dependents = {workload(x.data())};
  subject->tape.Stop();
  return subject;
}

std::shared_ptr<Subject> Residuals(const std::string& name, const BundleAdjustment& workload) {
  auto subject = std::make_shared<Subject>();
  subject->name = name;
  subject->plain = [workload](const double* x) { return workload.Residuals(x).back(); };
  subject->x = workload.x0();
  const std::vector<wengert::Var> x = subject->tape.Inputs(subject->x);
  subject->dependents = workload.Residuals(x.data());
  subject->tape.Stop();
  return subject;
}

void PrintTable(const std::vector<std::shared_ptr<Subject>>& subjects, const Samples& samples) {
  const std::vector<std::string> columns = {"gradient", "1 products", "8 products",
                                            "plan",     "sparse",     "dense"};
  std::vector<std::vector<std::string>> table = {{"function", "inputs", "entries", "colors",
                                                  "plain us", "gradient", "1 product", "8 products",
                                                  "plan", "sparse matrix", "dense matrix"}};
  for (const auto& subject : subjects) {
    if (!samples.Has(subject->name, "plain")) continue;
    const double plain = samples.Time(subject->name, "plain");
    std::vector<std::string> row = {subject->name, absl::StrCat(subject->x.size()),
                                    absl::StrCat(subject->entries), absl::StrCat(subject->colors),
                                    Digits(plain / 1000)};
    for (const std::string& column : columns) {
      const bool has = samples.Has(subject->name, column);
      row.push_back(has ? Digits(samples.Time(subject->name, column) / plain) : "");
    }
    table.push_back(row);
  }
  PrintMarkdown(table);
}

int Main(int argc, char** argv) {
  const std::vector<std::shared_ptr<Subject>> subjects = {
      Scalar("W1 Rosenbrock", Rosenbrock()),
      Scalar("W1 with 1e5 variables", Rosenbrock{100000}),
      Scalar("W4a Gaussian mixture", GaussianMixture::Synthetic(100)),
      Scalar("W5 bundle adjustment", BundleAdjustment::Synthetic()),
      Residuals("W5 residuals", BundleAdjustment::Synthetic()),
  };
  Samples samples;
  for (const auto& subject : subjects) AddBenchmarks(subject);
  // Some of these take a second: fewer samples, unless the command line says otherwise.
  std::string repetitions = "--benchmark_repetitions=20";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, repetitions.data());
  samples.RunAll(argc + 1, arguments.data());
  PrintTable(subjects, samples);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
