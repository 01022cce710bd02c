#ifndef WENGERT_TAPE_NODE_H_
#define WENGERT_TAPE_NODE_H_

// The record of the tape.
//
//    0      4          8          12         16 bytes
//    +------+----------+----------+----------+
//    | op   | a        | b        | c        |      beside it, in the array of primals: y
//    +------+----------+----------+----------+
//            ^ bit 31: 0 = index of an earlier node, 1 = index into the pool of constants

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "wengert/ops/op.h"

// Of an operand. A test of the limits builds the tape with 16.
#ifndef WENGERT_INDEX_BITS
#define WENGERT_INDEX_BITS 32
#endif

namespace wengert {

// What an operation was applied to: an earlier node, or a constant.
class Operand {
 public:
  // Set in a constant's bits.
  static constexpr uint32_t kConstantBit = uint32_t{1} << (WENGERT_INDEX_BITS - 1);
  // None; the node, or the constant of the tape, that has this index.
  constexpr Operand() = default;
  static constexpr Operand Node(uint32_t index) { return Operand(index); }
  static constexpr Operand Constant(uint32_t index) { return Operand(index | kConstantBit); }

  constexpr bool is_constant() const { return (bits_ & kConstantBit) != 0; }  // else a node
  constexpr uint32_t index() const { return bits_ & ~kConstantBit; }  // of the node or constant

  friend constexpr bool operator==(Operand, Operand) = default;  // kind and index

 private:
  explicit constexpr Operand(uint32_t bits) : bits_(bits) {}
  uint32_t bits_ = ~uint32_t{0};
};

// An operation and its operands. The outputs of a call of a user-defined operation (Op::kCustom)
// are nodes in a row.
struct Node {
  Op op = Op::kInput;   // what was done
  Operand operands[3];  // the first ArityOf(op) of them

  // An output of a call of a user-defined operation.
  static Node Output(uint32_t call, uint32_t output) {
    return {Op::kCustom, {Operand::Constant(call), Operand::Constant(output)}};
  }
  bool is_leaf() const { return op == Op::kInput; }  // whether it is an independent
  int arity() const { return ArityOf(op); }          // how many operands are in use
  // Those; none of an output of a call, whose are in Tape::call_operands().
  absl::Span<const Operand> arguments() const { return {operands, static_cast<size_t>(arity())}; }
  absl::Span<Operand> arguments() { return {operands, static_cast<size_t>(arity())}; }  // as well
  uint32_t call() const { return operands[0].index(); }    // of Op::kCustom: in Tape::calls()
  uint32_t output() const { return operands[1].index(); }  // of Op::kCustom: among the call's
};

static_assert(sizeof(Node) == 16);

// What the recording depended on beside its inputs: op(a, b) was `outcome`. op is flat: one of the
// table's comparisons (outcome 0 or 1), or floor for an index. `position` is the number of nodes
// before it.
struct Guard {
  Op op;                  // the comparison, or floor
  Operand a{}, b{};       // its sides
  uint32_t position = 0;  // nodes before it
  double outcome = 0.0;   // what it was
};

}  // namespace wengert

#endif  // WENGERT_TAPE_NODE_H_
