// What a program does where a tree's checks fail: it asks itself without trees.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using Vector = std::vector<double>;
using Model = std::function<Var(const std::vector<Var>&)>;

constexpr size_t kInputs = 200;

Vector Around(double middle) {
  Vector x;
  for (size_t i = 0; i < kInputs; ++i) {
    x.push_back(middle + 0.09 * std::sin(static_cast<double>(i)));
  }
  return x;
}

// Beside it a loop that is worth a program.
Var Heavy(const std::vector<Var>& x) {
  Var sum = 0.0;
  for (const Var& each : x) sum += exp(each) * sin(each) + log(1.0 + each * each);
  return sum;
}

// Recorded and compiled where the checks hold, asked elsewhere: the program has an answer, and it
// is the tape's.
void ExpectCompiledAt(const Model& model, const Vector& recorded, const Vector& x) {
  Tape tape;
  const Var y = model(tape.Inputs(recorded));
  const Operand root = Operand::Node(tape.NodeOf(y, "test"));
  const auto compiled = Compiled::Compile(tape, kInputs, {root}, {.only_if_faster = false});
  ASSERT_TRUE(compiled.ok());
  ASSERT_THAT((*compiled)->Explain(), ::testing::HasSubstr("as trees: "));
  const auto workspace = (*compiled)->MakeWorkspace();
  Vector value(1), gradient(kInputs);
  for (const Vector& at : {recorded, x, recorded}) {
    ASSERT_TRUE((*compiled)->Gradient(at, {1.0}, *workspace, absl::MakeSpan(value),
                                      absl::MakeSpan(gradient)));
    Tape fresh;
    const std::vector<Var> inputs = fresh.Inputs(at);
    const Var expected = model(inputs);
    EXPECT_NEAR(value[0], fresh.Primal(expected), 1e-11 * std::abs(fresh.Primal(expected)));
    const Adjoints adjoints = fresh.Backward(expected);
    for (size_t i = 0; i < kInputs; ++i) {
      EXPECT_NEAR(gradient[i], adjoints[inputs[i]], 1e-11) << i;
    }
    ASSERT_TRUE((*compiled)->Values(at, *workspace, absl::MakeSpan(value)));
    EXPECT_NEAR(value[0], fresh.Primal(expected), 1e-11 * std::abs(fresh.Primal(expected)));
  }
}

TEST(WithoutTrees, TheLargestViolationWhereNothingIsViolated) {
  const Model model = [](const std::vector<Var>& x) {
    Var largest = 0.0;
    for (const Var& each : x) largest = max(largest, relu(each - 1.0));
    return Heavy(x) + 10.0 * largest;
  };
  ExpectCompiledAt(model, Around(1.0), Around(0.5));
}

TEST(WithoutTrees, ANormOfResidualsThatAreZero) {
  const Model model = [](const std::vector<Var>& x) {
    Var norm = 0.0;
    for (const Var& each : x) norm = hypot(norm, relu(each - 0.5));
    return Heavy(x) + norm;
  };
  ExpectCompiledAt(model, Around(1.0), Around(0.5));
}

TEST(WithoutTrees, AProductWithoutRoom) {
  const Model model = [](const std::vector<Var>& x) {
    Var product = 1.0;
    for (const Var& each : x) product *= each;
    return Heavy(x) + product;
  };
  ExpectCompiledAt(model, Around(1.0), Around(0.05));
}

// Nothing of the start, whatever its size, is rounded.
TEST(WithoutTrees, AMaximumThatABranchDependsOn) {
  for (double start : {-1e300, -1e10, 0.0}) {
    const Model model = [start](const std::vector<Var>& x) {
      Var largest = start;
      for (const Var& each : x) largest = max(largest, each * each - 0.5 * each);
      return Heavy(x) + (largest > 0.25 ? largest * x[0] : largest);
    };
    ExpectCompiledAt(model, Around(1.0), Around(1.1));
  }
}

}  // namespace
}  // namespace wengert::program
