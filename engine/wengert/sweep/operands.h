#ifndef WENGERT_SWEEP_OPERANDS_H_
#define WENGERT_SWEEP_OPERANDS_H_

#include "wengert/tape/node.h"

namespace wengert {

// The primal of an operand, from the array of primals or the pool of constants.
template <class T>
struct OperandReader {
  const T* primals;
  const double* constants;

  T operator()(Operand operand) const {
    return operand.is_constant() ? T(constants[operand.index()]) : primals[operand.index()];
  }
};

// f(a), f(a, b) or f(a, b, c) with the primals of the node's operands.
template <int arity, class T, class F>
inline decltype(auto) WithOperands(const OperandReader<T>& read, const Node& node, F&& f) {
  if constexpr (arity == 1) return f(read(node.a));
  if constexpr (arity == 2) return f(read(node.a), read(node.b));
  if constexpr (arity == 3) return f(read(node.a), read(node.b), read(node.c));
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_OPERANDS_H_
