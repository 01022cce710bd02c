#ifndef WENGERT_OPS_NOTATION_H_
#define WENGERT_OPS_NOTATION_H_

// How the operations are written in the text of an expression: their names, which are those of the
// op table, and the few that have a symbol.

#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "wengert/ops/op.h"

namespace wengert {

struct OpName {
  const char* name;
  Op op;
};

// Every operation by its text.
absl::Span<const OpName> OpNames();

// The operation of that text, or of that C++ function, which takes so many operands: hypot is two.
std::optional<Op> FindOp(std::string_view name, int arity);

struct OpSymbol {
  const char* symbol;
  Op op;           // of two operands, or of one for a prefix
  int precedence;  // binds closer than those with a smaller one
  enum Grouping { kLeft, kRight, kNone } grouping;
  bool swapped = false;  // a > b is less(b, a)
};

// No symbol comes after one that it begins with.
absl::Span<const OpSymbol> InfixSymbols();
absl::Span<const OpSymbol> PrefixSymbols();

}  // namespace wengert

#endif  // WENGERT_OPS_NOTATION_H_
