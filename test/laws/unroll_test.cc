// Unroll(Roll(p)) == p: a rolled program, executed over names of values in place of numbers, gives
// its outputs and guards the very expressions of the recording, operation by operation.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/support/loopy_program.h"
#include "wengert/base/sanitized.h"
#include "wengert/ops/ring.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/isomorphs.h"
#include "wengert/program/long_chains.h"
#include "wengert/program/roll.h"
#include "wengert/program/trees.h"

namespace wengert::program {
namespace {

using Runs = std::vector<Run>;

// Of a value: the same for the same operation of the same operands.
using Name = uint32_t;
constexpr Name kNobody = 0xFFFFFFFF;

class Names {
 public:
  Name OfInput(uint32_t number) { return Of({kInput, number}); }
  Name OfConstant(double value) {
    const auto bits = std::bit_cast<uint64_t>(value);
    return Of({kConstant, static_cast<uint32_t>(bits >> 32), static_cast<uint32_t>(bits)});
  }
  Name OfOperation(const Instruction& operation, const std::array<Name, 4>& x) {
    return Of({static_cast<uint32_t>(operation.op), static_cast<uint32_t>(operation.partial), x[0],
               x[1], x[2], x[3]});
  }

 private:
  static constexpr uint32_t kInput = 1000, kConstant = 1001;
  using Key = std::array<uint32_t, 6>;
  Name Of(const Key& key) {
    return names_.try_emplace(key, static_cast<Name>(names_.size())).first->second;
  }
  std::map<Key, Name> names_;
};

// What is evaluated: the roots, and guards with their outcomes in any order.
struct Meaning {
  std::vector<Name> outputs;
  std::vector<std::pair<Name, double>> guards;
};

Meaning MeaningOf(const Recorded& recorded, Names& names) {
  const Graph graph = GraphOf(recorded.graph);
  std::vector<Name> named;
  const auto name_of = [&](Operand operand) {
    return operand.is_constant() ? names.OfConstant(graph.constants[operand.index()])
                                 : named[operand.index()];
  };
  for (const Instruction& node : graph.nodes) {
    std::array<Name, 4> x;
    x.fill(kNobody);
    std::transform(node.arguments().begin(), node.arguments().end(), x.begin(), name_of);
    named.push_back(node.is_leaf() ? names.OfInput(node.leaf()) : names.OfOperation(node, x));
  }
  Meaning meaning;
  for (size_t i = 0; i < graph.roots.size(); ++i) {
    const Name root = name_of(graph.roots[i]);
    if (i < recorded.dependents) meaning.outputs.push_back(root);
    if (i >= recorded.dependents) {
      meaning.guards.emplace_back(root, recorded.outcomes[i - recorded.dependents]);
    }
  }
  std::sort(meaning.guards.begin(), meaning.guards.end());
  return meaning;
}

class Unrolling {
 public:
  Unrolling(const Blocks& blocks, Names& names)
      : blocks_(blocks), names_(names), memory_(blocks.cells, kNobody) {
    for (uint32_t i = 0; i < blocks.inputs; ++i) memory_[CellOfInput(i)] = names.OfInput(i);
    for (const auto& [cell, value] : blocks.presets) memory_[cell] = names.OfConstant(value);
  }

  Meaning Run() {
    for (const Block& block : blocks_.blocks) {
      EXPECT_TRUE(block.zeroed.empty() && block.folds.empty());
      for (const Move& move : block.copies) memory_[move.to] = memory_[move.from];
      for (uint32_t k = 0; block.body != nullptr && k < block.count; ++k) Iterate(block, k);
    }
    for (Cell output : blocks_.outputs) meaning_.outputs.push_back(memory_[output]);
    std::sort(meaning_.guards.begin(), meaning_.guards.end());
    return std::move(meaning_);
  }

 private:
  Cell CellOf(const Source& source, uint32_t k) const {
    switch (source.access) {
      case Access::kCell:
        return source.at;
      case Access::kStream:
        return source.at + k;
      default:
        return source.offset + blocks_.tables[source.at][k];
    }
  }

  Name LeafOf(const Source& source, uint32_t k) {
    if (source.access == Access::kColumn) {
      return names_.OfConstant(blocks_.columns[source.at][k]);
    }
    return memory_[CellOf(source, k)];
  }

  // `sum`, if given, stands where a zero took its place.
  Name NameOf(const Graph& graph, const Instruction& node, std::optional<Name> sum) {
    std::array<Name, 4> x;
    x.fill(kNobody);
    for (size_t which = 0; which < node.arguments().size(); ++which) {
      const Operand operand = node.operands[which];
      const bool is_zero =
          operand.is_constant() &&
          std::bit_cast<uint64_t>(graph.constants[operand.index()]) == std::bit_cast<uint64_t>(0.0);
      if (sum.has_value() && is_zero && IsAddend(node.op, static_cast<int>(which))) {
        x[which] = *sum;
        sum.reset();
      } else {
        x[which] = operand.is_constant() ? names_.OfConstant(graph.constants[operand.index()])
                                         : named_[operand.index()];
      }
    }
    EXPECT_FALSE(sum.has_value()) << "no operand stands for the sum";
    return names_.OfOperation(node, x);
  }

  void Iterate(const Block& block, uint32_t k) {
    const Graph& graph = block.body->graph;
    named_.clear();
    for (const Instruction& node : graph.nodes) {
      named_.push_back(node.is_leaf() ? LeafOf(block.leaves[node.leaf()], k)
                                      : NameOf(graph, node, std::nullopt));
    }
    for (size_t r = 0; r < graph.roots.size(); ++r) {
      const Target& target = block.targets[r];
      const Operand root = graph.roots[r];
      const Name name = root.is_constant() ? names_.OfConstant(graph.constants[root.index()])
                                           : named_[root.index()];
      if (target.effect == Effect::kCheck) {
        meaning_.guards.emplace_back(name, blocks_.columns[target.where.at][k]);
      } else if (target.effect == Effect::kStore) {
        memory_[CellOf(target.where, k)] = name;
      } else {
        Name& sum = memory_[CellOf(target.where, k)];
        sum = NameOf(graph, graph.nodes[root.index()], sum);
      }
    }
  }

  const Blocks& blocks_;
  Names& names_;
  std::vector<Name> memory_;  // of each cell
  std::vector<Name> named_;   // of each node of a body
  Meaning meaning_;
};

void ExpectUnrolled(const Recorded& recorded, absl::Span<const Run> runs) {
  Names names;
  const Meaning expected = MeaningOf(recorded, names);
  const Blocks blocks = Roll(recorded, runs);
  const Meaning found = Unrolling(blocks, names).Run();
  EXPECT_EQ(found.outputs, expected.outputs);
  EXPECT_EQ(found.guards, expected.guards);
}

constexpr uint64_t kPrograms = WENGERT_SANITIZED ? 100 : 1000;

TEST(Unroll, OfRolledIsTheRecording) {
  size_t written = 0, found = 0, grouped = 0, trees = 0;
  for (uint64_t seed = 0; seed < 5 * kPrograms / 4 && !::testing::Test::HasFailure(); ++seed) {
    const bool chains = seed >= kPrograms;  // which are no runs
    const testing::LoopyProgram program(seed, {.recurrences = seed % 2 == 1, .chains = chains});
    SCOPED_TRACE(absl::StrCat("seed ", seed, "\n", program.text));
    std::vector<Operand> dependents;
    for (const Var& y : program.outputs) {
      dependents.push_back(Operand::Node(program.tape.NodeOf(y, "test")));
    }
    const Recorded recorded = FromTape(program.tape, dependents);
    if (!chains) ExpectUnrolled(recorded, program.runs);
    written += program.runs.size();
    const Runs runs = FindRuns(recorded.graph, {.recurrences = true});
    ExpectUnrolled(recorded, runs);
    found += runs.size();
    if (const std::optional<Grouped> alike = GroupIsomorphs(recorded); alike.has_value()) {
      ExpectUnrolled(alike->recording, alike->runs);
      grouped += alike->runs.size();
    }
    if (const auto with_trees = GrowTrees(recorded, LongChainsOf(Recording(recorded.graph)))) {
      ExpectUnrolled(with_trees->recorded, with_trees->runs);
      trees += with_trees->trees.size();
    }
  }
  EXPECT_GT(written, kPrograms);
  EXPECT_GT(found, kPrograms);
  EXPECT_GT(grouped, kPrograms);
  EXPECT_GT(trees, kPrograms / 20);
}

}  // namespace
}  // namespace wengert::program
