// Misuse of Functions, sparse plans, retaping and a user's operations: each a message that names
// where, what and how to mend it; what was misused goes on as before.

#include <cmath>
#include <memory>
#include <stdexcept>
#include <vector>

#include "test/support/misuse.h"

namespace wengert {
namespace {

using testing::ExpectMisuse;
using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

const auto kModel = [](Vars x) { return x[0] * x[1] + sin(x[0]); };

class FunctionMisuse : public ::testing::TestWithParam<int64_t> {
 protected:
  FunctionOptions Options() const { return {.compile_after = GetParam()}; }

  // f is kModel, and works.
  static void ExpectHealthy(const Function& f) {
    Vector gradient(2);
    EXPECT_EQ(f.Gradient({0.0, 3.0}, absl::MakeSpan(gradient)), 0.0);
    EXPECT_EQ(gradient, (Vector{4.0, 0.0}));
  }
};

TEST_P(FunctionMisuse, SpansOfTheWrongLength) {
  const Function f = Function::Record(kModel, {1.0, 2.0}, Options());
  Vector one(1), two(2), three(3);
  const testing::Message point = {"Function", "evaluated at", "as many numbers"};
  ExpectMisuse("Value", point, [&] { f.Value(one); });
  ExpectMisuse("a long point", point, [&] { f.Value(three); });
  ExpectMisuse("Gradient's point", point, [&] { f.Gradient(one, absl::MakeSpan(two)); });
  ExpectMisuse("a parameter too many", point, [&] { f.Value({two, one}); });
  const auto span = [](const char* where) -> testing::Message {
    return {where, "numbers instead of", "as Function::inputs() and outputs()"};
  };
  ExpectMisuse("Gradient", span("Function::Gradient"),
               [&] { f.Gradient(two, absl::MakeSpan(one)); });
  ExpectMisuse("Values", span("Function::Values"), [&] { f.Values(two, absl::MakeSpan(two)); });
  ExpectMisuse("Jvp", span("Function::Jvp"), [&] { f.Jvp(two, one, absl::MakeSpan(one)); });
  ExpectMisuse("Jvp's product", span("Function::Jvp"),
               [&] { f.Jvp(two, two, absl::MakeSpan(two)); });
  ExpectMisuse("Vjp: seeds for another output", span("Function::Vjp"),
               [&] { f.Vjp(two, two, absl::MakeSpan(two)); });
  ExpectMisuse("Hvp", span("Function::Hvp"), [&] { f.Hvp(two, three, absl::MakeSpan(two)); });
  ExpectMisuse("Jacobian", span("Function::Jacobian"),
               [&] { f.Jacobian(two, absl::MakeSpan(three)); });
  ExpectMisuse("Hessian", span("Function::Hessian"),
               [&] { f.Hessian(two, absl::MakeSpan(three)); });
  CsrMatrix matrix;
  ExpectMisuse("SparseHessian", span("Function::SparseHessian"),
               [&] { f.SparseHessian(two, two, matrix); });
  ExpectMisuse("GradientBatch's points", span("Function::GradientBatch"),
               [&] { f.GradientBatch(three, absl::MakeSpan(one), absl::MakeSpan(two)); });
  ExpectMisuse("GradientBatch's gradients", span("Function::GradientBatch"),
               [&] { f.GradientBatch(two, absl::MakeSpan(one), absl::MakeSpan(three)); });
  EXPECT_EQ(one, Vector(1));
  EXPECT_EQ(three, Vector(3)) << "buffers are untouched";
  ExpectHealthy(f);
}

TEST_P(FunctionMisuse, ResultsOverWhatTheyAreComputedFrom) {
  const auto f = [](Vars x) { return std::vector<Var>{x[0] * x[1], x[1]}; };
  const Function square = Function::Record(f, {1.0, 2.0}, Options());
  const Function scalar = Function::Record(kModel, {1.0, 2.0}, Options());
  Vector x = {0.0, 3.0}, v = {1.0, 1.0}, many(8, 0.5), three(3), p = {7.0};
  const auto message = [](const char* where) -> testing::Message {
    return {where, "overwrite what they are computed from", "room of their own"};
  };
  const auto second = [&](size_t count) { return absl::MakeSpan(many).subspan(1, count); };
  ExpectMisuse("Values", message("Function::Values"), [&] { square.Values(x, x); });
  ExpectMisuse("Gradient", message("Function::Gradient"), [&] { scalar.Gradient(x, x); });
  ExpectMisuse("Jvp", message("Function::Jvp"), [&] { square.Jvp(x, v, v); });
  ExpectMisuse("Vjp", message("Function::Vjp"), [&] { square.Vjp(x, v, v); });
  ExpectMisuse("Vjp, point", message("Function::Vjp"), [&] { square.Vjp(x, v, x); });
  ExpectMisuse("Hvp", message("Function::Hvp"), [&] { scalar.Hvp(x, v, v); });
  const absl::Span<const double> begin(many.data(), 2);
  ExpectMisuse("Jacobian", message("Function::Jacobian"),
               [&] { square.Jacobian(begin, second(4)); });
  ExpectMisuse("Hessian", message("Function::Hessian"), [&] { scalar.Hessian(begin, second(4)); });
  ExpectMisuse("GradientBatch", message("Function::GradientBatch"),
               [&] { scalar.GradientBatch(begin, absl::MakeSpan(p), second(2)); });
  ExpectMisuse("GradientBatch's values", message("Function::GradientBatch"),
               [&] { scalar.GradientBatch(v, second(1), second(2)); });
  const Function with_parameter =
      Function::Record([](Vars u, Vars q) { return u[0] * q[0]; }, {1.0}, {2.0}, Options());
  ExpectMisuse("a parameter", message("Function::Gradient"), [&] {
    with_parameter.Gradient({{p.data(), 1}, {p.data(), 1}}, p);
  });
  EXPECT_EQ(x, (Vector{0.0, 3.0}));
  EXPECT_EQ(many, Vector(8, 0.5)) << "buffers are untouched";
  scalar.Gradient(begin, absl::MakeSpan(many).subspan(2, 2));
  EXPECT_EQ(many[0], 0.5) << "what is beside each other doesn't overlap";
  ExpectHealthy(scalar);
}

TEST_P(FunctionMisuse, ScalarDriversOfManyOutputs) {
  const Function f = Function::Record(
      [](Vars x) {
        return std::vector<Var>{x[0] * x[0], x[0] + 1.0};
      },
      {2.0}, Options());
  Vector one(1);
  const auto message = [](const char* where) -> testing::Message {
    return {where, "2 outputs", "one Var"};
  };
  ExpectMisuse("Value", message("Function::Value"), [&] { f.Value({2.0}); });
  ExpectMisuse("Gradient", message("Function::Gradient"),
               [&] { f.Gradient({2.0}, absl::MakeSpan(one)); });
  ExpectMisuse("Hvp", message("Function::Hvp"), [&] { f.Hvp({2.0}, one, absl::MakeSpan(one)); });
  ExpectMisuse("Hessian", message("Function::Hessian"), [&] { f.Hessian({2.0}); });
  ExpectMisuse("GradientBatch", message("Function::GradientBatch"),
               [&] { f.GradientBatch({2.0}, absl::MakeSpan(one), absl::MakeSpan(one)); });
  EXPECT_EQ(f.Jacobian({3.0}), (Vector{6.0, 1.0}));
}

TEST_P(FunctionMisuse, Parameters) {
  Function f =
      Function::Record([](Vars x, Vars p) { return x[0] * p[0] + Parameter(1.0, "shift"); }, {2.0},
                       {3.0}, Options());
  ExpectMisuse("too many", {"Function::SetParameters", "2 numbers", "each parameter"}, [&] {
    f.SetParameters({1.0, 2.0});
  });
  ExpectMisuse("unknown", {"Function::Set", "no parameter is named \"scale\"", "Parameter("},
               [&] { f.Set("scale", 1.0); });
  EXPECT_EQ(f.Value({2.0}), 7.0);
}

TEST_P(FunctionMisuse, OtherNumbersOfOutputsOnOtherBranches) {
  const Function f = Function::Record(
      [](Vars x) {
        return x[0] > 0.0 ? std::vector<Var>{x[0]} : std::vector<Var>{x[0], x[0]};
      },
      {1.0}, Options());
  const testing::Message message = {"Function", "gave 2 outputs, 1 before", "every branch"};
  Vector y(1);
  ExpectMisuse("Values", message, [&] { f.Values({-1.0}, absl::MakeSpan(y)); });
  ExpectMisuse("again", message, [&] { f.Values({-1.0}, absl::MakeSpan(y)); });
  EXPECT_EQ(f.Value({5.0}), 5.0);
}

TEST_P(FunctionMisuse, CallablesThatContradictThemselves) {
  int calls = 0;
  const Function f = Function::Record(
      [&calls](Vars x) { return x[0] > (++calls == 1 ? 0.0 : -5.0) ? x[0] * x[0] : -x[0]; }, {1.0},
      Options());
  ExpectMisuse("a branch that moves",
               {"Function", "computes differently from one call to the next", "arguments only"},
               [&] { f.Value({-1.0}); });
  EXPECT_EQ(f.Value({3.0}), 9.0);
}

TEST_P(FunctionMisuse, BranchesThatCannotBeRecorded) {
  auto tape = std::make_unique<Tape>();
  const Var x = tape->Input(1.0);
  const Var y = x > 0.5 ? x * x : x;
  const Function f = Function::FromTape(std::move(tape), {&y, 1}, Options());
  ExpectMisuse("flipped", {"Function", "no recording of this branch", "Where"},
               [&] { f.Value({0.25}); });
  EXPECT_EQ(f.Value({3.0}), 9.0);
  ExpectMisuse("no tape", {"Function::FromTape", "no tape", "give it one"}, [&] {
    Function::FromTape(nullptr, {&y, 1});
  });
}

TEST_P(FunctionMisuse, ReadsThatAreRefused) {
  FunctionOptions options = Options();
  options.refuse_reads = true;
  ExpectMisuse("value", {"Var::value", "(sin) was read", "Freeze"}, [&] {
    Function::Record([](Vars x) { return x[0] * sin(x[0]).value(); }, {1.0}, options);
  });
  ExpectMisuse("Index of NaN", {"Index", "no whole number", "finite"}, [&] {
    Function::Record([](Vars x) { return x[0] * static_cast<double>(Index(log(x[0]))); }, {-1.0},
                     options);
  });
}

TEST_P(FunctionMisuse, RecordingInsideACallbackIsOfItsOwn) {
  Tape outer;
  const Var a = outer.Input(2.0);
  const Function f = Function::Record(
      [](Vars x) {
        const Function inner = Function::Record([](Vars t) { return t[0] * t[0]; }, {3.0});
        Vector slope(1);
        inner.Gradient({5.0}, absl::MakeSpan(slope));
        return x[0] * x[1] + sin(x[0]) * (slope[0] / 10.0);
      },
      {1.0, 2.0}, Options());
  ExpectHealthy(f);
  ExpectMisuse("the outer tape's Var", {"arithmetic on Var", "isn't alive", "Tape::Input"},
               [&] { Function::Record([&](Vars x) { return x[0] * a; }, {1.0}, Options()); });
  ExpectMisuse("the callback's Var, kept", {"arithmetic on Var", "isn't alive", "Tape::Input"},
               [&] {
                 Var kept;
                 Function::Record([&](Vars x) { return kept = x[0] + 1.0; }, {1.0}, Options());
                 (void)(kept + 1.0);
               });
  EXPECT_EQ(outer.Backward(a * a)[a], 4.0);
}

#if defined(__cpp_exceptions)
// The callable throws at every node of a recording of a thousand.
TEST_P(FunctionMisuse, ACallableThatThrowsAtEveryNode) {
  Tape outer;
  const Var a = outer.Input(2.0);
  constexpr int kNodes = 1000;
  int throw_at = kNodes + 1;
  const auto callable = [&throw_at](Vars x) {
    Var y = x[0] > 0.0 ? x[0] : -x[0];
    for (int node = 0; node < kNodes; ++node) {
      if (node == throw_at) throw std::runtime_error("the callable's own");
      y = node % 2 == 0 ? sin(y) : y * x[1];
    }
    return y;
  };
  FunctionOptions options = Options();
  options.max_traces = 1;
  Function f = Function::Record(callable, {1.0, 1.0}, options);
  Vector expected(2), gradient(2);
  f.Gradient({0.5, 1.0}, absl::MakeSpan(expected));
  const Function other_branch = Function::Record(callable, {-0.5, 1.0}, options);
  Vector flipped(2);
  other_branch.Gradient({-0.5, 1.0}, absl::MakeSpan(flipped));
  int thrown = 0;
  for (throw_at = 0; throw_at < kNodes; ++throw_at) {
    EXPECT_THROW(Function::Record(callable, {1.0, 1.0}, Options()), std::runtime_error);
    EXPECT_THROW(f.Gradient({-0.5, 1.0}, absl::MakeSpan(gradient)), std::runtime_error);
    ++thrown;
    f.Gradient({0.5, 1.0}, absl::MakeSpan(gradient));
    ASSERT_EQ(gradient, expected);
  }
  EXPECT_EQ(thrown, kNodes);
  f.Gradient({-0.5, 1.0}, absl::MakeSpan(gradient));
  EXPECT_EQ(gradient, flipped) << "and then it is recorded";
  EXPECT_EQ(outer.Backward(a * a)[a], 4.0) << "the tape around it still records";
  EXPECT_EQ(outer.size(), 2u);
}
#endif

INSTANTIATE_TEST_SUITE_P(Tiers, FunctionMisuse,
                         ::testing::Values(FunctionOptions::kNever, int64_t{0}));

TEST(DriverMisuse, SparsePlansOfAnotherFunction) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0});
  const Var y = x[0] * x[1];
  const JacobianPlan jacobian = PlanJacobian(tape, {&y, 1});
  const HessianPlan hessian = PlanHessian(tape, {&y, 1});
  const Var z = y * y;
  Workspace workspace;
  Vector two(2), one(1);
  ExpectMisuse("Jacobian", {"SparseJacobian", "plan", "plan again"}, [&] {
    SparseJacobian(tape, {&z, 1}, jacobian, absl::MakeSpan(two), workspace);
  });
  ExpectMisuse("Hessian", {"SparseHessian", "plan", "plan again"}, [&] {
    SparseHessian(tape, {&z, 1}, one, hessian, absl::MakeSpan(two), workspace);
  });
}

TEST(DriverMisuse, Retaping) {
  Tape source;
  const std::vector<Var> x = source.Inputs({1.0, 2.0});
  const Var y = x[0] < x[1] ? x[0] * x[1] : x[0];
  source.Stop();
  Tape tape;
  const std::vector<Var> z = tape.Inputs({2.0, 1.0});
  const Var one = 1.0;
  ExpectMisuse("another branch", {"Rerecord", "isn't taken", "branches are the same"}, [&] {
    Rerecord(source, {&y, 1}, z);
  });
  ExpectMisuse("too few inputs", {"Rerecord", "the length of", "one number an input"}, [&] {
    Rerecord(source, {&y, 1}, {&one, 1});
  });
  ExpectMisuse("no seeds", {"RecordVjp", "the length of", "one a dependent"}, [&] {
    RecordVjp(source, {&y, 1}, {}, z);
  });
  ExpectMisuse("a foreign root", {"RecordVjp", "isn't alive", "Tape::Input"},
               [&] { Retape(source, z[0]); });
  EXPECT_EQ(tape.size(), 2u);
}

TEST(DriverMisuse, OperationsOfAUser) {
  ExpectMisuse("no value", {"CustomOperation", "computes nothing", "CustomRules::value"}, [] {
    CustomRules rules;
    rules.name = "f";
    CustomOperation operation(rules);
  });
  CustomRules rules;
  rules.name = "f";
  rules.value = [](absl::Span<const double> x, absl::Span<double> y) { y[0] = 2 * x[0]; };
  const CustomOperation operation(rules);
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var y = operation({&x, 1})[0];
  EXPECT_EQ(y.value(), 6.0);
  ExpectMisuse("no rule", {"reverse sweep", "was given no vjp", "CustomRules"},
               [&] { tape.Backward(y); });
  EXPECT_EQ(tape.Backward(x * 2.0)[x], 2.0);
}

}  // namespace
}  // namespace wengert
