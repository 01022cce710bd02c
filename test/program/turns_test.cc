#include "wengert/program/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wengert::program {
namespace {

// "a 1, bc 3" for a letter an element.
std::string Said(const std::string& letters) {
  const std::vector<uint32_t> sequence(letters.begin(), letters.end());
  std::string text;
  size_t end = 0;
  for (const Turns& turns : TurnsOf(sequence)) {
    EXPECT_EQ(turns.first, end);
    end = turns.end();
    absl::StrAppend(&text, text.empty() ? "" : ", ", letters.substr(turns.first, turns.period), " ",
                    turns.times);
  }
  EXPECT_EQ(end, letters.size());
  return text;
}

TEST(Turns, WhatRepeatsIsSaidOnce) {
  EXPECT_EQ(Said(""), "");
  EXPECT_EQ(Said("abcbcbcdd"), "a 1, bc 3, d 2");
  EXPECT_EQ(Said("ababab"), "ab 3");
  EXPECT_EQ(Said("ababa"), "a 1, b 1, a 1, b 1, a 1");
  EXPECT_EQ(Said("abababa"), "ab 3, a 1");
  EXPECT_EQ(Said("aaab"), "a 3, b 1");
  EXPECT_EQ(Said("abcdefghabcdefghabcdefgh"), "abcdefgh 3");
}

TEST(Turns, MoreThanEightAreOneByOne) {
  EXPECT_EQ(TurnsOf(std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
                                          5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8})
                .size(),
            27u);
}

}  // namespace
}  // namespace wengert::program
