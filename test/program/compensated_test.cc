// Code that computes with its own rounding errors: compiled, it has the recording's bits.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using Vars = std::vector<Var>;

constexpr size_t kCount = 203;

struct Formula {
  std::string name;
  Vars (*of)(const Vars& a, const Vars& b);
};
void PrintTo(const Formula& formula, std::ostream* out) { *out << formula.name; }

struct Two {
  Var value, error;
};

// One operation a statement: else their order would be the compiler's choice.
Two TwoSum(const Var& a, const Var& b) {
  const Var s = a + b;
  const Var b_there = s - a;
  const Var a_there = s - b_there;
  const Var a_error = a - a_there;
  const Var b_error = b - b_there;
  return {s, a_error + b_error};
}

Two Halves(const Var& a) {
  const Var c = 134217729.0 * a;
  const Var high = c - (c - a);
  return {high, a - high};
}

// Dekker's.
Two TwoProduct(const Var& a, const Var& b) {
  const Two x = Halves(a), y = Halves(b);
  const Var p = a * b;
  const Var high = x.value * y.value - p;
  const Var middle = x.value * y.error;
  const Var other = x.error * y.value;
  return {p, ((high + middle) + other) + x.error * y.error};
}

const Formula kFormulas[] = {
    {"PartialSums",
     [](const Vars& a, const Vars&) {
       Vars y;
       Var s = 0.0;
       for (const Var& each : a) y.push_back(s = s + each);
       return y;
     }},
    {"PartialSumsOfProducts",
     [](const Vars& a, const Vars& b) {
       Vars y;
       Var s = 0.0;
       for (size_t i = 0; i < a.size(); ++i) y.push_back(s = s - a[i] * b[i]);
       return y;
     }},
    {"SeveralTermsAnIteration",
     [](const Vars& a, const Vars& b) {
       Vars y;
       Var s = 0.5;
       for (size_t i = 0; i < a.size(); ++i) {
         const Var t = b[i] + s;
         const Var u = t - a[i];
         s = a[i] + (u - 0.25);
         y.push_back(t * 2.0);
         y.push_back(s);
       }
       return y;
     }},
    {"FmaIntoASum",
     [](const Vars& a, const Vars& b) {
       Vars y;
       Var s = 0.0;
       for (size_t i = 0; i < a.size(); ++i) y.push_back(s = fma(a[i], b[i], s));
       return y;
     }},
    {"ErrorsOfASum",
     [](const Vars& a, const Vars&) {
       Vars y;
       Var s = 0.0;
       for (const Var& each : a) {
         const Two sum = TwoSum(s, each);
         y.push_back(sum.error);
         s = sum.value;
       }
       return y;
     }},
    {"Kahan",
     [](const Vars& a, const Vars&) {
       Vars y;
       Var s = 0.0, c = 0.0;
       for (const Var& each : a) {
         const Var next = each - c;
         const Var t = s + next;
         c = (t - s) - next;
         y.push_back(s = t);
       }
       return y;
     }},
    {"SumAndBack",
     [](const Vars& a, const Vars& b) {
       Vars y;
       for (size_t i = 0; i < a.size(); ++i) y.push_back((a[i] + b[i]) - a[i]);
       return y;
     }},
    {"GrowingDifferences",
     [](const Vars& a, const Vars& b) {
       Vars y;
       Var h = a[0];
       for (size_t i = 0; i < a.size(); ++i) {
         h = (h - a[i]) * 2.0 + b[i];
         y.push_back(h);
       }
       return y;
     }},
    {"TwoSums",
     [](const Vars& a, const Vars& b) {
       Vars y;
       for (size_t i = 0; i < a.size(); ++i) y.push_back(TwoSum(a[i], b[i]).error);
       return y;
     }},
    {"ProductsByFma",
     [](const Vars& a, const Vars& b) {
       Vars y;
       for (size_t i = 0; i < a.size(); ++i) {
         const Var p = a[i] * b[i];
         y.push_back(fma(a[i], b[i], -p));
       }
       return y;
     }},
    {"ProductsByFmaUsed",
     [](const Vars& a, const Vars& b) {
       Vars y;
       for (size_t i = 0; i < a.size(); ++i) {
         const Var p = a[i] * b[i];
         y.push_back(p);
         y.push_back(fma(a[i], b[i], -p));
       }
       return y;
     }},
    {"Differences",
     [](const Vars& a, const Vars& b) {
       Vars y;
       for (size_t i = 0; i + 1 < a.size(); ++i) {
         const Var p = a[i] * b[i + 1];
         y.push_back(p - b[i] * a[i + 1]);
       }
       return y;
     }},
    {"DifferencesOfSquares",
     [](const Vars& a, const Vars& b) {
       Vars y;
       for (size_t i = 0; i < a.size(); ++i) {
         const Var p = square(a[i]);
         y.push_back(p + -square(b[i]));
       }
       return y;
     }},
};

class Compensated : public testing::TestWithParam<Formula> {};

// Of all sizes, half of them as in the other column but for their last bits.
std::vector<double> Point(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(-1.0, 1.0);
  std::vector<double> x;
  for (size_t i = 0; i < kCount; ++i) x.push_back(unit(random) * std::exp2(40.0 * unit(random)));
  for (size_t i = 0; i < kCount; ++i) {
    const bool is_near = i % 2 == 0;
    x.push_back(is_near ? -x[i] * (1.0 + 0x1p-48 * unit(random)) : unit(random));
  }
  return x;
}

TEST_P(Compensated, HasTheRecordingsBits) {
  Tape tape;
  Vars a, b;
  const std::vector<double> start = Point(1);
  for (size_t i = 0; i < start.size(); ++i) (i < kCount ? a : b).push_back(tape.Input(start[i]));
  const Vars outputs = GetParam().of(a, b);
  std::vector<Operand> dependents;
  for (const Var& y : outputs) dependents.push_back(Operand::Node(tape.NodeOf(y, "test")));
  for (const LaneKernels& kernels : AvailableKernels()) {
    const auto compiled = Compiled::Compile(tape, start.size(), dependents,
                                            {.kernels = &kernels, .only_if_faster = false});
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    const auto workspace = (*compiled)->MakeWorkspace();
    for (uint64_t seed = 2; seed < 12; ++seed) {
      const std::vector<double> x = Point(seed);
      std::vector<double> y(outputs.size());
      ASSERT_TRUE(tape.Replay(x).ok());
      ASSERT_TRUE((*compiled)->Values(x, *workspace, absl::MakeSpan(y)));
      for (size_t i = 0; i < y.size(); ++i) {
        ASSERT_EQ(std::bit_cast<uint64_t>(y[i]), std::bit_cast<uint64_t>(tape.Primal(outputs[i])))
            << "output " << i << " by " << kernels.name << ": " << y[i] << " instead of "
            << tape.Primal(outputs[i]);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Program, Compensated, testing::ValuesIn(kFormulas),
                         [](const auto& formula) { return formula.param.name; });

double Evaluated(Var (*program)(absl::Span<const Var>), const std::vector<double>& x) {
  FunctionOptions options;
  options.compile_after = 0;
  Function function =
      Function::Record([&](absl::Span<const Var> inputs) { return program(inputs); }, x, options);
  std::vector<double> gradient(x.size());
  const double value = function.Gradient(x, absl::MakeSpan(gradient));
  EXPECT_EQ(function.statistics().compiled_evaluations, 1);
  EXPECT_EQ(value, function.Value(x));
  return value;
}

// The sum of errors is added in packs, so its last bits are its own.
TEST(CompensatedTest, NeumaiersSumKeepsItsDigits) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  std::vector<double> x(1000);
  long double exact = 0.0;
  for (double& each : x) each = unit(random);
  x.front() = 1e16;
  x.back() = -1e16;
  for (double each : x) exact += each;
  const auto neumaier = [](absl::Span<const Var> a) {
    Var s = 0.0, errors = 0.0;
    for (const Var& each : a) {
      const Two sum = TwoSum(s, each);
      errors += sum.error;
      s = sum.value;
    }
    return s + errors;
  };
  EXPECT_NEAR(Evaluated(neumaier, x), static_cast<double>(exact), 1e-2);  // x0 + 0.5 isn't x0
}

// (h - m) c is c h - c m in a chain: rounding that only a factor above 1 lets grow.
TEST(CompensatedTest, AFactorAboveOneIsLeftToTheNodes) {
  const auto program = [](absl::Span<const Var> x, absl::Span<const Var> p) {
    Var h = x[0], sum = 0.0;
    for (size_t i = 1; i < x.size(); ++i) {
      h = (h - x[i]) * p[0] + x[x.size() - i];
      sum += exp(1e-3 * h);
    }
    return sum;
  };
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  std::vector<double> x(200), gradient(200);
  for (double& each : x) each = unit(random);
  const std::vector<double> start = {0.5};
  const Function f = Function::Record(program, x, start, {.compile_after = 0});
  const Function g =
      Function::Record(program, x, start, {.compile_after = FunctionOptions::kNever});
  for (double factor : {0.5, 1.0, -1.0, 1.01}) {
    const int64_t before = f.statistics().compiled_evaluations;
    const std::vector<double> p = {factor};
    const double value = f.Gradient({x, p}, absl::MakeSpan(gradient));
    const double expected = g.Gradient({x, p}, absl::MakeSpan(gradient));
    EXPECT_NEAR(value, expected, 1e-12 * std::fabs(expected));
    EXPECT_EQ(f.statistics().compiled_evaluations - before, std::fabs(factor) > 1.0 ? 0 : 1)
        << factor;
  }
}

TEST(CompensatedTest, DotProductAsIfInTwiceThePrecision) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  std::vector<double> x(400);
  for (double& each : x) each = normal(random) * 1e8;
  for (size_t i = 0; i < 200; i += 2) {
    x[i + 1] = x[i];
    x[200 + i + 1] = -x[200 + i] * (1.0 + 0x1p-50 * static_cast<double>(i % 5));
  }
  long double exact = 0.0;
  for (size_t i = 0; i < 200; ++i) exact += static_cast<long double>(x[i]) * x[200 + i];
  const auto dot = [](absl::Span<const Var> a) {
    Var s = 0.0, errors = 0.0;
    for (size_t i = 0; i < 200; ++i) {
      const Two product = TwoProduct(a[i], a[200 + i]);
      const Two sum = TwoSum(s, product.value);
      const Var error = product.error + sum.error;
      errors += error;
      s = sum.value;
    }
    return s + errors;
  };
  const auto expected = static_cast<double>(exact);
  EXPECT_NEAR(Evaluated(dot, x), expected, std::abs(expected) * 1e-3);
}

}  // namespace
}  // namespace wengert::program
