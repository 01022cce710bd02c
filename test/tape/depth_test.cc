// Nothing recurses along the tape: ten million nodes in a chain, a hundred million with
// WENGERT_LONG_TESTS=1, are recorded, swept, replayed, decoded and destroyed on a stack of 64 KiB.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "test/support/small_stack.h"
#include "wengert/derive/products.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

struct Outcome {
  int chain = 0;
  size_t nodes = 0;
  double value = 0.0;
  double slope = 0.0;
  double replayed = 0.0;
  size_t decoded = 0;
  double slope_by_nodes = 0.0;
};

void RecordSweepReplayDestroy(Outcome& outcome) {
  Tape tape;
  const Var x = tape.Input(1.0);
  Var y = x;
  for (int k = 1; k < outcome.chain; ++k) y = y + x;
  outcome.nodes = tape.size();
  outcome.value = y.value();
  outcome.slope = tape.Backward(y)[x];
  if (tape.Replay({2.0}).ok()) outcome.replayed = tape.Primal(y);
  outcome.decoded = tape.nodes().size();
  Workspace workspace;
  Vjp(tape, {&y, 1}, {1.0}, {&outcome.slope_by_nodes, 1}, workspace);
  std::printf("%zu nodes, %zu bytes\n", tape.size(), tape.bytes());
}

TEST(DepthTest, AChainOfMillionsNeedsNoDeeperStackThanOneNode) {
  Outcome outcome;
  outcome.chain = std::getenv("WENGERT_LONG_TESTS") != nullptr ? 100'000'000 : 10'000'000;
  testing::OnASmallStack([&] { RecordSweepReplayDestroy(outcome); });
  EXPECT_EQ(outcome.nodes, static_cast<size_t>(outcome.chain));
  EXPECT_EQ(outcome.value, outcome.chain);
  EXPECT_EQ(outcome.slope, outcome.chain);
  EXPECT_EQ(outcome.replayed, 2.0 * outcome.chain);
  EXPECT_EQ(outcome.decoded, static_cast<size_t>(outcome.chain));
  EXPECT_EQ(outcome.slope_by_nodes, outcome.chain);
}

}  // namespace
}  // namespace wengert
