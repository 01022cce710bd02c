#ifndef WENGERT_PROGRAM_APPEND_H_
#define WENGERT_PROGRAM_APPEND_H_

// How a graph grows.

#include <cstdint>

#include "wengert/program/graph.h"
#include "wengert/program/limits.h"

namespace wengert::program {

inline Operand AppendNode(Graph& graph, const Instruction& node) {
  const Operand appended = Operand::Node(NextIndex(graph.nodes.size()));
  graph.nodes.push_back(node);
  return appended;
}

// A new entry of the pool, whether or not it holds this number already.
inline Operand AddConstant(Graph& graph, double value) {
  const Operand added = Operand::Constant(NextIndex(graph.constants.size()));
  graph.constants.push_back(value);
  return added;
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_APPEND_H_
