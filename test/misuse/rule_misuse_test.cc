// What a rule of a user-defined operation may not do with the tapes that are at work while it runs,
// and what a tape that was replayed elsewhere refuses.

#include <functional>
#include <memory>
#include <vector>

#include "test/support/misuse.h"

namespace wengert {
namespace {

using testing::ExpectMisuse;

constexpr testing::Message kElsewhere = {"arithmetic on Var", "replayed at another point",
                                         "at their point"};

TEST(ReplayMisuse, RecordingAtAnotherPoint) {
  Tape tape;
  const Var x = tape.Input(2.0), y = x * x;
  const Tape::Position mark = tape.Mark();
  ASSERT_TRUE(tape.Replay({-5.0}).ok());
  const size_t nodes = tape.size();
  ExpectMisuse("an operation", kElsewhere, [&] { (void)(y * x); });
  ExpectMisuse("with a constant", kElsewhere, [&] { (void)(y * 2.0); });
  ExpectMisuse("of one operand", kElsewhere, [&] { (void)sin(y); });
  ExpectMisuse("of three", kElsewhere, [&] { (void)fma(x, y, x); });
  ExpectMisuse("a comparison", kElsewhere, [&] { (void)(x < y); });
  ExpectMisuse("an input", kElsewhere, [&] { tape.Input(1.0); });
  const CustomOperation twice({.value = [](auto in, auto out) { out[0] = 2 * in[0]; }});
  ExpectMisuse("a user's operation", kElsewhere, [&] { (void)twice({&x, 1}); });
  tape.Mark();
  tape.Rewind(mark);
  ExpectMisuse("after a rewind", kElsewhere, [&] { (void)(y + x); });
  EXPECT_EQ(tape.size(), nodes);
  EXPECT_TRUE(tape.guards().empty());
  EXPECT_EQ(tape.Primal(y), 25.0);
  EXPECT_EQ(tape.Backward(y)[x], -10.0);
}

TEST(ReplayMisuse, RecordingGoesOnWhereTheVarsAre) {
  Tape tape;
  const Var x = tape.Input(2.0);
  Var y = x * x;
  ASSERT_TRUE(tape.Replay({2.0}).ok());
  y = y * x;
  ASSERT_TRUE(tape.Replay({-5.0}).ok());
  ASSERT_TRUE(tape.Replay({3.0}).ok());
  ASSERT_TRUE(tape.Replay({2.0}).ok());
  y = y * x;
  EXPECT_EQ(tape.Primal(y), 16.0);
  EXPECT_EQ(tape.Backward(y)[x], 32.0);
  ASSERT_TRUE(tape.Replay({1.0}).ok());
  tape.Clear();
  const Var z = tape.Input(5.0);
  EXPECT_EQ(tape.Backward(z * z)[z], 10.0);
}

// y = 2 x by rules that do something else besides.
class Meddling {
 public:
  std::function<void()> in_value = [] {}, in_vjp = [] {}, in_taped_vjp = [] {};

  Var operator()(const Var& x) const {
    const CustomOperation twice({.value =
                                     [this](auto in, auto out) {
                                       out[0] = 2 * in[0];
                                       in_value();
                                     },
                                 .vjp =
                                     [this](auto, auto, auto y_bar, auto x_bar) {
                                       x_bar[0] = 2 * y_bar[0];
                                       in_vjp();
                                     },
                                 .taped_vjp =
                                     [this](auto, auto, auto y_bar) {
                                       in_taped_vjp();
                                       return std::vector<Var>{2.0 * y_bar[0]};
                                     }});
    return twice({&x, 1})[0];
  }
};

constexpr testing::Message Refused(const char* where) {
  return {where, "a rule of a user-defined operation runs", "a Tape of their own"};
}

TEST(RuleMisuse, MeddlingWithTheTape) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Tape::Position mark = tape.Mark();
  Meddling twice;
  const Var y = twice(x);
  const struct {
    const char* name;
    std::function<void()> act;
    testing::Message message;
  } kinds[] = {
      {"arithmetic", [&] { (void)(x * x); }, {"arithmetic on Var", "no tape records", "construct"}},
      {"Input", [&] { tape.Input(1.0); }, Refused("Tape::Input")},
      {"Clear", [&] { tape.Clear(); }, Refused("Tape::Clear")},
      {"Mark", [&] { tape.Mark(); }, Refused("Tape::Mark")},
      {"Rewind", [&] { tape.Rewind(mark); }, Refused("Tape::Rewind")},
      {"Stop", [&] { tape.Stop(); }, Refused("Tape::Stop")},
      {"Replay", [&] { (void)tape.Replay({1.0}); }, Refused("Tape::Replay")},
  };
  for (const auto& kind : kinds) {
    SCOPED_TRACE(kind.name);
    twice.in_value = kind.act;
    ExpectMisuse("while it is recorded", kind.message, [&] { (void)twice(x); });
    ExpectMisuse("while it is replayed", kind.message, [&] { (void)tape.Replay({4.0}); });
    twice.in_value = [] {};
    twice.in_vjp = kind.act;
    ExpectMisuse("while it is swept", kind.message, [&] { tape.Backward(y); });
    twice.in_vjp = [] {};
    EXPECT_EQ(tape.size(), 2u);
    EXPECT_EQ(tape.Primal(y), 6.0);
    EXPECT_EQ(tape.Backward(y)[x], 2.0);
  }
  EXPECT_EQ(tape.Backward(y * x)[x], 12.0) << "and records on";
}

// A stopped tape isn't among those that record, but it is what a rule of its own may be called
// from.
TEST(RuleMisuse, MeddlingWithAStoppedTape) {
  Tape tape;
  const Var x = tape.Input(3.0);
  const Tape::Position mark = tape.Mark();
  Meddling twice;
  const Var y = twice(x);
  tape.Stop();
  const struct {
    const char* name;
    std::function<void()> act;
    testing::Message message;
  } kinds[] = {
      {"Clear", [&] { tape.Clear(); }, Refused("Tape::Clear")},
      {"Rewind", [&] { tape.Rewind(mark); }, Refused("Tape::Rewind")},
      {"Replay", [&] { (void)tape.Replay({1.0}); }, Refused("Tape::Replay")},
  };
  for (const auto& kind : kinds) {
    SCOPED_TRACE(kind.name);
    twice.in_value = kind.act;
    ExpectMisuse("while it is replayed", kind.message, [&] { (void)tape.Replay({4.0}); });
    ExpectMisuse("while it is retaped", kind.message, [&] { (void)Retape(tape, y); });
    twice.in_value = [] {};
    twice.in_vjp = kind.act;
    ExpectMisuse("while it is swept", kind.message, [&] { tape.Backward(y); });
    double product = 0.0;
    const double along = 1.0;
    Workspace workspace;
    ExpectMisuse("while it is swept forwards", kind.message, [&] {
      Jvp(tape, {&y, 1}, {&along, 1}, {&product, 1}, workspace);
    });
    twice.in_vjp = [] {};
    twice.in_taped_vjp = kind.act;
    ExpectMisuse("while its sweep is recorded", kind.message, [&] { (void)Retape(tape, y); });
    twice.in_taped_vjp = [] {};
    EXPECT_EQ(tape.size(), 2u);
    EXPECT_EQ(tape.Primal(y), 6.0);
    EXPECT_EQ(tape.Backward(y)[x], 2.0);
  }
}

TEST(RuleMisuse, ATapeOfItsOwnIsFree) {
  Tape tape;
  const Var x = tape.Input(3.0);
  Meddling twice;
  double inner = 0.0;
  std::unique_ptr<Tape> left;
  twice.in_value = [&] {
    Tape own;
    const Var z = own.Input(5.0);
    inner = own.Backward(z * z)[z];
    own.Clear();
    left = std::make_unique<Tape>();
  };
  EXPECT_EQ(twice(x).value(), 6.0);
  EXPECT_EQ(inner, 10.0);
  left.reset();
  EXPECT_EQ(tape.Backward(x * x)[x], 6.0);
}

}  // namespace
}  // namespace wengert
