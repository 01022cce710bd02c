// A tape whose indices have 16 bits instead of 32 (WENGERT_INDEX_BITS), at its limits: the last
// record that there is room for still has the right operands, the next one is a UsageError, nothing
// wraps. Built and run by `sh cmake/dev.sh limits`.

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "test/tape/limits/chains.h"
#include "wengert/derive/products.h"
#include "wengert/derive/retape.h"
#include "wengert/tape/nodes.h"
#include "wengert/wengert.h"

namespace wengert::limits {
namespace {

constexpr uint32_t kMost = TapeOptions().max_nodes;
static_assert(kMost == 32768 / 3);

void ExpectOperandsInRange(const Tape& tape) {
  const auto nodes = tape.nodes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const Operand operand : nodes[i].arguments()) {
      const size_t end = operand.is_constant() ? tape.constants().size() : i;
      ASSERT_LT(operand.index(), end) << "node " << i;
    }
  }
}

TEST(Limits, TheLastRecordIsAsGoodAsTheFirst) {
  for (const Chain& chain : kChains) {
    SCOPED_TRACE(chain.name);
    Tape tape;
    const Var x = tape.Input(0.75);
    Var y = x;
    const int steps = RecordUntilFull(chain, x, y);
    std::printf("%s: %d steps, %d nodes, %d constants\n", chain.name, steps,
                static_cast<int>(tape.nodes().size()), static_cast<int>(tape.constants().size()));
    EXPECT_GE(tape.nodes().size(), kMost);
    ExpectOperandsInRange(tape);

    double expected = 0.75;  // the same chain of constants
    Var constant = expected;
    for (int k = 0; k < steps; ++k) constant = chain.step(constant, 0.75, 1e-4 / (k + 1));
    EXPECT_EQ(y.value(), constant.value());

    const double slope = tape.Backward(y)[x];
    Workspace workspace;
    Vector by_nodes(1);
    Vjp(tape, {&y, 1}, Vector{1.0}, absl::MakeSpan(by_nodes), workspace);
    EXPECT_NEAR(by_nodes[0], slope, 1e-9 * std::abs(slope));
    ASSERT_TRUE(tape.Replay({0.75}).ok());
    EXPECT_EQ(tape.Primal(y), constant.value());
    EXPECT_THROW(tape.Input(1.0), UsageError);
    EXPECT_EQ(tape.Backward(y)[x], slope);
  }
}

TEST(Limits, ATapeThatIsFullIsRewoundAndGoesOn) {
  Tape tape;
  const Var x = tape.Input(0.5);
  const Tape::Position mark = tape.Mark();
  for (int round = 0; round < 3; ++round) {
    Var y = x;
    EXPECT_GT(RecordUntilFull(kChains[round], x, y), 1000);
    tape.Rewind(mark);
    EXPECT_EQ(tape.Backward(x * x)[x], 1.0);
    tape.Rewind(mark);
  }
}

TEST(Limits, ADerivativeThatHasNoRoomIsAnError) {
  Tape tape;
  const Var x = tape.Input(0.75);
  Var y = x;
  RecordUntilFull(kChains[0], x, y);
  tape.Stop();
  const double slope = tape.Backward(y)[x];
  EXPECT_THROW(Retape(tape, y), UsageError);
  EXPECT_EQ(tape.Backward(y)[x], slope);
}

}  // namespace
}  // namespace wengert::limits
