#include "cli/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/ops/notation.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/record.h"
#include "wengert/tape/tape.h"

namespace cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using wengert::Tape;
using wengert::Var;

double ValueOf(const std::string& text, const std::vector<double>& x = {}) {
  const auto expression = Expression::Parse(text);
  EXPECT_TRUE(expression.ok()) << text << ": " << expression.status();
  if (!expression.ok()) return wengert::kNaN;
  const std::vector<Var> constants(x.begin(), x.end());
  return (*expression)(constants).value();
}

std::string ErrorOf(const std::string& text) {
  const auto expression = Expression::Parse(text);
  EXPECT_FALSE(expression.ok()) << text;
  return std::string(expression.status().message());
}

TEST(ExpressionTest, OperatorsBindAndGroupAsInMathematics) {
  EXPECT_EQ(ValueOf("2 + 3 * 4"), 14.0);
  EXPECT_EQ(ValueOf("(2 + 3) * 4"), 20.0);
  EXPECT_EQ(ValueOf("10 - 4 - 3"), 3.0);
  EXPECT_EQ(ValueOf("48 / 4 / 3"), 4.0);
  EXPECT_EQ(ValueOf("2 ^ 3 ^ 2"), 512.0);
  EXPECT_EQ(ValueOf("-2 ^ 2"), -4.0);
  EXPECT_EQ(ValueOf("2 ^ -1"), 0.5);
  EXPECT_EQ(ValueOf("- -3"), 3.0);
  EXPECT_EQ(ValueOf("2 * -3 - -1"), -5.0);
  EXPECT_EQ(ValueOf("1 + 1 < 3"), 1.0);
  EXPECT_EQ(ValueOf("3 > 2"), 1.0);
  EXPECT_EQ(ValueOf("2 >= 3"), 0.0);
  EXPECT_EQ(ValueOf("2 <= 2"), 1.0);
  EXPECT_EQ(ValueOf("(1 == 1) + 1"), 2.0);
  EXPECT_EQ(ValueOf("1.5e-3 * .5"), 0.00075);
}

TEST(ExpressionTest, VariablesAreNumberedByFirstAppearance) {
  const auto expression = Expression::Parse("b*x_1 + A - b");
  ASSERT_TRUE(expression.ok());
  EXPECT_THAT(expression->variables(), ElementsAre("b", "x_1", "A"));
  EXPECT_EQ(ValueOf("b*x_1 + A - b", {2.0, 3.0, 10.0}), 14.0);
}

TEST(ExpressionTest, ADefinitionIsRecordedOnce) {
  const auto expression = Expression::Parse("t = exp(a); # shared\n u = t*t;\n u + u*t");
  ASSERT_TRUE(expression.ok());
  EXPECT_THAT(expression->variables(), ElementsAre("a"));
  Tape tape;
  const Var y = (*expression)(tape.Inputs({0.5}));
  EXPECT_EQ(tape.size(), 5u);
  EXPECT_DOUBLE_EQ(y.value(), std::exp(1.0) + std::exp(1.5));
  EXPECT_DOUBLE_EQ(tape.Backward(y).Gradient()[0], 2 * std::exp(1.0) + 3 * std::exp(1.5));
}

TEST(ExpressionTest, EveryOperationOfTheTableCanBeCalled) {
  int called = 0;
  for (const wengert::OpName& each : wengert::OpNames()) {
    wengert::VisitOp(each.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) {
        const std::string text = absl::StrCat(each.name, R::arity == 1   ? "(a)"
                                                         : R::arity == 2 ? "(a, b)"
                                                                         : "(a, b, c)");
        std::vector<double> x = {0.75, 1.25, 0.5};
        double expected = 0.0;
        if constexpr (R::arity == 1) expected = R::Value(x[0]);
        if constexpr (R::arity == 2) expected = R::Value(x[0], x[1]);
        if constexpr (R::arity == 3) expected = R::Value(x[0], x[1], x[2]);
        x.resize(R::arity);
        const double value = ValueOf(text, x);
        EXPECT_TRUE(value == expected || (std::isnan(value) && std::isnan(expected))) << text;
        ++called;
      }
    });
  }
  EXPECT_EQ(called, wengert::kOpCount - 1);
}

TEST(ExpressionTest, OneNameMayBelongToOperationsOfDifferentArity) {
  EXPECT_EQ(ValueOf("hypot(3, 4)"), 5.0);
  EXPECT_EQ(ValueOf("hypot(2, 3, 6)"), 7.0);
  EXPECT_EQ(ValueOf("fmax(3, 4)"), 4.0);
}

TEST(ExpressionTest, AnErrorShowsItsPlace) {
  EXPECT_EQ(ErrorOf("a + * b"),
            "line 1, column 5: expected a number, a variable or '('\n  a + * b\n      ^");
  EXPECT_EQ(ErrorOf("t = a;\nt + sine(t)"),
            "line 2, column 5: no operation is called sine; is it sin?\n  t + sine(t)\n      ^");
}

TEST(ExpressionTest, ErrorsSayWhatIsWrong) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("the text ends"));
  EXPECT_THAT(ErrorOf("a +"), HasSubstr("the text ends"));
  EXPECT_THAT(ErrorOf("(a"), HasSubstr("isn't closed"));
  EXPECT_THAT(ErrorOf("exp(a"), HasSubstr("isn't closed"));
  EXPECT_THAT(ErrorOf("a)"), HasSubstr("nothing was opened"));
  EXPECT_THAT(ErrorOf("a, b"), HasSubstr("nothing was opened"));
  EXPECT_THAT(ErrorOf("(a, b)"), HasSubstr("outside the brackets of a call"));
  EXPECT_THAT(ErrorOf("exp(a, b)"), HasSubstr("exp takes 1 operand, not 2"));
  EXPECT_THAT(ErrorOf("exp()"), HasSubstr("expected a number"));
  EXPECT_THAT(ErrorOf("qwertyuiop(a)"), HasSubstr("no operation is called qwertyuiop"));
  EXPECT_THAT(ErrorOf("a b"), HasSubstr("expected an operator"));
  EXPECT_THAT(ErrorOf("2a"), HasSubstr("expected an operator"));
  EXPECT_THAT(ErrorOf("1e999"), HasSubstr("beyond a double"));
  EXPECT_THAT(ErrorOf("a < b < c"), HasSubstr("comparisons don't chain"));
  EXPECT_THAT(ErrorOf("a; b"), HasSubstr("only a definition"));
  EXPECT_THAT(ErrorOf("t = a;"), HasSubstr("the text ends"));
  EXPECT_THAT(ErrorOf("t = a"), HasSubstr("an expression is due"));
  EXPECT_THAT(ErrorOf("t = t + 1; t"), HasSubstr("needs itself"));
  EXPECT_THAT(ErrorOf("t = 1; t = 2; t"), HasSubstr("has a meaning already"));
  EXPECT_THAT(ErrorOf("a $ b"), HasSubstr("expected an operator"));
}

TEST(ExpressionTest, LengthAndDepthAreCapped) {
  const auto status = [](const std::string& text) { return Expression::Parse(text).status(); };
  EXPECT_TRUE(absl::IsResourceExhausted(status(std::string(1000000, '('))));
  EXPECT_TRUE(absl::IsResourceExhausted(status(std::string(1000000, '-'))));
  EXPECT_TRUE(absl::IsResourceExhausted(status(std::string((1 << 20) + 1, ' '))));
  std::string tower = "2";
  for (int k = 0; k < 20000; ++k) tower += "^1";
  EXPECT_TRUE(absl::IsResourceExhausted(status(tower)));
}

TEST(ExpressionTest, ALongSumNeedsNoDepth) {
  std::string sum = "1";
  for (int k = 1; k < 200000; ++k) sum += "+1";
  EXPECT_EQ(ValueOf(sum), 200000.0);
}

TEST(ExpressionTest, NoTextCrashesTheParser) {
  const std::vector<std::string> words = {"a",  "b", "1",   "(", ")", ",", "+",    "-",   "*", "/",
                                          "^",  "<", "<=",  "=", ";", "#", "exp(", "pow", " ", "\n",
                                          "2.", "t", "t =", "$", "e", "E", "fma(", "&"};
  std::mt19937_64 random(7);
  int parsed = 0;
  for (int k = 0; k < 100000; ++k) {
    std::string text;
    for (uint64_t length = random() % 12; length > 0; --length) {
      text += words[random() % words.size()];
    }
    const auto expression = Expression::Parse(text);
    if (!expression.ok()) {
      EXPECT_FALSE(expression.status().message().empty()) << text;
      continue;
    }
    ++parsed;
    Tape tape;
    const std::vector<double> x(expression->variables().size(), 0.5);
    (*expression)(tape.Inputs(x));
  }
  EXPECT_GT(parsed, 1000);
}

}  // namespace
}  // namespace cli
