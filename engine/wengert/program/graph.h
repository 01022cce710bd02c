#ifndef WENGERT_PROGRAM_GRAPH_H_
#define WENGERT_PROGRAM_GRAPH_H_

// Straight-line code: what the passes rewrite, above all the bodies of loops.
//
//   nodes      0: leaf 0        1: leaf 1        2: mul 0 1        3: partial 0 of tanh (2, ...)
//   roots      3, 2             what the outside takes; the rest may be rewritten at will
//
// A leaf is a value that comes from outside. A node computes the value of an operation of the
// table, or one of its partials, whose last operand is the operation's own value.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/ops/op.h"
#include "wengert/tape/node.h"

namespace wengert::program {

struct Instruction {
  Op op = Op::kInput;   // kInput: a leaf
  int8_t partial = -1;  // -1: op's value; k: its partial towards operand k
  Operand operands[4];  // of op; then, for a partial, the value; of a leaf: its number

  static Instruction Of(const Node& node) {
    return {node.op, -1, {node.operands[0], node.operands[1], node.operands[2]}};
  }
  static Instruction Leaf(uint32_t number) { return {Op::kInput, -1, {Operand::Node(number)}}; }
  bool is_leaf() const { return op == Op::kInput; }
  uint32_t leaf() const { return operands[0].index(); }
  // How many operands are in use; none of a leaf.
  int arity() const { return ArityOf(op) + (partial >= 0 ? 1 : 0); }
  absl::Span<const Operand> arguments() const { return {operands, static_cast<size_t>(arity())}; }
  absl::Span<Operand> arguments() { return {operands, static_cast<size_t>(arity())}; }

  friend bool operator==(const Instruction&, const Instruction&) = default;
};

struct Graph {
  std::vector<Instruction> nodes;  // operands of node i are nodes below i, or constants
  std::vector<double> constants;
  std::vector<Operand> roots;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_GRAPH_H_
