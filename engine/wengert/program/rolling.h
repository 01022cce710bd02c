#ifndef WENGERT_PROGRAM_ROLLING_H_
#define WENGERT_PROGRAM_ROLLING_H_

// What is known while a recording is rolled up (roll.h): where each of its values is.

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "wengert/program/bindings.h"
#include "wengert/program/blocks.h"
#include "wengert/program/graph_builder.h"
#include "wengert/program/large_array.h"
#include "wengert/program/node_set.h"
#include "wengert/program/recorded.h"
#include "wengert/program/run.h"

namespace wengert::program {

struct Rolling {
  explicit Rolling(const Recorded& recording_in)
      : recording(recording_in),
        graph(recording.graph),
        bindings(blocks),
        used_outside(graph.nodes.size()),
        cell_of(UnwrittenArray<Cell>(graph.nodes.size())) {}
  Rolling(const Rolling&) = delete;
  Rolling& operator=(const Rolling&) = delete;

  static constexpr uint32_t kNone = ~uint32_t{0};

  Reading ReadingOf(Operand operand) const {
    if (operand.is_constant()) return {true, 0, graph.constants[operand.index()]};
    return {false, cell_of[operand.index()], 0.0};
  }
  Target Check(std::vector<double> outcomes) {
    return {Effect::kCheck, {Access::kColumn, bindings.Column(std::move(outcomes))}};
  }
  Cell NewArray(uint32_t length) {
    const Cell array = bindings.NewArray(length);
    blocks.arrays.push_back({array - kHalo, blocks.cells});
    return array;
  }
  Cell CellHolding(Operand operand) {
    const Reading reading = ReadingOf(operand);
    return reading.is_constant ? bindings.ConstantCell(reading.constant) : reading.cell;
  }

  const Recorded& recording;
  const RecordedGraph& graph;
  Blocks blocks;
  Bindings bindings;
  BodyPool bodies;
  NodeSet used_outside;                   // by another stretch, or as a dependent
  std::unique_ptr<Cell[]> cell_of;        // of each node that is an input or used outside
  std::map<uint32_t, double> outcome_of;  // of the nodes that are guards
};

// The run as a block. Nodes that are guards in some iterations only are appended to `unchecked`.
Block RollLoop(Rolling& rolling, const Run& run, std::vector<uint32_t>& unchecked);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ROLLING_H_
