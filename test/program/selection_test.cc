#include "wengert/program/selection.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

constexpr size_t kIterations = 70;
constexpr size_t kOperands = 5;

struct Formula {
  std::string name;
  Var (*of)(const Var* x);
  std::string listing;  // of the loop that computes it
};

// What differs only by fused products is left out: every bit is the recording's. One operation a
// statement where the order of the operands' evaluation would be the compiler's choice.
const Formula kFormulas[] = {
    {"left", [](const Var* x) { return (x[0] - x[1]) - x[2]; }, "x3 = sum +x0 -x1 -x2\n"},
    {"right", [](const Var* x) { return x[2] - (x[0] - x[1]); }, "x3 = sum -x0 +x1 +x2\n"},
    {"negated", [](const Var* x) { return -(x[0] - (x[1] + x[2])); }, "x3 = sum +x0 +x1 -x2\n"},
    {"longer",
     [](const Var* x) {
       const Var left = x[2] + x[3];
       const Var right = (x[0] - x[1]) - x[4];
       return left + right;
     },
     "s0 = add x0 x1\nx5 = sum +x2 -x3 -x4 +s0\n"},
    {"two",
     [](const Var* x) {
       const Var left = x[0] - x[1];
       const Var right = x[2] + x[3];
       return left - right;
     },
     "s0 = add x2 x3\nx4 = sum +x0 -x1 -s0\n"},
    {"doubled",
     [](const Var* x) {
       const Var left = (x[0] - x[1]) * 2.0;
       const Var right = x[2] - x[3];
       return left + right;
     },
     "s0 = sub x0 x1\nx4 = sum +x2 -x3 +s0*2\n"},
    {"products",
     [](const Var* x) {
       const Var left = x[0] * x[1];
       return left - x[2] * x[3];
     },
     "s0 = mul x2 x3\nx4 = sum +x0*x1 -s0\n"},
    {"fused", [](const Var* x) { return fma(x[0], x[1], x[2]) - x[4]; },
     "s0 = fma x0 x1 x2\nx4 = sub s0 x3\n"},
    {"decision", [](const Var* x) { return relu(x[4] - x[2] * x[3]); },
     "s0 = mul x0 x1\ns0 = sub x2 s0\nx3 = relu s0\n"},
};

class Sums : public testing::TestWithParam<Formula> {};

// Of a column of numbers that cancel but for their last bits, and of small ones.
std::vector<double> CancellingPoint(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto part = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  std::vector<double> x;
  for (size_t i = 0; i < kIterations; ++i) {
    const double large = 1e9 * part();
    x.insert(x.end(), {large, large + part() * 1e-3, part(), part() * 1e-5, part()});
  }
  return x;
}

TEST_P(Sums, AreRoundedAsTheyWereWritten) {
  Tape tape;
  std::vector<Var> inputs, outputs;
  for (double x : CancellingPoint(1)) inputs.push_back(tape.Input(x));
  // Streams, not rows: operand k of iteration i is input k kIterations + i.
  std::vector<Operand> dependents;
  for (size_t i = 0; i < kIterations; ++i) {
    Var x[kOperands];
    for (size_t k = 0; k < kOperands; ++k) x[k] = inputs[k * kIterations + i];
    outputs.push_back(GetParam().of(x));
    dependents.push_back(Operand::Node(tape.NodeOf(outputs.back(), "test")));
  }
  const auto compiled =
      Compiled::Compile(tape, inputs.size(), dependents, {.only_if_faster = false});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_EQ((*compiled)->loops().size(), 1);
  const auto workspace = (*compiled)->MakeWorkspace();
  const std::vector<double> rows = CancellingPoint(2);
  std::vector<double> x(rows.size()), y(kIterations);
  for (size_t j = 0; j < x.size(); ++j) {
    x[j] = rows[j % kIterations * kOperands + j / kIterations];
  }
  ASSERT_TRUE(tape.Replay(x).ok());
  ASSERT_TRUE((*compiled)->Values(x, *workspace, absl::MakeSpan(y)));
  for (size_t i = 0; i < kIterations; ++i) {
    EXPECT_EQ(std::bit_cast<uint64_t>(y[i]), std::bit_cast<uint64_t>(tape.Primal(outputs[i])))
        << y[i] << " instead of " << tape.Primal(outputs[i]);
  }
  EXPECT_NE((*compiled)->Listing().find(GetParam().listing), std::string::npos)
      << (*compiled)->Listing();
}

INSTANTIATE_TEST_SUITE_P(Selection, Sums, testing::ValuesIn(kFormulas),
                         [](const auto& formula) { return formula.param.name; });

}  // namespace
}  // namespace wengert::program
