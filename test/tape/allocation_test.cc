// A tape that has been used once records, sweeps and decodes the same function without asking for
// memory.

#include <gtest/gtest.h>

#include <vector>

#include "test/support/counting_new.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(AllocationTest, WarmRecordAndGradientAllocateNothing) {
  Tape tape;
  std::vector<Var> x(100);
  std::vector<double> gradient(100);
  const auto record_and_sweep = [&] {
    tape.Clear();
    for (Var& each : x) each = tape.Input(0.5);
    Var s = 0.0;
    for (int k = 0; k < 50; ++k) {
      for (size_t i = 1; i < x.size(); ++i) s += tanh(x[i] * x[i - 1] + s * 0.1) / (1.0 + x[i]);
    }
    tape.Backward(s).Gradient(absl::MakeSpan(gradient));
  };
  record_and_sweep();
  const size_t reserved = tape.reserved_bytes();
  const size_t before = testing::allocations;
  for (int trial = 0; trial < 20; ++trial) record_and_sweep();
  EXPECT_EQ(testing::allocations - before, 0);
  EXPECT_EQ(tape.reserved_bytes(), reserved);
  EXPECT_NE(gradient[0], 0.0);
}

TEST(AllocationTest, WarmNodesAllocateNothing) {
  Tape tape;
  std::vector<Var> x(100);
  size_t nodes = 0;
  const auto record_and_decode = [&](double at) {
    tape.Clear();
    for (Var& each : x) each = tape.Input(at);
    Var s = 0.0;
    for (size_t i = 1; i < x.size(); ++i) {
      if (x[i] < 2.0) s += 3.0 * (x[i] * x[i - 1] + 0.5) / (1.0 + x[i]);
    }
    nodes = tape.size();
    EXPECT_EQ(tape.primals()[tape.NodeOf(s, "test")], tape.Primal(s));
    EXPECT_EQ(tape.guards().size(), 99u);
  };
  record_and_decode(0.5);
  const size_t first = nodes, before = testing::allocations;
  for (int trial = 0; trial < 20; ++trial) record_and_decode(0.1 * trial);
  EXPECT_EQ(testing::allocations - before, 0);
  EXPECT_EQ(nodes, first);
}

}  // namespace
}  // namespace wengert
