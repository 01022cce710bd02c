// Linear recurrences whose coefficients, multiplied with each other, leave the range of doubles,
// where what they carry doesn't. Of neighbours a program notices in time, of factors of one
// iteration it leaves the point to the nodes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using Inputs = absl::Span<const Var>;

constexpr size_t kCount = 64;  // of each of three columns

struct Recurrence {
  std::string name;
  Var (*next)(const Var& h, const Var& a, const Var& b, const Var& c);
  bool has_products;  // of factors of one iteration
};

const Recurrence kRecurrences[] = {
    {"Product", [](const Var& h, const Var& a, const Var&, const Var&) { return h * a; }, false},
    {"Linear", [](const Var& h, const Var& a, const Var&, const Var& c) { return h * a + c; },
     false},
    {"FromBelow", [](const Var& h, const Var& a, const Var&, const Var& c) { return c - h * a; },
     false},
    {"TwoFactors",
     [](const Var& h, const Var& a, const Var& b, const Var& c) { return (h * a) * b + c; }, true},
    {"ThreeFactors",
     [](const Var& h, const Var& a, const Var& b, const Var&) { return ((h * a) * b) * (1.0 / b); },
     true},
    {"SumOfTwo",
     [](const Var& h, const Var& a, const Var& b, const Var& c) {
       const Var first = (h * a) * b;
       return first + (h * b) * c;
     },
     true},
};

class RecurrenceRange : public testing::TestWithParam<Recurrence> {
 protected:
  RecurrenceRange() {
    const auto program = [](Inputs x) {
      Var h = x[0];
      std::vector<Var> y;
      for (size_t k = 1; k < kCount; ++k) {
        h = GetParam().next(h, x[k], x[kCount + k], x[2 * kCount + k]);
        y.push_back(h);
      }
      return y;
    };
    const std::vector<double> x0 = Ones();
    FunctionOptions options;
    options.compile_after = 0;
    compiled_.emplace(Function::Record(program, x0, options));
    options.compile_after = FunctionOptions::kNever;
    interpreted_.emplace(Function::Record(program, x0, options));
  }

  int64_t compiled_evaluations() const { return compiled_->statistics().compiled_evaluations; }

  static std::vector<double> Ones() {
    std::vector<double> x(3 * kCount, 1.0);
    for (size_t k = 0; k < kCount; ++k) x[2 * kCount + k] = 1e-307;
    return x;
  }

  void ExpectSame(const std::vector<double>& x, bool with_gradient = true) {
    std::vector<double> actual(kCount - 1), expected(kCount - 1);
    compiled_->Values(x, absl::MakeSpan(actual));
    interpreted_->Values(x, absl::MakeSpan(expected));
    ExpectNear(actual, expected, expected);
    if (!with_gradient) return;
    std::vector<double> w(kCount - 1), gradient(x.size()), tape_gradient(x.size());
    w[20] = 1.0;
    compiled_->Vjp(x, w, absl::MakeSpan(gradient));
    interpreted_->Vjp(x, w, absl::MakeSpan(tape_gradient));
    std::vector<double> terms =
        tape_gradient;  // where they cancel, they are y / x and its opposite
    for (size_t i = 0; i < x.size(); ++i) {
      if (x[i] != 0.0) terms[i] = std::max(std::abs(terms[i]), std::abs(expected[20] / x[i]));
    }
    ExpectNear(gradient, tape_gradient, terms);
  }

  static void ExpectNear(const std::vector<double>& actual, const std::vector<double>& expected,
                         const std::vector<double>& terms) {
    for (size_t i = 0; i < actual.size(); ++i) {
      if (actual[i] == expected[i]) continue;
      ASSERT_NEAR(actual[i], expected[i], 1e-13 * std::abs(terms[i])) << "at " << i;
    }
  }

  std::optional<Function> compiled_, interpreted_;
};

TEST_P(RecurrenceRange, OrdinaryNumbers) {
  std::vector<double> x = Ones();
  ExpectSame(x);
  for (size_t k = 0; k < kCount; ++k) x[k] = 0.9 + 0.003 * static_cast<double>(k);
  ExpectSame(x);
  x[10] = x[30] = 0.0;
  ExpectSame(x);
  EXPECT_EQ(compiled_evaluations(), 3);
}

TEST_P(RecurrenceRange, FactorsOfNeighboursUnderflow) {
  std::vector<double> x = Ones();
  x[0] = 1e300;
  for (size_t k = 13; k < 17; ++k) x[k] = 1e-100;
  ExpectSame(x);
  EXPECT_EQ(compiled_evaluations(), 1);
}

TEST_P(RecurrenceRange, FactorsOfAnIterationUnderflow) {
  std::vector<double> x = Ones();
  x[0] = 1e300;
  for (size_t k : {size_t{10}, size_t{40}}) x[k] = x[kCount + k] = 1e-200;
  for (size_t k : {size_t{20}, size_t{45}}) x[k] = 1e150;
  ExpectSame(x, false);  // a sweep over records multiplies partials, too
  EXPECT_EQ(compiled_evaluations(), GetParam().has_products ? 0 : 1);
}

TEST_P(RecurrenceRange, ProductsOfBothSizes) {
  std::vector<double> x = Ones();
  x[0] = 1e-200;
  for (size_t k = 5; k < 45; ++k) x[k] = k / 5 % 2 == 0 ? 1e-60 : 1e60;
  ExpectSame(x);
}

INSTANTIATE_TEST_SUITE_P(Program, RecurrenceRange, testing::ValuesIn(kRecurrences),
                         [](const auto& recurrence) { return recurrence.param.name; });

}  // namespace
}  // namespace wengert
