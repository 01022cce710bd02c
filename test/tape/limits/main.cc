// A tape whose indices have 16 bits instead of 32 (WENGERT_INDEX_BITS), at its limits: the last
// record that there is room for still has the right operands, the next one is a UsageError, nothing
// wraps. Built and run by `sh cmake/dev.sh limits`.

#include <functional>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "wengert/derive/products.h"
#include "wengert/derive/retape.h"
#include "wengert/tape/nodes.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

static_assert(WENGERT_INDEX_BITS == 16);
constexpr uint32_t kMost = TapeOptions().max_nodes;
static_assert(kMost == 32768 / 3);

using Vector = std::vector<double>;

// A step of a chain, with constants that no other step has.
struct Chain {
  const char* name;
  std::function<Var(const Var& y, const Var& x, double c)> step;
};

const Chain kChains[] = {
    {"one node", [](const Var& y, const Var& x, double) { return sin(y) * x; }},
    {"two constants", [](const Var& y, const Var&, double c) { return fma(y, 1 + c, c); }},
    {"pairs of constants", [](const Var& y, const Var&, double c) { return y * (1 + c) + c; }},
    {"choices", [](const Var& y, const Var& x, double c) { return x * Where(y, c, -c) + y; }},
    {"tails", [](const Var& y, const Var& x, double c) { return c - (x * y + c - y) * 0.5; }},
    {"products", [](const Var& y, const Var& x, double c) { return y + x * c; }},
};

// Until there is no room; the steps that were made.
int RecordUntilFull(const Chain& chain, const Var& x, Var& y) {
  int steps = 0;
  try {
    for (;; ++steps) y = chain.step(y, x, 1e-4 / (steps + 1));
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("max_nodes"), std::string::npos) << error.what();
  }
  return steps;
}

void ExpectOperandsInRange(const Tape& tape) {
  const auto nodes = tape.nodes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Operand operands[] = {nodes[i].a, nodes[i].b, nodes[i].c};
    for (int k = 0; k < ArityOf(nodes[i].op); ++k) {
      const size_t end = operands[k].is_constant() ? tape.constants().size() : i;
      ASSERT_LT(operands[k].index(), end) << "node " << i;
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
}  // namespace wengert
