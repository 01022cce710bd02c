// The sweep over records where it takes shortcuts: a node that is the record before, named or not,
// and codes that repeat. All numbers are exact in binary.

#include <gtest/gtest.h>

#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(ReverseRecordsTest, NamedOperandIsTheRecordBefore) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var a = x * 2.0;
  const Var b = a * 4.0;  // of a, the record before
  const Var c = 8.0 / b;  // of b
  const Var d = abs(c);   // of c
  const Var y = d + a;    // a again: two contributions
  const Adjoints& grad = tape.Backward(y);
  const double dc_db = -8.0 / (16.0 * 16.0);
  EXPECT_EQ(grad[d], 1.0);
  EXPECT_EQ(grad[c], 1.0);
  EXPECT_EQ(grad[b], dc_db);
  EXPECT_EQ(grad[a], 1.0 + 4.0 * dc_db);
  EXPECT_EQ(grad[x], 2.0 * (1.0 + 4.0 * dc_db));
}

TEST(ReverseRecordsTest, NamedOperandIsAnEarlierRecord) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var a = x * 2.0;
  const Var between = x * 16.0;
  const Var b = a * 4.0;
  const Var y = b * between;
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[between], 24.0);
  EXPECT_EQ(grad[b], 48.0);
  EXPECT_EQ(grad[a], 192.0);
  EXPECT_EQ(grad[x], 192.0 * 2.0 + 24.0 * 16.0);
}

TEST(ReverseRecordsTest, FirstInputHasNoRecordBefore) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var y = x * 2.0;
  EXPECT_EQ(tape.Backward(y)[x], 2.0);
  EXPECT_EQ(tape.Backward(x)[x], 1.0);
}

// Runs of one code, of every length up to 8, with another code between them.
TEST(ReverseRecordsTest, RepeatedCodes) {
  for (int length = 0; length <= 8; ++length) {
    Tape tape;
    std::vector<Var> x;
    for (int k = 0; k < 2 * length + 1; ++k) x.push_back(tape.Input(k + 1.0));
    Var s = x[0];
    std::vector<Var> sums;
    for (int run = 0; run < 3; ++run) {
      for (int k = 1; k <= length; ++k) {
        s = s + x[2 * k - 1] * x[2 * k];
        sums.push_back(s);
      }
      s = s * 2.0;
    }
    const Adjoints& grad = tape.Backward(s);
    EXPECT_EQ(grad[x[0]], 8.0);
    for (int k = 1; k <= length; ++k) {
      EXPECT_EQ(grad[x[2 * k - 1]], 14.0 * x[2 * k].value()) << length << " " << k;
      EXPECT_EQ(grad[x[2 * k]], 14.0 * x[2 * k - 1].value()) << length << " " << k;
    }
    for (size_t k = 0; k < sums.size(); ++k) {
      EXPECT_EQ(grad[sums[k]], 8 >> (k / length)) << length << " " << k;
    }
  }
}

TEST(ReverseRecordsTest, RepeatedTails) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs({1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0});
  const Var scaled = x[0] * 4.0;
  const Var y =
      x[7] - (x[6] - (-(-(scaled * x[1] + x[2] + x[3] + x[4]) * 2.0 * 4.0) + x[5] + x[5]));
  const Adjoints& grad = tape.Backward(y);
  const std::vector<double> expected = {64.0, 32.0, 8.0, 8.0, 8.0, 2.0, -1.0, 1.0};
  EXPECT_EQ(grad.Gradient(), expected);
}

}  // namespace
}  // namespace wengert
