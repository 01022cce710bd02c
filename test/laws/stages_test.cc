// What holds of a compiled program whatever loops a recording has.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "test/support/legal_run.h"
#include "test/support/loopy_program.h"
#include "test/support/rounding.h"
#include "wengert/base/sanitized.h"
#include "wengert/derive/products.h"
#include "wengert/program/clean_bodies.h"
#include "wengert/program/compile.h"
#include "wengert/program/differentiate.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/fission.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/isomorphs.h"
#include "wengert/program/long_chains.h"
#include "wengert/program/roll.h"
#include "wengert/program/scalar_code.h"
#include "wengert/program/storage.h"
#include "wengert/program/trees.h"

namespace wengert::program {
namespace {

using testing::LoopyProgram;

using Vector = std::vector<double>;
using Runs = std::vector<Run>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

uint64_t ProgramCount(uint64_t normally, uint64_t at_length) {
  return std::getenv("WENGERT_LONG_TESTS") != nullptr ? at_length : normally;
}

std::vector<Operand> DependentsOf(const LoopyProgram& program) {
  std::vector<Operand> dependents;
  for (const Var& y : program.outputs) {
    dependents.push_back(Operand::Node(program.tape.NodeOf(y, "test")));
  }
  return dependents;
}

// x0 with every number changed by up to `amount` of itself.
Vector Near(const Vector& x0, std::mt19937_64& random, double amount) {
  Vector x = x0;
  for (double& each : x) {
    each *= 1.0 + amount * (static_cast<double>(random() >> 11) * 0x1p-52 - 1.0);
  }
  return x;
}

// Each block, iteration after iteration, in scalar code.
bool Execute(const Blocks& blocks, CellRange zeroed, Vector& memory) {
  std::fill(memory.begin() + zeroed.begin, memory.begin() + zeroed.end, 0.0);
  bool passed = true;
  ScalarRoom room(blocks, blocks.cells);
  for (const Block& block : blocks.blocks) {
    for (const CellRange& range : block.zeroed) {
      std::fill(memory.begin() + range.begin, memory.begin() + range.end, 0.0);
    }
    for (const Move& move : block.copies) memory[move.to] = memory[move.from];
    if (block.body != nullptr) {
      const ScalarCode code(blocks, block, room);
      memory.resize(room.end());
      std::copy(room.constants().begin(), room.constants().end(),
                memory.begin() + static_cast<ptrdiff_t>(room.first_constant()));
      passed &= code.Execute(blocks, block, memory.data());
    }
    for (const Move& move : block.folds) memory[move.to] += memory[move.from];
  }
  return passed;
}

Vector MemoryAt(const Blocks& blocks, const Vector& x) {
  Vector memory(blocks.cells, kNan);  // what is read before it is written shows
  std::copy(x.begin(), x.end(), memory.begin() + CellOfInput(0));
  for (const auto& [cell, value] : blocks.presets) memory[cell] = value;
  return memory;
}

Vector OutputsIn(const Blocks& blocks, const Vector& memory) {
  Vector y;
  for (Cell output : blocks.outputs) y.push_back(memory[output]);
  return y;
}

// As they were written, as they are found, as what is alike is put together, or with trees.
enum class Loops { kWritten, kFound, kGrouped, kTrees };

// One recording, its loops, and what is to come of it at a point near by.
class Subject {
 public:
  Subject(uint64_t seed, Loops loops, const testing::LoopyOptions& options)
      : program_(seed, options),
        recorded_(FromTape(program_.tape, DependentsOf(program_))),
        random_(seed) {
    x_ = Near(program_.x0, random_, 1e-6);
    for (size_t i = 0; i < program_.outputs.size(); ++i) w_.push_back(1.0 - 0.3 * double(i));
    reference_ = testing::RoundingReference(GraphOf(recorded_.graph), recorded_.dependents);
    holds_ = program_.tape.Replay(x_).ok();
    expected_ = reference_.At(x_, w_, program_.n);
    outcomes_ = recorded_.outcomes;
    FindLoops(loops);
  }

  // Whether the point is on the recording's branch, and nothing is so near to a jump that rounding
  // decides.
  bool is_good() const {
    return holds_ && expected_.is_smooth() && reference_.guards_are_clear(outcomes_);
  }

  void CheckRolling() {
    primal_ = Roll(recorded_, runs_);
    ExpectValues(primal_, "rolled");
  }
  void CheckDifferentiating() {
    derivative_ = Differentiate(primal_, {uint32_t(program_.n), w_.size() == 1});
    ExpectGradient("differentiated");
  }
  void CheckSplitting() {
    SplitRecurrences(primal_);
    SplitRecurrences(derivative_.blocks);
    CleanBodies(primal_);
    CleanBodies(derivative_.blocks);
    ExpectValues(primal_, "split");
    ExpectGradient("split");
  }
  void CheckStoring() {
    ReuseStorage(derivative_);
    ExpectGradient("stored");
  }
  void CheckMachines() {
    for (const LaneKernels& kernels : AvailableKernels()) {
      const auto machine = Machine::Build(derivative_.blocks, derivative_.zeroed, {&kernels});
      ASSERT_TRUE(machine.ok()) << machine.status();
      const auto workspace = machine->MakeWorkspace();
      for (int call = 0; call < 2; ++call) {
        std::copy(x_.begin(), x_.end(), workspace->memory() + CellOfInput(0));
        for (size_t i = 0; i < derivative_.seeds.size(); ++i) {
          workspace->memory()[derivative_.seeds[i]] = w_[i];
        }
        ASSERT_TRUE(machine->Run(*workspace)) << kernels.name;
        const double* adjoints = workspace->memory() + CellOfInput(0) + derivative_.shift;
        Expect(Vector(adjoints, adjoints + program_.n), expected_.gradient, kernels.name);
      }
    }
  }

  const LoopyProgram& program() const { return program_; }
  const RecordedGraph& graph() const { return recorded_.graph; }
  const Runs& runs() const { return runs_; }

 private:
  void FindLoops(Loops loops) {
    switch (loops) {
      case Loops::kWritten:
        runs_ = program_.runs;
        break;
      case Loops::kFound:
        runs_ = FindRuns(recorded_.graph);
        break;
      case Loops::kGrouped: {
        std::optional<Grouped> grouped = GroupIsomorphs(recorded_);
        if (grouped.has_value()) recorded_ = std::move(grouped->recording);
        const Runs known = grouped.has_value() ? std::move(grouped->runs) : Runs();
        runs_ = FindRuns(recorded_.graph, {.known = known});
        break;
      }
      case Loops::kTrees:
        GrowTreesOfAll();
        break;
    }
  }

  // A point that a check refuses isn't a good one.
  void GrowTreesOfAll() {
    const Recording recording(recorded_.graph);
    std::optional<WithTrees> grown = GrowTrees(recorded_, LongChainsOf(recording));
    if (!grown.has_value()) {
      holds_ = false;
      return;
    }
    recorded_ = std::move(grown->recorded);
    runs_ = FindRuns(recorded_.graph, {.known = grown->runs});
    const Graph graph = GraphOf(recorded_.graph);
    Vector values;
    Evaluate(graph, x_, values);
    for (size_t k = outcomes_.size(); k < recorded_.outcomes.size(); ++k) {
      holds_ &= ValueOf(graph, values, graph.roots[recorded_.dependents + k]) == 1.0;
    }
  }

  void ExpectValues(const Blocks& blocks, const char* stage) {
    Vector memory = MemoryAt(blocks, x_);
    EXPECT_TRUE(Execute(blocks, {}, memory)) << stage;
    const Vector y = OutputsIn(blocks, memory);
    Expect(y, expected_.values, stage);
    if (program_.has_sums || blocks.blocks.size() != primal_.blocks.size() || stage[0] != 'r')
      return;
    for (size_t i = 0; i < y.size(); ++i) {
      EXPECT_EQ(std::bit_cast<uint64_t>(y[i]), std::bit_cast<uint64_t>(expected_.values[i].value))
          << stage;
    }
  }

  void ExpectGradient(const char* stage) {
    const Blocks& blocks = derivative_.blocks;
    Vector memory = MemoryAt(blocks, x_);
    for (size_t i = 0; i < derivative_.seeds.size(); ++i) memory[derivative_.seeds[i]] = w_[i];
    EXPECT_TRUE(Execute(blocks, derivative_.zeroed, memory)) << stage;
    Expect(OutputsIn(blocks, memory), expected_.values, stage);
    const auto begin = memory.begin() + CellOfInput(0) + derivative_.shift;
    Expect(Vector(begin, begin + static_cast<ptrdiff_t>(program_.n)), expected_.gradient, stage);
  }

  static void Expect(const Vector& found, const std::vector<testing::Rounded>& expected,
                     const char* stage) {
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i].value, expected[i].tolerance) << stage << ", " << i;
    }
  }

  LoopyProgram program_;
  Recorded recorded_;
  Vector outcomes_;  // of the recording's own guards
  Runs runs_;
  std::mt19937_64 random_;
  Vector x_, w_;
  testing::RoundingReference reference_;
  bool holds_ = false;
  testing::RoundingReference::Answer expected_;
  Blocks primal_;
  DifferentiatedBlocks derivative_;
};

std::string Described(uint64_t seed, const Subject& subject) {
  std::string text = absl::StrCat("seed ", seed, "\n", subject.program().text);
  for (const Run& run : subject.runs()) {
    absl::StrAppend(&text, "run from ", run.first, ": ", run.count, " x ", run.period, "\n");
  }
  return text;
}

struct Way {
  std::string name;
  Loops loops;
  testing::LoopyOptions options;
};

class Stages : public ::testing::TestWithParam<Way> {};

// Each stage of a compilation, executed, gives what the recording gives.
TEST_P(Stages, KeepValuesAndGradients) {
  const Way& way = GetParam();
  uint64_t good = 0, loops = 0;
  const uint64_t programs = ProgramCount(WENGERT_SANITIZED ? 200 : 700, 20000);
  for (uint64_t seed = 0; seed < programs && !HasFailure(); ++seed) {
    Subject subject(seed, way.loops, way.options);
    if (!subject.is_good()) continue;
    SCOPED_TRACE(Described(seed, subject));
    if (!way.options.recurrences) {
      std::string why;
      ASSERT_TRUE(testing::RunChecker(subject.graph()).AreLegal(subject.runs(), &why)) << why;
    }
    subject.CheckRolling();
    if (!HasFailure()) subject.CheckDifferentiating();
    if (!HasFailure()) subject.CheckSplitting();
    if (!HasFailure()) subject.CheckStoring();
    if (!HasFailure()) subject.CheckMachines();
    ++good;
    loops += subject.runs().size();
  }
  const std::string figures =
      absl::StrCat(way.name, ": ", programs, " programs, ", good, " good ones with ", loops,
                   " loops, ", HasFailure() ? 1 : 0, " failed");
  std::printf("%s\n", figures.c_str());
  EXPECT_GT(good, programs / (way.loops == Loops::kTrees ? 12 : 3));  // few have a long chain
  EXPECT_GT(loops, good);
}

INSTANTIATE_TEST_SUITE_P(
    Loops, Stages,
    ::testing::Values(Way{"AsWritten", Loops::kWritten, {}},
                      Way{"WithRecurrences", Loops::kWritten, {.recurrences = true}},
                      Way{"AsFound", Loops::kFound, {}}, Way{"Grouped", Loops::kGrouped, {}},
                      Way{"Trees", Loops::kTrees, {.chains = true}}),
    [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace wengert::program
