// Index is guarded, Freeze is deliberate, plain reads are counted or refused.

#include "wengert/tape/reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using ::testing::HasSubstr;

TEST(ReadsTest, IndexIsTheFloorAndGuardsIt) {
  Tape tape;
  const Var x = tape.Input(2.75);
  EXPECT_EQ(Index(x), 2);
  EXPECT_EQ(Index(-x), -3);
  EXPECT_EQ(Index(Var(7.5)), 7);
  EXPECT_EQ(tape.guards().size(), 2u);
  EXPECT_TRUE(tape.Replay({2.25}).ok());
  const absl::Status flipped = tape.Replay({3.0});
  EXPECT_THAT(std::string(flipped.message()), HasSubstr("floor(node 0) before node 1 was 2"));
}

TEST(ReadsTest, IndexOfNoNumberIsAnError) {
  Tape tape;
  EXPECT_THROW(Index(tape.Input(std::nan(""))), UsageError);
  EXPECT_THROW(Index(tape.Input(1e300)), UsageError);
  EXPECT_TRUE(tape.guards().empty());
}

TEST(ReadsTest, FreezeIsAConstantWithoutGuard) {
  Tape tape;
  const Var x = tape.Input(3.0);
  PrimalReads reads(tape, /*refuse=*/true);
  const Var y = x * Freeze(x);
  EXPECT_TRUE(tape.guards().empty());
  EXPECT_EQ(tape.Backward(y)[x], 3.0);
  EXPECT_EQ(reads.count(), 0);
}

TEST(ReadsTest, PlainReadsOfActiveVarsAreCounted) {
  Tape tape;
  const Var x = tape.Input(3.0);
  (void)x.value();
  PrimalReads reads(tape, /*refuse=*/false);
  (void)x.value();
  (void)Var(1.0).value();
  EXPECT_EQ(reads.count(), 1);
}

TEST(ReadsTest, ReadCountsForTheTapeThatItConcerns) {
  Tape outer_tape;
  const Var x = outer_tape.Input(3.0);
  PrimalReads outer(outer_tape, /*refuse=*/false);
  {
    Tape inner_tape;
    const Var y = inner_tape.Input(2.0);
    PrimalReads inner(inner_tape, /*refuse=*/false);
    (void)x.value();
    (void)y.value();
    (void)y.value();
    EXPECT_EQ(inner.count(), 2);
    EXPECT_EQ(outer.count(), 1);
  }
  Tape unwatched;
  (void)unwatched.Input(1.0).value();
  EXPECT_EQ(outer.count(), 1);
}

// x * y + y is one record of two nodes, so nodes and records are numbered differently.
TEST(ReadsTest, RefusedReadNamesTheNode) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Var y = tape.Input(2.0);
  const Var z = sin(x * y + y);
  PrimalReads reads(tape, /*refuse=*/true);
  try {
    (void)z.value();
    FAIL() << "a read was let through";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("node 4 (sin)"));
    EXPECT_THAT(error.what(), HasSubstr("Freeze"));
  }
  EXPECT_EQ(tape.NodeOf(z, "test"), 4u);
  EXPECT_NE(tape.RecordOf(z, "test"), 4u);
  EXPECT_TRUE(z > -2.0) << "a comparison is not a read";
}

}  // namespace
}  // namespace wengert
