#include "bench/demo/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace bench {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<absl::string_view>;

std::string ErrorOf(const Words& words) {
  return std::string(ParseArguments(words).status().message());
}

TEST(DemoArguments, HaveDefaults) {
  const absl::StatusOr<Arguments> arguments = ParseArguments({});
  ASSERT_TRUE(arguments.ok());
  EXPECT_EQ(arguments->steps, 100);
  EXPECT_EQ(arguments->points, 100);
  EXPECT_FALSE(arguments->help);
}

TEST(DemoArguments, AreReadInBothForms) {
  const absl::StatusOr<Arguments> arguments =
      ParseArguments(Words{"--steps", "7", "--seed=18446744073709551615", "--points=8", "--out=a=b",
                           "--digit-steps=9", "--pixels", "8"});
  ASSERT_TRUE(arguments.ok());
  EXPECT_EQ(arguments->steps, 7);
  EXPECT_EQ(arguments->seed, UINT64_MAX);
  EXPECT_EQ(arguments->points, 8);
  EXPECT_EQ(arguments->digit_steps, 9);
  EXPECT_EQ(arguments->pixels, 8);
  EXPECT_EQ(arguments->out, "a=b");
}

TEST(DemoArguments, AskForHelp) {
  EXPECT_TRUE(ParseArguments(Words{"--help"})->help);
  EXPECT_TRUE(ParseArguments(Words{"--steps=3", "-h"})->help);
}

TEST(DemoArguments, ErrorsNameTheOffender) {
  EXPECT_THAT(ErrorOf({"--stepz", "3"}), HasSubstr("\"--stepz\""));
  EXPECT_THAT(ErrorOf({"fast"}), HasSubstr("\"fast\""));
  EXPECT_THAT(ErrorOf({"--steps"}), HasSubstr("--steps needs a value"));
  EXPECT_THAT(ErrorOf({"--out="}), HasSubstr("--out"));
  EXPECT_THAT(ErrorOf({"--points", "7"}), HasSubstr("even"));
  EXPECT_THAT(ErrorOf({"--pixels", "7"}),
              HasSubstr("--pixels must be a whole number from 8 to 32"));
}

TEST(DemoArguments, NumbersAreWholeAndInRange) {
  for (absl::string_view bad : {"", "0", "1000001", "-1", "+1", " 1", "1e2", "1.5", "0x10", "x",
                                "99999999999999999999999"}) {
    EXPECT_THAT(ErrorOf({"--steps", bad}), HasSubstr("--steps must be a whole number from 1 to"))
        << bad;
  }
}

}  // namespace
}  // namespace bench
