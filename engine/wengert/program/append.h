#ifndef WENGERT_PROGRAM_APPEND_H_
#define WENGERT_PROGRAM_APPEND_H_

// How a graph grows.

#include <cstdint>

#include "wengert/program/graph.h"

namespace wengert::program {

inline Operand AppendNode(Graph& graph, const Instruction& node) {
  graph.nodes.push_back(node);
  return Operand::Node(static_cast<uint32_t>(graph.nodes.size() - 1));
}

// A new entry of the pool, whether or not it holds this number already.
inline Operand AddConstant(Graph& graph, double value) {
  graph.constants.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(graph.constants.size() - 1));
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_APPEND_H_
