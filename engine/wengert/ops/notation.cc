#include "wengert/ops/notation.h"

namespace wengert {
namespace {

constexpr OpName kNames[] = {
#define UNARY(Name, home, function, text, ...) {text, Op::k##Name},
#define BINARY(Name, home, function, text, ...) {text, Op::k##Name},
#define TERNARY(Name, home, function, text, ...) {text, Op::k##Name},
#define ALIAS(...)
#include "wengert/ops/op_table.inc"
};

// As in C++; "operator+" can't be written in an expression, but doesn't disturb either.
constexpr OpName kFunctions[] = {
#define UNARY(Name, home, function, ...) {#function, Op::k##Name},
#define BINARY(Name, home, function, ...) {#function, Op::k##Name},
#define TERNARY(Name, home, function, ...) {#function, Op::k##Name},
#define ALIAS(Name, home, function) {#function, Op::k##Name},
#include "wengert/ops/op_table.inc"
};

constexpr OpSymbol kInfix[] = {
    {"<=", Op::kLessEqual, 1, OpSymbol::kNone}, {">=", Op::kLessEqual, 1, OpSymbol::kNone, true},
    {"==", Op::kEqual, 1, OpSymbol::kNone},     {"<", Op::kLess, 1, OpSymbol::kNone},
    {">", Op::kLess, 1, OpSymbol::kNone, true}, {"+", Op::kAdd, 2, OpSymbol::kLeft},
    {"-", Op::kSub, 2, OpSymbol::kLeft},        {"*", Op::kMul, 3, OpSymbol::kLeft},
    {"/", Op::kDiv, 3, OpSymbol::kLeft},        {"^", Op::kPow, 5, OpSymbol::kRight},
};

constexpr OpSymbol kPrefix[] = {{"-", Op::kNeg, 4, OpSymbol::kRight}};

}  // namespace

absl::Span<const OpName> OpNames() { return kNames; }
absl::Span<const OpSymbol> InfixSymbols() { return kInfix; }
absl::Span<const OpSymbol> PrefixSymbols() { return kPrefix; }

std::optional<Op> FindOp(std::string_view name, int arity) {
  for (absl::Span<const OpName> names : {OpNames(), absl::Span<const OpName>(kFunctions)}) {
    for (const OpName& each : names) {
      if (each.name == name && ArityOf(each.op) == arity) return each.op;
    }
  }
  return std::nullopt;
}

}  // namespace wengert
