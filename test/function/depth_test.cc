// Nothing recurses along what is made of a tape, either: chains of hundreds of thousands of mixed
// operations go through every driver, pass and file on a stack of 64 KiB. One chain rolls up into a
// loop, one never repeats itself.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "test/support/small_stack.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/program/compiled_tangent.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

constexpr int kSteps = 100'000;
const Vector kPoint = {0.75, -0.5};

Var Step(int operation, const Var& y, const Var& x) {
  switch (operation) {
    case 0:
      return 0.5 * sin(y) + x;
    case 1:
      return tanh(y - x) * x;
    case 2:
      return exp(-square(y)) - x;
    case 3:
      return y / (1.5 + x * x);
    case 4:
      return max(fma(y, x, 0.25), x * 1e-3);
    default:
      return sqrt(0.5 + y * y) - 0.125 * x;
  }
}

Var Chain(Vars x, bool repeats, int steps = kSteps) {
  Var y = x[0];
  uint32_t random = 1;
  for (int k = 0; k < steps; ++k) {
    random = static_cast<uint32_t>(random * uint64_t{1664525} + 1013904223u);
    const uint32_t operation = repeats ? static_cast<uint32_t>(k) : random >> 24;
    y = Step(static_cast<int>(operation % 6), y, x[operation % 2]);
    if (k % 1000 == 0 && y > 1e6) y = x[1];
  }
  return y;
}

void ExpectNear(const Vector& a, const Vector& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-9 * (1.0 + std::abs(b[k])));
}

class DepthOf : public ::testing::TestWithParam<bool> {
 protected:
  // A recorded chain.
  struct Recorded {
    explicit Recorded(int steps = kSteps) : x(tape.Inputs(kPoint)), y(Chain(x, GetParam(), steps)) {
      tape.Stop();
    }

    Vector Gradient() { return tape.Backward(y).Gradient(); }
    Operand Dependent() const { return Operand::Node(tape.NodeOf(y, "test")); }
    Vector Product() const {
      Workspace workspace;
      Vector product(2);
      Hvp(tape, y, kDirection, absl::MakeSpan(product), workspace);
      return product;
    }

    Tape tape;
    std::vector<Var> x;
    Var y;
  };

  static Function MadeOfIt() {
    return Function::Record([](Vars x) { return Chain(x, GetParam()); }, kPoint);
  }

  static inline const Vector kDirection = {1.0, -2.0};
};

TEST_P(DepthOf, Products) {
  testing::OnASmallStack([] {
    Recorded chain;
    EXPECT_GE(chain.tape.size(), 300'000);
    Workspace workspace;
    Vector slope(1), hessian(4);
    Jvp(chain.tape, {&chain.y, 1}, kDirection, absl::MakeSpan(slope), workspace);
    const Vector gradient = chain.Gradient();
    ExpectNear(slope, {gradient[0] - 2.0 * gradient[1]});
    Hessian(chain.tape, chain.y, absl::MakeSpan(hessian), workspace);
    ExpectNear(chain.Product(), {hessian[0] - 2.0 * hessian[1], hessian[2] - 2.0 * hessian[3]});
  });
}

TEST_P(DepthOf, SparsePatternsAndMatrices) {
  testing::OnASmallStack([] {
    Recorded chain;
    const CsrMatrix jacobian = SparseJacobian(chain.tape, {&chain.y, 1});
    ExpectNear(jacobian.values, chain.Gradient());
    const CsrMatrix hessian = SparseHessian(chain.tape, chain.y);
    ExpectNear({hessian.At(0, 0) - 2.0 * hessian.At(0, 1)}, {chain.Product()[0]});
  });
}

TEST_P(DepthOf, Retaping) {
  testing::OnASmallStack([] {
    Recorded chain;
    const Retaped first = Retape(chain.tape, chain.y);
    const Retaped second = Retape(*first.tape, first.gradient[0]);
    const auto primal = [](const Retaped& of, size_t k) { return of.tape->Primal(of.gradient[k]); };
    ExpectNear({primal(first, 0), primal(first, 1)}, chain.Gradient());
    ExpectNear({primal(second, 0) - 2.0 * primal(second, 1)}, {chain.Product()[0]});
  });
}

TEST_P(DepthOf, Text) {
  testing::OnASmallStack([] {
    Recorded chain;
    const Adjoints& adjoints = chain.tape.Backward(chain.y);
    const auto lines = [](const std::string& text) {
      return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    };
    EXPECT_GE(lines(Listing(chain.tape, &adjoints)), chain.tape.size());
    EXPECT_GE(lines(Dot(chain.tape, &adjoints)), chain.tape.size());
    EXPECT_FALSE(FirstNonFinite(chain.tape, &adjoints).found());
  });
}

TEST_P(DepthOf, Files) {
  testing::OnASmallStack([] {
    Recorded chain;
    const std::string bytes = TapeToBytes(chain.tape, {&chain.y, 1}).value();
    absl::StatusOr<LoadedTape> loaded = TapeFromBytes(bytes);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->tape->Backward(loaded->outputs[0]).Gradient(), chain.Gradient());
    EXPECT_EQ(TapeToBytes(*loaded->tape, loaded->outputs).value(), bytes);
  });
}

TEST_P(DepthOf, Compiling) {
  testing::OnASmallStack([] {
    using program::CompiledTangent;
    Recorded chain(GetParam() ? kSteps : kSteps / 4);  // without loops it takes long
    const Operand dependent = chain.Dependent();
    const program::CompileOptions options = {.only_if_faster = false};
    const auto compiled = program::Compiled::Compile(chain.tape, 2, {&dependent, 1}, options);
    const auto hvp = CompiledTangent::Compile(CompiledTangent::Product::kHvp, chain.tape, 2,
                                              {&dependent, 1}, options);
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    ASSERT_TRUE(hvp.ok()) << hvp.status();
    Vector y(1), gradient(2), product(2);
    EXPECT_TRUE((*compiled)->Gradient(kPoint, {1.0}, *(*compiled)->MakeWorkspace(),
                                      absl::MakeSpan(y), absl::MakeSpan(gradient)));
    EXPECT_TRUE(
        (*hvp)->Hvp(kPoint, {1.0}, kDirection, *(*hvp)->MakeWorkspace(), absl::MakeSpan(product)));
    ExpectNear(gradient, chain.Gradient());
    ExpectNear(product, chain.Product());
    EXPECT_FALSE((*compiled)->Listing().empty());
    EXPECT_FALSE((*compiled)->Explain().empty());
  });
}

TEST_P(DepthOf, Batches) {
  testing::OnASmallStack([] {
    Recorded chain(kSteps / 10);  // all values of which can be named
    const auto batch = program::Batch::Build(chain.tape, 2, chain.Dependent());
    ASSERT_TRUE(batch.ok()) << batch.status();
    Vector points = kPoint, values(2), gradients(4);
    points.insert(points.end(), kPoint.begin(), kPoint.end());
    std::vector<uint8_t> holds(2);
    (*batch)->Gradient(points, {}, absl::MakeSpan(values), absl::MakeSpan(gradients),
                       absl::MakeSpan(holds), *(*batch)->MakeWorkspace());
    EXPECT_EQ(holds, (std::vector<uint8_t>{1, 1}));
    Vector expected = chain.Gradient();
    expected.insert(expected.end(), expected.begin(), expected.begin() + 2);
    ExpectNear(gradients, expected);
  });
}

TEST_P(DepthOf, Functions) {
  testing::OnASmallStack([] {
    Recorded chain;
    for (const int64_t compile_after : {int64_t{0}, FunctionOptions::kNever}) {
      const auto f =
          Function::FromBytes(MadeOfIt().ToBytes().value(), {.compile_after = compile_after});
      ASSERT_TRUE(f.ok()) << f.status();
      Vector gradient(2), product(2), value(1);
      for (int k = 0; k < 3; ++k) {  // the products' own programs come late
        f->Gradient(kPoint, absl::MakeSpan(gradient));
        f->Hvp(kPoint, kDirection, absl::MakeSpan(product));
        ExpectNear(gradient, chain.Gradient());
        ExpectNear(product, chain.Product());
      }
      ExpectNear(f->SparseJacobian(kPoint).values, chain.Gradient());
      f->GradientBatch(kPoint, absl::MakeSpan(value), absl::MakeSpan(gradient));
      ExpectNear(gradient, chain.Gradient());
      EXPECT_FALSE(f->Explain().empty());
    }
  });
}

TEST_P(DepthOf, CheckingAGradient) {
  testing::OnASmallStack([] {
    const GradientCheck check = CheckGradient([](Vars x) { return Chain(x, GetParam()); }, kPoint);
    EXPECT_TRUE(check.ok) << check.report;
  });
}

INSTANTIATE_TEST_SUITE_P(Chains, DepthOf, ::testing::Bool(), [](const auto& chain) {
  return chain.param ? "ThatRepeats" : "ThatDoesNot";
});

}  // namespace
}  // namespace wengert
