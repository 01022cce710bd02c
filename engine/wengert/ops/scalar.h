#ifndef WENGERT_OPS_SCALAR_H_
#define WENGERT_OPS_SCALAR_H_

// A scalar is double, or a class that can apply an operation of the table to itself:
//
//   static constexpr bool kIsScalar = true;
//   template <Op op> static S Apply(const S& a, ...);     as many operands as op has
//
// For every such class this file makes the functions of the table's function column (a + b,
// exp(a), hypot(a, b, c), ...). For double those functions are the plain ones, brought into this
// namespace, so that a partial rule can be written once for all scalars. Var is a scalar, too, but
// has its overloads in tape/var.h, where it mixes with double.

#include <cmath>
#include <concepts>

#include "wengert/ops/functions.h"
#include "wengert/ops/op.h"

namespace wengert {

template <class S>
concept Scalar = requires {
  requires S::kIsScalar;
};

#define USING_std(function) using std::function;
#define USING_real(function) using real::function;
#define USING_builtin(function)
#define UNARY(Name, home, function, ...)      \
  USING_##home(function) template <Scalar S>  \
  inline S function(const S& a) {             \
    return S::template Apply<Op::k##Name>(a); \
  }
#define BINARY(Name, home, function, ...)        \
  USING_##home(function) template <Scalar S>     \
  inline S function(const S& a, const S& b) {    \
    return S::template Apply<Op::k##Name>(a, b); \
  }
#define TERNARY(Name, home, function, ...)                \
  USING_##home(function) template <Scalar S>              \
  inline S function(const S& a, const S& b, const S& c) { \
    return S::template Apply<Op::k##Name>(a, b, c);       \
  }
#define ALIAS(Name, home, function) BINARY(Name, home, function, )
#include "wengert/ops/op_table.inc"
#undef USING_std
#undef USING_real
#undef USING_builtin

}  // namespace wengert

#endif  // WENGERT_OPS_SCALAR_H_
