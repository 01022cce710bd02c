// Where the recording is at a kink or a jump to the bit, a compiled program is on the same side.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

constexpr size_t kPairs = 70;

// Zero where x = y, and where z is the product of both.
struct Tie {
  std::string name;
  Var (*of)(const Var& x, const Var& y, const Var& z);
};

// One operation a statement where the order of the operands' evaluation would be the compiler's.
const Tie kTies[] = {
    {"Squares",
     [](const Var& x, const Var& y, const Var&) {
       const Var xx = x * x;
       return xx - y * y;
     }},
    {"Products",
     [](const Var& x, const Var& y, const Var& z) {
       const Var xz = x * z;
       return xz - z * y;
     }},
    {"NegatedProducts",
     [](const Var& x, const Var& y, const Var& z) {
       const Var xz = -(x * z);
       return xz + z * y;
     }},
    {"AProductKnown", [](const Var& x, const Var& y, const Var& z) { return z - x * y; }},
    {"ASquareWrittenOut",
     [](const Var& x, const Var& y, const Var&) {
       const Var xx = x * x;
       const Var xy = (2.0 * x) * y;
       return (xx - xy) + y * y;
     }},
    {"SumsOfBoth",
     [](const Var& x, const Var& y, const Var& z) {
       const Var a = z + 0.3 * x;
       return a - (z + 0.3 * y);
     }},
};

struct Decision {
  std::string name;
  Var (*of)(const Var& d, const Var& x);
};

const Decision kDecisions[] = {
    {"Abs", [](const Var& d, const Var&) { return abs(d); }},
    {"Relu", [](const Var& d, const Var&) { return relu(d); }},
    {"Max", [](const Var& d, const Var& x) { return max(d * 3.0, 0.0) * x; }},
    {"Min", [](const Var& d, const Var&) { return min(d, 0.0); }},
    {"Fdim", [](const Var& d, const Var&) { return fdim(d, 0.0); }},
    {"Sign", [](const Var& d, const Var& x) { return sign(d) * x; }},
    {"Floor", [](const Var& d, const Var& x) { return floor(d) * x; }},
    {"Ceil", [](const Var& d, const Var& x) { return ceil(d) * x; }},
    {"LessEqual", [](const Var& d, const Var& x) { return Where(LessEqual(d, 0.0), x, 5.0 * x); }},
    {"Equal", [](const Var& d, const Var& x) { return Where(Equal(d, 0.0), x, 5.0 * x); }},
    {"Where", [](const Var& d, const Var& x) { return Where(d, x, 5.0 * x); }},
    {"Copysign", [](const Var& d, const Var& x) { return copysign(x, d - 0.0); }},
};

class Ties : public testing::TestWithParam<Tie> {};

std::vector<double> TiedPoint(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(0.5, 1.5);
  std::vector<double> x(3 * kPairs);
  for (size_t i = 0; i < kPairs; ++i) {
    x[i] = x[kPairs + i] = unit(random);
    x[2 * kPairs + i] = x[i] * x[i];
  }
  return x;
}

TEST_P(Ties, AreTheRecordings) {
  for (const Decision& decision : kDecisions) {
    const auto program = [&](absl::Span<const Var> x) {
      Var sum = 0.0;
      for (size_t i = 0; i < kPairs; ++i) {
        const Var d = GetParam().of(x[i], x[kPairs + i], x[2 * kPairs + i]);
        sum += decision.of(d, x[i]);
      }
      return sum;
    };
    FunctionOptions options;
    options.compile_after = 0;
    const std::vector<double> x0 = TiedPoint(1);
    Function compiled = Function::Record(program, x0, options);
    options.compile_after = FunctionOptions::kNever;
    Function interpreted = Function::Record(program, x0, options);
    for (uint64_t seed = 2; seed < 6; ++seed) {
      const std::vector<double> x = TiedPoint(seed);
      std::vector<double> actual(x.size()), expected(x.size());
      const double value = compiled.Gradient(x, absl::MakeSpan(actual));
      EXPECT_NEAR(value, interpreted.Gradient(x, absl::MakeSpan(expected)), 1e-11) << decision.name;
      for (size_t i = 0; i < x.size(); ++i) {
        ASSERT_NEAR(actual[i], expected[i], 1e-13) << decision.name << ", input " << i;
      }
    }
    EXPECT_EQ(compiled.statistics().compiled_evaluations, 4) << decision.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Program, Ties, testing::ValuesIn(kTies),
                         [](const auto& tie) { return tie.param.name; });

}  // namespace
}  // namespace wengert
