#include "wengert/program/straight.h"

#include "wengert/program/evaluate.h"

namespace wengert::program {
namespace {

Cell CellOf(const Blocks& blocks, const Source& source, uint32_t k) {
  switch (source.access) {
    case Access::kStream:
      return source.at + k;
    case Access::kTable:
      return blocks.tables[source.at][k] + source.offset;
    case Access::kCell:
    case Access::kColumn:
      break;
  }
  return source.at;
}

}  // namespace

bool ExecuteIteration(const Blocks& blocks, const Block& block, uint32_t iteration, double* memory,
                      double* values) {
  const Graph& graph = block.body->graph;
  const auto read = [&](Operand operand) {
    return operand.is_constant() ? graph.constants[operand.index()] : values[operand.index()];
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Instruction& node = graph.nodes[i];
    if (!node.is_leaf()) {
      double arguments[4];
      size_t k = 0;
      for (Operand operand : node.arguments()) arguments[k++] = read(operand);
      values[i] = Compute(node.op, node.partial, arguments);
      continue;
    }
    const Source& source = block.leaves[node.leaf()];
    values[i] = source.access == Access::kColumn ? blocks.columns[source.at][iteration]
                                                 : memory[CellOf(blocks, source, iteration)];
  }
  bool passed = true;
  for (size_t r = 0; r < block.targets.size(); ++r) {
    const Source& where = block.targets[r].where;
    const double root = read(graph.roots[r]);
    switch (block.targets[r].effect) {
      case Effect::kStore:
        memory[CellOf(blocks, where, iteration)] = root;
        break;
      case Effect::kAdd:
        memory[CellOf(blocks, where, iteration)] += root;
        break;
      case Effect::kCheck:
        passed &= root == blocks.columns[where.at][iteration];
        break;
    }
  }
  return passed;
}

}  // namespace wengert::program
