#ifndef WENGERT_OPS_OP_H_
#define WENGERT_OPS_OP_H_

// The enumeration of the operations and what is known of each without evaluating it.

#include <cstdint>

namespace wengert {

enum class Op : uint8_t {
  kInput,  // an independent: no operands, its value is given
#define UNARY(Name, ...) k##Name,
#define BINARY(Name, ...) k##Name,
#define TERNARY(Name, ...) k##Name,
#define ALIAS(...)
#include "wengert/ops/op_table.inc"
  kCustom,  // an output of an operation whose rules are a user's (tape/custom.h): no row here
};

inline constexpr int kOpCount = static_cast<int>(Op::kCustom);  // the table's and kInput

// What the passes and drivers ask of an operation; the letters are its operands.
enum OpTraits : uint32_t {
  kLinear = 0,
  kCurvedA = 1 << 0,
  kCurvedAB = 1 << 1,
  kCurvedB = 1 << 2,
  kCurvedAC = 1 << 3,
  kCurvedBC = 1 << 4,
  kCurvedC = 1 << 5,
  kKink = 1 << 6,
  kFlat = 1 << 7,
  kCommutes = 1 << 8,
  kRing = 1 << 9,
  kJoins = 1 << 10,
  kJumpsA = 1 << 11,
  kJumpsB = 1 << 12,
  kCheap = 1 << 13,
  kMasks = 1 << 14,
  kMasksB = 1 << 15,
  kAssociates = 1 << 16,
  kJumps = kJumpsA | kJumpsB,
};

struct OpInfo {
  const char* name;  // as in the table: "LogAddExp"
  const char* text;  // in listings, expressions and files, for good: "logaddexp"
  int arity;
  uint32_t traits;
};

namespace op_internal {
inline constexpr OpInfo kOpInfo[] = {
    {"Input", "input", 0, kLinear},
#define UNARY(Name, home, function, text, value, pa, traits) {#Name, text, 1, traits},
#define BINARY(Name, home, function, text, value, pa, pb, traits) {#Name, text, 2, traits},
#define TERNARY(Name, home, function, text, value, pa, pb, pc, traits) {#Name, text, 3, traits},
#define ALIAS(...)
#include "wengert/ops/op_table.inc"
    {"Custom", "custom", 0, kLinear},
};
}  // namespace op_internal

constexpr const OpInfo& InfoOf(Op op) { return op_internal::kOpInfo[static_cast<int>(op)]; }
constexpr int ArityOf(Op op) { return InfoOf(op).arity; }
constexpr bool HasTrait(Op op, OpTraits trait) { return (InfoOf(op).traits & trait) != 0; }
// Whether a partial of zero towards operand k says that op doesn't look at it.
constexpr bool Masks(Op op, int k) {
  return HasTrait(op, kFlat) || HasTrait(op, kMasks) || (k == 1 && HasTrait(op, kMasksB));
}

}  // namespace wengert

#endif  // WENGERT_OPS_OP_H_
