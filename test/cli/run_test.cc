#include "cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/points.h"

namespace cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Outcome {
  int status;
  std::string out, errors;
};

Outcome RunWith(const std::vector<absl::string_view>& words, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, errors;
  const int status = Run(words, in, out, errors);
  return {status, out.str(), errors.str()};
}

TEST(RunTest, ValueGradientAndTape) {
  const Outcome run = RunWith({"relu(a*b + 13)", "a=-4", "b=2"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.errors, "");
  EXPECT_EQ(run.out, R"(value  5

gradient
  a  2
  b  -4

node  op     operands  primal  adjoint
  v0  input                -4        2
  v1  input                 2       -4
  v2  mul    v0 v1         -8        1
  v3  add    v2 13          5        1
  v4  relu   v3             5        1
)");
}

TEST(RunTest, TheHessianIsASquareOfNames) {
  const Outcome run = RunWith({"x^2*y", "--hessian", "x=3", "y=0.5"});
  EXPECT_THAT(run.out, HasSubstr("hessian\n     x  y\n  x  1  6\n  y  6  0\n"));
}

TEST(RunTest, APictureIsADigraphOfTheTape) {
  EXPECT_THAT(RunWith({"a*a", "a=3", "--dot"}).out, StartsWith("digraph tape {"));
}

TEST(RunTest, TheProgramOfAnExpressionIsListed) {
  const Outcome run = RunWith({"exp(a)*b", "a=1", "b=2", "--program"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("points at a time"));
  EXPECT_THAT(run.out, HasSubstr(" = exp "));
}

TEST(RunTest, TheProgramOfAFunctionIsADigraph) {
  const Outcome small = RunWith({"exp(a)*b", "a=1", "b=2", "--program-dot"});
  EXPECT_EQ(small.status, 0);
  EXPECT_THAT(small.out, StartsWith("digraph function {"));
  EXPECT_THAT(small.out, HasSubstr("0 of 2 nodes are in loops"));
  std::string sum = "0";
  for (int k = 0; k < 50; ++k) sum += "+sin(a*" + std::to_string(k) + ".5)";
  EXPECT_THAT(RunWith({sum, "a=1", "--program-dot"}).out, HasSubstr("50 x "));
}

TEST(RunTest, CheckSaysWhetherTheGradientIsRight) {
  EXPECT_EQ(RunWith({"exp(a)", "a=1", "--check"}).status, 0);
  const Outcome wrong = RunWith({"floor(a)", "a=2", "--check"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.out, HasSubstr("node 1, floor"));
}

TEST(RunTest, WhatIsNotFiniteIsTracedToItsOperation) {
  EXPECT_THAT(RunWith({"log(a) + 1", "a=-1"}).out, HasSubstr("v1 = log(v0 = -1) = nan"));
}

TEST(RunTest, BadInputIsAnsweredByWordsAndStatus2) {
  const auto error = [](const std::vector<absl::string_view>& words) {
    const Outcome run = RunWith(words);
    EXPECT_EQ(run.status, 2);
    EXPECT_EQ(run.out, "");
    return run.errors;
  };
  EXPECT_THAT(error({}), HasSubstr("no expression is given"));
  EXPECT_THAT(error({"a*b", "a=1"}), HasSubstr("the variable b has no value; add b=<number>"));
  EXPECT_THAT(error({"a", "a=1", "b=1"}), HasSubstr("has no variable b"));
  EXPECT_THAT(error({"a", "a=1", "a=1"}), HasSubstr("given twice"));
  EXPECT_THAT(error({"a", "a=x"}), HasSubstr("expected a number"));
  EXPECT_THAT(error({"a", "--hesian"}), HasSubstr("unknown option --hesian"));
  EXPECT_THAT(error({"a", "+", "b"}), HasSubstr("put the expression in quotes"));
  EXPECT_THAT(error({"a +"}), HasSubstr("^"));
  EXPECT_THAT(error({"--file", "no-such-file"}), HasSubstr("no-such-file can't be opened"));
  EXPECT_THAT(error({"a", "--points"}), HasSubstr("needs a file"));
  EXPECT_THAT(error({"a", "--points", "-", "--dot"}), HasSubstr("--points prints"));
  EXPECT_THAT(error({"a", "a=1", "--svg", "--dot"}), HasSubstr("only one is printed"));
  EXPECT_THAT(error({"a", "a=1", "--program", "--program-dot"}), HasSubstr("only one is printed"));
  EXPECT_THAT(error({"a", "a=1", "--check", "--hessian"}), HasSubstr("only one is printed"));
}

TEST(RunTest, AnExpressionCanComeFromStandardInput) {
  EXPECT_THAT(RunWith({"--file", "-", "a=2"}, "t = a*a; # squared\nt*t\n").out,
              StartsWith("value  16\n"));
}

TEST(RunTest, PointsGetValuesAndGradients) {
  const Outcome run =
      RunWith({"relu(a*b + c)", "--points", "-", "c=3"}, "a, id ,b\n1,x,2\n\n-4,z,2\r\n0.5,y,-1\n");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_EQ(run.out, "a, id ,b,value,d_a,d_b\n1,x,2,5,2,1\n-4,z,2,0,0,0\n0.5,y,-1,2.5,-1,0.5\n");
}

TEST(RunTest, CsvOfSpreadsheetsIsTaken) {
  const Outcome run =
      RunWith({"a*b", "--points", "-"},
              "\xEF\xBB\xBF\"a\",\"the \"\"id\"\", or so\",\"b\"\n\"1\",\"x,y\",2\n");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_EQ(run.out,
            "\"a\",\"the \"\"id\"\", or so\",\"b\",value,d_a,d_b\n\"1\",\"x,y\",2,2,2,1\n");
  EXPECT_EQ(RunWith({"--file", "-", "a=2"},
                    "\xEF\xBB\xBF"
                    "3*a")
                .status,
            0);
}

TEST(RunTest, ANanHasNoSign) {
  const Outcome run = RunWith({"sqrt(a)", "--points", "-"}, "a\n-1\n");
  EXPECT_EQ(run.out, "a,value,d_a\n-1,nan,nan\n");
  EXPECT_THAT(RunWith({"sqrt(a)*log(a)", "a=-1"}).out, Not(HasSubstr("-nan")));
}

TEST(RunTest, TenThousandPointsAreAllTheirOwn) {
  std::string csv = "x\n";
  for (int k = 0; k < 10000; ++k) absl::StrAppend(&csv, k, "\n");
  const Outcome run = RunWith({"x*x + 0.5", "--points=-"}, csv);
  const std::vector<std::string> lines = absl::StrSplit(run.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 10001u);
  for (int k = 0; k < 10000; ++k) {
    const std::vector<std::string> cells = absl::StrSplit(lines[static_cast<size_t>(k) + 1], ',');
    double value = 0, slope = 0;
    ASSERT_TRUE(absl::SimpleAtod(cells.at(1), &value) && absl::SimpleAtod(cells.at(2), &slope));
    ASSERT_EQ(value, 1.0 * k * k + 0.5);
    ASSERT_EQ(slope, 2.0 * k);
  }
}

TEST(RunTest, AFaultInAFileIsNamedByItsPlace) {
  const auto error = [](const std::string& csv) {
    const Outcome run = RunWith({"a*b", "--points", "-"}, csv);
    EXPECT_EQ(run.status, 2);
    return run.errors;
  };
  EXPECT_THAT(error(""), HasSubstr("no line that names the columns"));
  EXPECT_THAT(error("a,c\n"), HasSubstr("standard input:1: no column is called b"));
  EXPECT_THAT(error("a,b,a\n"), HasSubstr("two columns are called a"));
  EXPECT_THAT(error("a,b\n1,2\n1\n"), HasSubstr("standard input:3: 1 cells"));
  EXPECT_THAT(error("a,b\n1,2\n1,two\n"), HasSubstr("column b: \"two\" isn't a number"));
  EXPECT_THAT(error("a,b\n1,1e400\n"), HasSubstr("column b: \"1e400\" isn't a number"));
  EXPECT_THAT(error("a,b\n1,\"2\n"), HasSubstr("column b: \"\"2\" isn't a number"));
}

TEST(RunTest, ACellIsShownInAnErrorByItsBeginning) {
  const Outcome run =
      RunWith({"a", "--points", "-"}, "a\n\x1b[2J" + std::string(100000, 'x') + "\n");
  EXPECT_EQ(run.errors, absl::StrCat("wengert: standard input:2: column a: \" [2J",
                                     std::string(36, 'x'), "...\" isn't a number\n"));
}

TEST(RunTest, AColumnOfANameThatIsAddedIsAnError) {
  const auto error = [](const std::string& csv) {
    const Outcome run = RunWith({"a*b", "b=2", "--points", "-"}, csv);
    EXPECT_EQ(run.out, "");
    return run.errors;
  };
  EXPECT_THAT(error("a,d_a\n1,2\n"), HasSubstr("input:1: a column is called d_a, the name of one"));
  EXPECT_THAT(error("value,a\n1,2\n"), HasSubstr("a column is called value, the name of one"));
  EXPECT_EQ(RunWith({"a*b", "b=2", "--points", "-"}, "a,d_b\n1,2\n").out,
            "a,d_b,value,d_a\n1,2,2,2\n");
}

std::string PaddedTo(size_t length, const std::string& line) {
  return line + std::string(length - line.size(), ' ');
}

TEST(RunTest, TheLengthOfALineIsCapped) {
  const std::string longest = PaddedTo(kLongestCsvLine, "1,");
  for (const char* end : {"", "\n", "\n2,\n"}) {
    const Outcome run = RunWith({"a", "--points", "-"}, "a,\n" + longest + end);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.out, StartsWith("a,,value,d_a\n" + longest + ",1,1\n"));
  }
  const Outcome run = RunWith({"a", "--points", "-"}, "a,\n\n0,\n" + longest + " \n1,\n");
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.out, "a,,value,d_a\n0,,0,1\n");
  EXPECT_EQ(run.errors, "wengert: standard input:4: a line is longer than 1048576 bytes\n");
}

TEST(RunTest, ALineWithoutAnEndIsNotRead) {
  class Endless : public std::streambuf {
   public:
    size_t blocks = 0;

   private:
    int underflow() override {
      ++blocks;
      setg(block_, block_, block_ + sizeof(block_));
      return traits_type::to_int_type(block_[0]);
    }
    char block_[1024] = {};
  };
  Endless endless;
  std::istream in(&endless);
  std::ostringstream out, errors;
  EXPECT_EQ(cli::Run({"a", "--points=-"}, in, out, errors), 2);
  EXPECT_THAT(errors.str(), HasSubstr("standard input:1: a line is longer than"));
  EXPECT_LE(endless.blocks, kLongestCsvLine / 1024 + 1);
}

TEST(RunTest, ManyLongLinesAreAllTheirOwn) {
  std::string csv = "a,\n", expected = "a,,value,d_a\n";
  for (int k = 0; k < 20; ++k) {
    const std::string line = PaddedTo(kLongestCsvLine / 2, absl::StrCat(k, ","));
    absl::StrAppend(&csv, line, "\n");
    absl::StrAppend(&expected, line, ",", k * k, ",", 2 * k, "\n");
  }
  EXPECT_TRUE(RunWith({"a^2", "--points", "-"}, csv).out == expected);
}

TEST(RunTest, AFolderIsNotRead) {
  const std::string folder = ::testing::TempDir();
  EXPECT_EQ(RunWith({"a", "--points", folder}).errors,
            "wengert: " + folder + " is a folder and can't be read\n");
  EXPECT_EQ(RunWith({"--file", folder}).errors,
            "wengert: " + folder + " is a folder and can't be read\n");
}

TEST(RunTest, WhatCanNotBeReadIsAnError) {
  class Broken : public std::streambuf {
    int underflow() override { throw std::ios_base::failure("broken"); }
  };
  Broken broken;
  std::istream in(&broken);
  std::ostringstream out, errors;
  EXPECT_EQ(cli::Run({"a", "--points=-"}, in, out, errors), 2);
  EXPECT_EQ(errors.str(), "wengert: standard input can't be read\n");
}

TEST(RunTest, AnInfinityIsANumberAndANumberBeyondADoubleIsNot) {
  EXPECT_THAT(RunWith({"2*a", "a=-inf"}).out, StartsWith("value  -inf\n"));
  EXPECT_THAT(RunWith({"2*a", "a=1e400"}).errors, HasSubstr("expected a number after ="));
}

TEST(RunTest, OutputThatIsLostIsAnError) {
  class Full : public std::streambuf {  // of a device that is full
    int overflow(int) override { return traits_type::eof(); }
  };
  for (const absl::string_view words : {"a", "--help", "--operations", "--points=-"}) {
    Full full;
    std::istringstream in("a\n1\n");
    std::ostream out(&full);
    std::ostringstream errors;
    EXPECT_EQ(cli::Run({"2*a", words == "a" ? "a=1" : words}, in, out, errors), 2) << words;
    EXPECT_EQ(errors.str(), "wengert: the output can't be written\n") << words;
  }
}

TEST(RunTest, APictureWithoutGraphvizIsAnError) {
  const char* const before = std::getenv("PATH");
  const std::string path = before == nullptr ? "" : before;
  setenv("PATH", "/nowhere", 1);
  const Outcome run = RunWith({"a*a", "a=3", "--svg"});
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("Graphviz's dot isn't installed"));
}

TEST(RunTest, ASavedTapeIsPrintedAsItWas) {
  const std::string file = ::testing::TempDir() + "wengert_run_test.tape";
  const Outcome saved = RunWith({"relu(a*b + 13)", "a=-4", "b=2", "--save", file});
  ASSERT_EQ(saved.status, 0) << saved.errors;
  const Outcome loaded = RunWith({"--load", file});
  EXPECT_EQ(loaded.status, 0) << loaded.errors;
  EXPECT_EQ(loaded.out, "value  5\n" + saved.out.substr(saved.out.find("\nnode")));
  std::ofstream(file, std::ios::app) << "!";
  const Outcome damaged = RunWith({"--load", file});
  EXPECT_EQ(damaged.status, 2);
  EXPECT_THAT(damaged.errors, HasSubstr(file + ": byte 16: expected the length of the file"));
  EXPECT_EQ(RunWith({"--load", file, "a*b"}).status, 2);
  std::remove(file.c_str());
}

TEST(RunTest, TheOperationsAreListed) {
  EXPECT_THAT(RunWith({"--operations"}).out, HasSubstr("\nlogaddexp(a, b)\n"));
}

}  // namespace
}  // namespace cli
