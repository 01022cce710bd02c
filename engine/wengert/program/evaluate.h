#ifndef WENGERT_PROGRAM_EVALUATE_H_
#define WENGERT_PROGRAM_EVALUATE_H_

// What a graph means: each node computed in scalar code by the op table's own rule. It is the
// reference that passes and faster ways of execution are held to, and what constants are folded by.

#include <vector>

#include "absl/types/span.h"
#include "wengert/program/graph.h"

namespace wengert::program {

// The value, or the partial, that an instruction with these arguments has. Not of a leaf.
double Compute(Op op, int partial, const double* arguments);

// values[i] is what node i is, for the leaves with the numbers 0, 1, ... O(nodes).
void Evaluate(const Graph& graph, absl::Span<const double> leaves, std::vector<double>& values);

// What an operand of the graph is, once the nodes are evaluated.
inline double ValueOf(const Graph& graph, const std::vector<double>& values, Operand operand) {
  return operand.is_constant() ? graph.constants[operand.index()] : values[operand.index()];
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_EVALUATE_H_
