#ifndef WENGERT_OPS_VALUE_FUNCTIONS_H_
#define WENGERT_OPS_VALUE_FUNCTIONS_H_

// The value rules of the op table on double as plain functions, compiled once: for who knows the
// operation at run time only, or mustn't compile the rule itself with flags of its own.

#include "wengert/ops/op.h"

namespace wengert {

// Operands past the operation's arity are ignored.
using ValueFunction = double (*)(double a, double b, double c);

// By Op; null for kInput.
extern const ValueFunction kValueFunctions[kOpCount];

}  // namespace wengert

#endif  // WENGERT_OPS_VALUE_FUNCTIONS_H_
