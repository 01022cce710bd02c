// What is linear in an unnamed result goes on in its record, and means what it means alone.

#include <gtest/gtest.h>

#include <utility>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(TailsTest, TailsAreInTheRecordOfWhatTheyAreAddedTo) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(5.0);
  const Var y = 2.0 - (-(x * z + x) - z) * 0.5 + x;
  EXPECT_EQ(tape.records().size, 3u);
  EXPECT_EQ(y.value(), 2.0 + (15.0 + 3.0 + 5.0) * 0.5 + 3.0);
  const Adjoints& grad = tape.Backward(y);
  EXPECT_EQ(grad[x], 0.5 * 5.0 + 0.5 + 1.0);
  EXPECT_EQ(grad[z], 0.5 * 3.0 + 0.5);
  EXPECT_EQ(Listing(tape),
            "node  op     operands  primal\n"
            "  v0  input                 3\n"
            "  v1  input                 5\n"
            "  v2  mul    v0 v1         15\n"
            "  v3  add    v2 v0         18\n"
            "  v4  neg    v3           -18\n"
            "  v5  sub    v4 v1        -23\n"
            "  v6  mul    v5 0.5     -11.5\n"
            "  v7  sub    2 v6        13.5\n"
            "  v8  add    v7 v0       16.5\n");
  EXPECT_EQ(tape.Backward(y).nodes()[4], -0.5);
  ASSERT_TRUE(tape.Replay({1.0, 2.0}).ok());
  EXPECT_EQ(tape.Primal(y), 2.0 + (2.0 + 1.0 + 2.0) * 0.5 + 1.0);
}

TEST(TailsTest, NothingGoesOnInTheRecordOfAResultThatHasAName) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var z = tape.Input(5.0);
  Var kept;
  const auto kept_too = [&] {
    Var r = x * z + z;
    kept = r;
    return r;
  };
  Var y = kept_too() - x;
  const Adjoints& of_kept = tape.Backward(kept);
  EXPECT_EQ(of_kept[x], 5.0);
  EXPECT_EQ(of_kept[y], 0.0);
  EXPECT_EQ(tape.Backward(y)[x], 4.0);
  const Tape::Position mark = tape.Mark();
  y = std::move(y) * 2.0 - z;
  EXPECT_EQ(tape.Backward(y)[x], 8.0);
  tape.Rewind(mark);
  const auto guarded = [&] {
    Var r = x * z + z;
    EXPECT_TRUE(r > 4.0);
    return r;
  };
  const Var w = -guarded();
  EXPECT_EQ(tape.Backward(w)[z], -4.0);
  EXPECT_EQ(tape.nodes()[tape.guards()[0].b.index()].op, Op::kAdd);
}

// A record that has been decoded gets two tails, then others follow.
TEST(TailsTest, ViewFollowsARecordThatGoesOnLater) {
  Tape tape;
  const Var x = tape.Input(3.0);
  Var a = x * x + x;
  EXPECT_EQ(tape.primals()[2], 12.0);
  Var b = std::move(a) - x;
  EXPECT_EQ(tape.size(), 4u);
  EXPECT_EQ(tape.primals()[2], 12.0);
  EXPECT_EQ(tape.primals()[3], 9.0);
  const Var y = 2.0 * std::move(b);
  const Var z = y + x;
  EXPECT_EQ(tape.size(), 6u);
  EXPECT_EQ(tape.primals()[3], 9.0);
  EXPECT_EQ(tape.primals()[4], 18.0);
  EXPECT_EQ(tape.NodeOf(y, "test"), 4u);
  EXPECT_EQ(tape.NodeOf(z, "test"), 5u);
}

// More of them than are decoded in one go, in one record and in many.
TEST(TailsTest, ManyTails) {
  Tape tape;
  const Var x = tape.Input(3.0);
  Var s = x * x + x;
  for (int k = 0; k < 2000; ++k) s = std::move(s) + x;
  EXPECT_LT(tape.records().size, 10u) << "where memory ends, another begins";
  for (int k = 0; k < 2000; ++k) s = 1.0 - (x * x - s + 1.0);
  EXPECT_EQ(tape.Backward(s)[x], 7.0 + 2000.0 - 2000.0 * 6.0);
  EXPECT_EQ(tape.size(), 1u + 2002u + 4u * 2000u);
  EXPECT_EQ(tape.primals()[2001], 12.0 + 3.0 * 1999.0);
  const double y = s.value();
  ASSERT_TRUE(tape.Replay({2.0}).ok());
  ASSERT_TRUE(tape.Replay({3.0}).ok());
  EXPECT_EQ(tape.Primal(s), y);
}

}  // namespace
}  // namespace wengert
