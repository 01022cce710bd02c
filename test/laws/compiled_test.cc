// What holds of Compiled whatever loops a recording has, wherever it is evaluated.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "test/support/loopy_program.h"
#include "test/support/rounding.h"
#include "wengert/base/sanitized.h"
#include "wengert/derive/products.h"
#include "wengert/program/compile.h"
#include "wengert/program/from_tape.h"

namespace wengert::program {
namespace {

using testing::LoopyProgram;
using testing::RoundingReference;

using Vector = std::vector<double>;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool IsLong() { return std::getenv("WENGERT_LONG_TESTS") != nullptr; }

bool SameBits(const Vector& a, const Vector& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<uint64_t>(a[i]) != std::bit_cast<uint64_t>(b[i])) return false;
  }
  return true;
}

// How many evaluations came out how.
struct Tally {
  uint64_t programs = 0, answers = 0, uncertain = 0, flips = 0, refusals = 0, cautious = 0,
           loops = 0;
};

class Subject {
 public:
  Subject(uint64_t seed, bool chains)
      : program_(seed, {.recurrences = true, .chains = chains}), random_(seed) {
    for (const Var& y : program_.outputs) {
      dependents_.push_back(Operand::Node(program_.tape.NodeOf(y, "test")));
      w_.push_back(1.0 - 0.3 * static_cast<double>(w_.size()));
    }
    for (const LaneKernels& kernels : AvailableKernels()) {
      auto compiled = Compiled::Compile(program_.tape, program_.n, dependents_,
                                        {.kernels = &kernels, .only_if_faster = false});
      if (!compiled.ok()) continue;
      compiled_.push_back(*std::move(compiled));
      workspaces_.push_back(compiled_.back()->MakeWorkspace());
    }
    recorded_ = FromTape(program_.tape, dependents_);
  }

  bool is_compiled() const { return compiled_.size() == AvailableKernels().size(); }
  const LoopyProgram& program() const { return program_; }
  const Compiled& compiled() const { return *compiled_.back(); }

  // A point: where it was recorded, near by, on other branches, and at the edges of arithmetic.
  Vector PointOf(int kind) {
    Vector x = program_.x0;
    if (kind == 1) Change(x, 1e-7);
    if (kind == 2) Change(x, 0.5);
    if (kind == 3) {
      static constexpr double kEdges[] = {kNan, kInf, -kInf, 0.0, 1e300, -1e-310};
      const uint64_t edges = 1 + random_() % 3;
      for (uint64_t i = 0; i < edges; ++i) x[random_() % x.size()] = kEdges[random_() % 6];
    }
    return x;
  }

  // Everything that is said of an evaluation at x.
  void CheckAt(const Vector& x, bool is_ordinary, Tally& tally) {
    const bool holds = program_.tape.Replay(x).ok();
    RoundingReference reference(GraphOf(recorded_.graph), recorded_.dependents);
    const RoundingReference::Answer expected = reference.At(x, w_, program_.n);
    std::vector<std::optional<Answer>> answers;
    for (size_t k = 0; k < compiled_.size(); ++k) {
      SCOPED_TRACE(AvailableKernels()[k].name);
      answers.push_back(Ask(k, *workspaces_[k], x));
      const auto fresh = compiled_[k]->MakeWorkspace();
      ExpectSame(answers.back(), Ask(k, *fresh, x), "a fresh workspace");
      ExpectValues(k, x, answers.back());
      if (answers.back().has_value()) {
        ++tally.answers;
        tally.uncertain += !expected.is_certain;
        EXPECT_TRUE(holds) << "a guard flipped";
        ExpectNear(*answers.back(), expected);
      } else {
        ++(holds ? tally.refusals : tally.flips);
        if (is_ordinary && expected.is_smooth() && reference.guards_are_clear(recorded_.outcomes)) {
          tally.cautious += holds;
        }
      }
    }
    // The machines that fuse products into sums agree to the bit.
    for (size_t k = 2; k < answers.size(); ++k) ExpectSame(answers[1], answers[k], "wider lanes");
  }

 private:
  struct Answer {
    Vector y, gradient;
  };

  void Change(Vector& x, double amount) {
    for (double& each : x) {
      each *= 1.0 + amount * (static_cast<double>(random_() >> 11) * 0x1p-52 - 1.0);
    }
  }

  std::optional<Answer> Ask(size_t k, Compiled::Workspace& workspace, const Vector& x) const {
    Answer answer{Vector(w_.size(), kNan), Vector(program_.n, kNan)};
    if (!compiled_[k]->Gradient(x, w_, workspace, absl::MakeSpan(answer.y),
                                absl::MakeSpan(answer.gradient))) {
      return std::nullopt;
    }
    return answer;
  }

  static void ExpectSame(const std::optional<Answer>& a, const std::optional<Answer>& b,
                         const char* what) {
    ASSERT_EQ(a.has_value(), b.has_value()) << what;
    if (!a.has_value()) return;
    EXPECT_TRUE(SameBits(a->y, b->y)) << what;
    EXPECT_TRUE(SameBits(a->gradient, b->gradient)) << what;
  }

  // Values without a gradient are those of the same program, where both are there.
  void ExpectValues(size_t k, const Vector& x, const std::optional<Answer>& answer) {
    Vector y(w_.size(), kNan);
    const bool is_there = compiled_[k]->Values(x, *workspaces_[k], absl::MakeSpan(y));
    if (!answer.has_value()) return;
    ASSERT_TRUE(is_there);
    double largest = 0.0;
    for (double each : answer->y) largest = std::max(largest, std::abs(each));
    for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], answer->y[i], 1e-8 * largest);
  }

  static void ExpectNear(const Answer& answer, const RoundingReference::Answer& expected) {
    for (size_t i = 0; i < answer.y.size(); ++i) {
      ASSERT_TRUE(expected.values[i].Allows(answer.y[i]))
          << "y" << i << " is " << answer.y[i] << ", not " << expected.values[i].value;
    }
    for (size_t i = 0; i < answer.gradient.size(); ++i) {
      ASSERT_TRUE(expected.gradient[i].Allows(answer.gradient[i]))
          << "adjoint " << i << " is " << answer.gradient[i] << ", not "
          << expected.gradient[i].value;
    }
  }

  LoopyProgram program_;
  std::mt19937_64 random_;
  std::vector<Operand> dependents_;
  Recorded recorded_;
  Vector w_;
  std::vector<std::unique_ptr<const Compiled>> compiled_;  // by the kernels that are available
  std::vector<std::unique_ptr<Compiled::Workspace>> workspaces_;
};

// Ordinary points between those that fail: a workspace is as good as new after each.
constexpr int kKinds[] = {0, 1, 2, 1, 3, 1, 2, 3, 1};

// Twelve parts, which can be run side by side; the last two with long chains.
constexpr uint64_t kWithoutChains = 10;

class CompiledLaws : public ::testing::TestWithParam<uint64_t> {};

TEST_P(CompiledLaws, AnAnswerIsTheRecordings) {
  const uint64_t programs = IsLong() ? 10000 : WENGERT_SANITIZED ? 30 : 100;
  const uint64_t first = GetParam() * programs;
  Tally tally;
  for (uint64_t seed = first; seed < first + programs && !HasFailure(); ++seed) {
    Subject subject(seed, GetParam() >= kWithoutChains);
    if (!subject.is_compiled()) continue;
    SCOPED_TRACE(absl::StrCat("seed ", seed, "\n", subject.program().text));
    ++tally.programs;
    tally.loops += subject.compiled().loops().size();
    for (int kind : kKinds) {
      SCOPED_TRACE(absl::StrCat("a point of kind ", kind));
      subject.CheckAt(subject.PointOf(kind), kind <= 1, tally);
      if (HasFailure()) break;
    }
  }
  const std::string figures =
      absl::StrCat(tally.programs, " programs, ", tally.loops, " loops, ", tally.answers,
                   " answers, ", tally.uncertain, " of them may be anything, ", tally.flips,
                   " flips, ", tally.refusals, " refusals, ", tally.cautious, " cautious");
  RecordProperty("tally", figures);
  std::printf("%s\n", figures.c_str());
  EXPECT_GT(tally.programs, programs / 2);
  EXPECT_GT(tally.answers, 6 * tally.programs);
  EXPECT_LT(tally.uncertain, tally.answers / 10);
  EXPECT_GT(tally.flips, tally.programs / 10);
  EXPECT_GT(tally.refusals, tally.programs / 10);
  EXPECT_LT(tally.cautious, tally.answers / 5);
}

INSTANTIATE_TEST_SUITE_P(Part, CompiledLaws, ::testing::Range<uint64_t>(0, 12));

}  // namespace
}  // namespace wengert::program
