#include "wengert/ops/value_functions.h"

#include "wengert/ops/rule.h"

namespace wengert {
namespace {

template <Op op>
double Value(double a, [[maybe_unused]] double b, [[maybe_unused]] double c) {
  using R = Rule<op>;
  if constexpr (R::arity == 1) return R::Value(a);
  if constexpr (R::arity == 2) return R::Value(a, b);
  if constexpr (R::arity == 3) return R::Value(a, b, c);
}

}  // namespace

const ValueFunction kValueFunctions[kOpCount] = {
    nullptr,
#define UNARY(Name, ...) Value<Op::k##Name>,
#define BINARY(Name, ...) Value<Op::k##Name>,
#define TERNARY(Name, ...) Value<Op::k##Name>,
#define ALIAS(...)
#include "wengert/ops/op_table.inc"
};

}  // namespace wengert
