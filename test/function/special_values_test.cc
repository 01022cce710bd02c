// The table of special values, bit for bit, in the engines above the tape: retaped gradients, lanes
// of the derivative drivers, the lane machine of every SIMD width, compiled programs, batches, and
// Function with its tiers.

#include "test/ops/special_values.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "test/program/lane_runner.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace wengert::truth {
namespace {

using program::LaneKernels;
using Vector = std::vector<double>;

size_t Arity(const Special& row) { return static_cast<size_t>(ArityOf(row.op)); }

Vector OperandsOf(const Special& row) {
  Vector x(row.x.begin(), row.x.end());
  x.resize(Arity(row));
  return x;
}

bool IsFinite(const Special& row) {
  bool finite = std::isfinite(row.y);
  for (size_t k = 0; k < Arity(row); ++k) finite &= std::isfinite(row.partials[k]);
  return finite;
}

Var Record(Op op, absl::Span<const Var> x) {
  std::array<Var, 3> operands;
  std::copy(x.begin(), x.end(), operands.begin());
  return RuleValue(op, operands);
}

// A sweep adds partials to +0, so a zero of them is +0 in the table; lanes and derivative tapes
// keep a rule's -0.
void ExpectPartial(const Special& row, size_t k, double partial) {
  ExpectSame(partial == 0 ? 0.0 : partial, row.partials[k], static_cast<int>(k));
}

void ExpectRow(const Special& row, double y, const double* partials) {
  ExpectSame(y, row.y, -1);
  for (size_t k = 0; k < Arity(row); ++k) ExpectPartial(row, k, partials[k]);
}

// Where the short form of a partial (taped_scalars.h) hasn't the table's limit: at infinite
// operands of four operations, where a norm overflows or a power underflows.
bool HasAnotherTapedForm(const Special& row) {
  const bool infinite =
      std::any_of(row.x.begin(), row.x.end(), [](double x) { return std::isinf(x); });
  switch (row.op) {
    case Op::kPow:
      return infinite || (row.y == 0 && row.partials[1] != 0);
    case Op::kLogAddExp:
    case Op::kAtan2:
      return infinite;
    case Op::kHypot:
      return std::isinf(row.y);
    default:
      return false;
  }
}

constexpr int kWithoutLimit = 12;

TEST(SpecialValues, Retaped) {
  int without_limit = 0;
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    Tape tape;
    const std::vector<Var> x = tape.Inputs(Vector{0.25, 0.5, 0.75});
    const Var y = Record(row.op, absl::MakeConstSpan(x).first(Arity(row)));
    const Retaped derivative = Retape(tape, y);
    ASSERT_TRUE(derivative.tape->Replay(row.x).ok());
    bool is_the_tables = true;
    for (size_t k = 0; k < Arity(row); ++k) {
      const double partial = derivative.tape->Primal(derivative.gradient[k]);
      if (!HasAnotherTapedForm(row)) ExpectPartial(row, k, partial);
      is_the_tables &= SameBits(partial == 0 ? 0.0 : partial, row.partials[k]);
    }
    without_limit += !is_the_tables;
  }
  EXPECT_EQ(without_limit, kWithoutLimit) << "of " << std::size(kSpecials);
}

TEST(SpecialValues, InLanesOfTheDrivers) {
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    Tape tape;
    const std::vector<Var> x = tape.Inputs(OperandsOf(row));
    const Var y = Record(row.op, x);
    Workspace workspace;
    const Vector seeds(8, 1.0);
    Vector x_bar(8 * Arity(row));
    Vjp(tape, {&y, 1}, seeds, absl::MakeSpan(x_bar), workspace);
    for (size_t lane = 0; lane < 8; ++lane) {
      ExpectRow(row, y.value(), x_bar.data() + lane * Arity(row));
    }
  }
}

TEST(SpecialValues, InLanesOfEveryWidth) {
  for (const LaneKernels& kernels : program::AvailableKernels()) {
    for (const Special& row : kSpecials) {
      SCOPED_TRACE(absl::StrCat(kernels.name, ": ", Text(row)));
      std::vector<Vector> operands;
      for (double each : OperandsOf(row)) operands.push_back(Vector(11, each));
      const auto number = static_cast<uint32_t>(row.op);
      const Vector y = program::RunOverArrays(kernels, program::kValue + number, operands);
      operands.push_back(y);
      for (size_t lane : {size_t{0}, size_t{10}}) ExpectSame(y[lane], row.y, -1);
      for (uint32_t k = 0; k < Arity(row); ++k) {
        const uint32_t code = program::kPartial + 3 * number + k;
        const Vector partial = program::RunOverArrays(kernels, code, operands);
        for (size_t lane : {size_t{0}, size_t{10}}) {
          ExpectPartial(row, k, partial[lane]);
        }
      }
    }
  }
}

// Sixty-four times the operation, each with operands of its own: a loop.
constexpr size_t kCopies = 64;

std::vector<Var> Copies(const Special& row, absl::Span<const Var> x) {
  std::vector<Var> y;
  for (size_t i = 0; i < kCopies; ++i) {
    y.push_back(Record(row.op, x.subspan(i * Arity(row), Arity(row))));
  }
  return y;
}

Vector CopiesOf(const Vector& one) {
  Vector all;
  for (size_t i = 0; i < kCopies; ++i) all.insert(all.end(), one.begin(), one.end());
  return all;
}

// A program answers, or says that it can't because something isn't finite.
TEST(SpecialValues, Compiled) {
  for (const LaneKernels& kernels : program::AvailableKernels()) {
    for (const Special& row : kSpecials) {
      SCOPED_TRACE(absl::StrCat(kernels.name, ": ", Text(row)));
      Tape tape;
      std::vector<Operand> dependents;
      const std::vector<Var> x = tape.Inputs(CopiesOf(Vector(Arity(row), 0.5)));
      for (const Var& y : Copies(row, x)) {
        dependents.push_back(Operand::Node(tape.NodeOf(y, "test")));
      }
      const auto compiled = program::Compiled::Compile(
          tape, x.size(), dependents, {.kernels = &kernels, .only_if_faster = false});
      ASSERT_TRUE(compiled.ok()) << compiled.status();
      Vector y(kCopies), gradient(x.size());
      const bool holds = (*compiled)->Gradient(CopiesOf(OperandsOf(row)), Vector(kCopies, 1.0),
                                               *(*compiled)->MakeWorkspace(), absl::MakeSpan(y),
                                               absl::MakeSpan(gradient));
      EXPECT_TRUE(holds || !IsFinite(row));
      for (size_t i = 0; holds && i < kCopies; i += 21) {
        ExpectRow(row, y[i], &gradient[i * Arity(row)]);
      }
    }
  }
}

TEST(SpecialValues, InABatch) {
  for (const LaneKernels& kernels : program::AvailableKernels()) {
    for (const Special& row : kSpecials) {
      SCOPED_TRACE(absl::StrCat(kernels.name, ": ", Text(row)));
      Tape tape;
      const std::vector<Var> x = tape.Inputs(Vector(Arity(row), 0.5));
      const Var y = Record(row.op, x);
      const auto batch = program::Batch::Build(
          tape, x.size(), Operand::Node(tape.NodeOf(y, "test")), {.kernels = &kernels});
      ASSERT_TRUE(batch.ok()) << batch.status();
      Vector values(kCopies), gradients(kCopies * x.size());
      std::vector<uint8_t> holds(kCopies);
      (*batch)->Gradient(CopiesOf(OperandsOf(row)), {}, absl::MakeSpan(values),
                         absl::MakeSpan(gradients), absl::MakeSpan(holds),
                         *(*batch)->MakeWorkspace());
      for (size_t i = 0; i < kCopies; i += 21) {
        EXPECT_TRUE(holds[i] == 1 || !IsFinite(row));
        if (holds[i] == 1) ExpectRow(row, values[i], &gradients[i * x.size()]);
      }
    }
  }
}

class ByFunction : public testing::TestWithParam<int64_t> {
 protected:
  static Function CopiesAsFunction(const Special& row) {
    return Function::Record([&row](auto vars) { return Copies(row, vars); },
                            Vector(kCopies * Arity(row), 0.5), {.compile_after = GetParam()});
  }
};

TEST_P(ByFunction, AreTheTables) {
  const FunctionOptions options = {.compile_after = GetParam()};
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    const Vector x = CopiesOf(OperandsOf(row));
    const Function many = CopiesAsFunction(row);
    Vector y(kCopies), x_bar(x.size());
    many.Values(x, absl::MakeSpan(y));
    many.Vjp(x, Vector(kCopies, 1.0), absl::MakeSpan(x_bar));
    for (size_t i = 0; i < kCopies; i += 21) ExpectRow(row, y[i], &x_bar[i * Arity(row)]);

    const Function one = Function::Record([&](auto vars) { return Record(row.op, vars); },
                                          Vector(Arity(row), 0.5), options);
    one.GradientBatch(x, absl::MakeSpan(y), absl::MakeSpan(x_bar));
    for (size_t i = 0; i < kCopies; i += 21) ExpectRow(row, y[i], &x_bar[i * Arity(row)]);
  }
}

Vector UnitOf(const Special& row, size_t k) {
  Vector v(Arity(row), 0.0);
  v[k] = 1.0;
  return v;
}

TEST_P(ByFunction, JvpsAreThePartials) {
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    const Vector x = CopiesOf(OperandsOf(row));
    const Function f = CopiesAsFunction(row);
    Vector y_dot(kCopies);
    for (size_t k = 0; k < Arity(row); ++k) {
      f.Jvp(x, CopiesOf(UnitOf(row, k)), absl::MakeSpan(y_dot));
      for (size_t i = 0; i < kCopies; i += 21) ExpectPartial(row, k, y_dot[i]);
    }
  }
}

// Second partials aren't in the table; where a first isn't finite, they are the nodes' all the
// same.
TEST_P(ByFunction, HvpsAreTheNodes) {
  size_t finite = 0;
  for (const Special& row : kSpecials) {
    if (IsFinite(row) && HasAnotherTapedForm(row)) continue;
    SCOPED_TRACE(Text(row));
    const Vector x = CopiesOf(OperandsOf(row));
    const auto sum = [&](absl::Span<const Var> vars) {
      Var y = 0.0;
      for (const Var& copy : Copies(row, vars)) y += copy;
      return y;
    };
    const Function f = Function::Record(sum, Vector(x.size(), 0.5), {.compile_after = GetParam()});
    Tape tape;
    const Var y = Record(row.op, tape.Inputs(OperandsOf(row)));
    Workspace workspace;
    Vector h(x.size()), by_nodes(Arity(row));
    for (size_t k = 0; k < Arity(row); ++k) {
      const Vector v = UnitOf(row, k);
      Hvp(tape, y, v, absl::MakeSpan(by_nodes), workspace);
      f.Hvp(x, CopiesOf(v), absl::MakeSpan(h));
      for (size_t j = 0; j < x.size(); ++j) {
        const double expected = by_nodes[j % Arity(row)];
        finite += std::isfinite(expected) && expected != 0.0;
        if (!std::isfinite(expected)) {
          EXPECT_TRUE(std::isnan(expected) ? std::isnan(h[j]) : h[j] == expected)
              << h[j] << " instead of " << expected << ", operand " << k;
        } else {
          EXPECT_NEAR(h[j], expected, 1e-13 * std::abs(expected)) << "operand " << k;
        }
      }
    }
  }
  EXPECT_GE(finite, 50 * kCopies);
}

INSTANTIATE_TEST_SUITE_P(SpecialValues, ByFunction,
                         testing::Values(FunctionOptions::kNever, int64_t{0}));

}  // namespace
}  // namespace wengert::truth
