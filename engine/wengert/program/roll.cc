#include "wengert/program/roll.h"

#include <unordered_map>
#include <utility>

#include "wengert/program/rolling.h"

namespace wengert::program {
namespace {

// A stretch of the recording: the nodes of a run, or what lies between two.
struct Stretch {
  uint32_t begin, end;
  const Run* run = nullptr;
};

std::vector<Stretch> StretchesOf(const RecordedGraph& graph, uint32_t inputs,
                                 absl::Span<const Run> runs) {
  std::vector<Stretch> stretches;
  uint32_t at = inputs;
  const auto add_gap = [&](uint32_t end) {
    if (at < end) stretches.push_back({at, end, nullptr});
  };
  for (const Run& run : runs) {
    add_gap(run.first);
    at = run.first + run.period * run.count;
    stretches.push_back({run.first, at, &run});
  }
  add_gap(static_cast<uint32_t>(graph.nodes.size()));
  return stretches;
}

uint32_t CountLeaves(const RecordedGraph& graph) {
  uint32_t n = 0;
  while (n < graph.nodes.size() && graph.nodes[n].is_leaf()) ++n;
  return n;
}

void LayOutInputs(uint32_t inputs, Rolling& rolling) {
  rolling.blocks.inputs = inputs;
  const Cell first = rolling.bindings.NewArray(inputs);
  for (uint32_t i = 0; i < inputs; ++i) rolling.cell_of[i] = first + i;
}

void FindGuards(Rolling& rolling) {
  const size_t dependents = rolling.recording.dependents;
  const std::vector<Operand>& roots = rolling.graph.roots;
  for (size_t g = dependents; g < roots.size(); ++g) {
    if (roots[g].is_constant()) continue;
    rolling.outcome_of[roots[g].index()] = rolling.recording.outcomes[g - dependents];
  }
}

// Of the operands at a position of a loop either all are in it, or none, or only the first isn't.
void FindOperandsOutside(const Run& run, Rolling& rolling) {
  const absl::Span<const Node> nodes = rolling.graph.nodes;
  for (uint32_t p = 0; p < run.period; ++p) {
    for (int k = 0; k < nodes[run.first + p].arity(); ++k) {
      const Operand first = nodes[run.first + p].operands[k];
      if (!first.is_constant() && first.index() >= run.first) continue;
      const bool is_link = !run.links.empty() && run.links[p] == k + 1;
      const bool is_carried = run.is_recurrence() && (run.carried[p] >> k & 1) != 0;
      const uint32_t count = is_link || is_carried ? 1 : run.count;
      for (uint32_t i = 0; i < count; ++i) {
        const Operand operand = nodes[run.first + i * run.period + p].operands[k];
        if (!operand.is_constant()) rolling.used_outside.Add(operand.index());
      }
    }
  }
}

void FindUsesOutside(absl::Span<const Stretch> stretches, Rolling& rolling) {
  const RecordedGraph& graph = rolling.graph;
  for (const Stretch& stretch : stretches) {
    if (stretch.run != nullptr) {
      FindOperandsOutside(*stretch.run, rolling);
      continue;
    }
    for (uint32_t i = stretch.begin; i < stretch.end; ++i) {
      for (Operand operand : graph.nodes[i].arguments()) {
        if (!operand.is_constant() && operand.index() < stretch.begin) {
          rolling.used_outside.Add(operand.index());
        }
      }
    }
  }
  for (size_t i = 0; i < rolling.recording.dependents; ++i) {
    if (!graph.roots[i].is_constant()) rolling.used_outside.Add(graph.roots[i].index());
  }
}

Block StraightBlock(const Stretch& stretch, Rolling& rolling) {
  BodyBuilder body;
  std::vector<Operand> local;
  const auto translated = [&](Operand operand) {
    if (!operand.is_constant() && operand.index() >= stretch.begin) {
      return local[operand.index() - stretch.begin];
    }
    const Reading reading = rolling.ReadingOf(operand);
    return reading.is_constant ? body.Constant(reading.constant)
                               : body.Leaf({Access::kCell, reading.cell});
  };
  for (uint32_t i = stretch.begin; i < stretch.end; ++i) {
    Instruction instruction = Instruction::Of(rolling.graph.nodes[i]);
    for (Operand& operand : instruction.arguments()) operand = translated(operand);
    local.push_back(body.Append(instruction));
    if (rolling.used_outside.Has(i)) {
      rolling.cell_of[i] = NewCells(rolling.blocks, 1);
      body.Root(local.back(), {Effect::kStore, {Access::kCell, rolling.cell_of[i]}});
    }
    if (const auto guard = rolling.outcome_of.find(i); guard != rolling.outcome_of.end()) {
      body.Root(local.back(), rolling.Check({guard->second}));
    }
  }
  return std::move(body).Finished(1, rolling.bodies);
}

Block CheckingBlock(absl::Span<const uint32_t> unchecked, Rolling& rolling) {
  BodyBuilder body;
  for (uint32_t i : unchecked) {
    body.Root(body.Leaf({Access::kCell, rolling.cell_of[i]}),
              rolling.Check({rolling.outcome_of.at(i)}));
  }
  return std::move(body).Finished(1, rolling.bodies);
}

}  // namespace

Blocks Roll(const Recorded& recording, absl::Span<const Run> runs) {
  Rolling rolling(recording);
  const uint32_t inputs = CountLeaves(recording.graph);
  const std::vector<Stretch> stretches = StretchesOf(recording.graph, inputs, runs);
  LayOutInputs(inputs, rolling);
  FindGuards(rolling);
  FindUsesOutside(stretches, rolling);
  std::vector<Block>& blocks = rolling.blocks.blocks;
  for (const Stretch& stretch : stretches) {
    if (stretch.run == nullptr) {
      blocks.push_back(StraightBlock(stretch, rolling));
      continue;
    }
    std::vector<uint32_t> unchecked;
    blocks.push_back(RollLoop(rolling, *stretch.run, unchecked));
    if (!unchecked.empty()) blocks.push_back(CheckingBlock(unchecked, rolling));
  }
  for (size_t i = 0; i < recording.dependents; ++i) {
    rolling.blocks.outputs.push_back(rolling.CellHolding(recording.graph.roots[i]));
  }
  return std::move(rolling.blocks);
}

}  // namespace wengert::program
