#ifndef WENGERT_SWEEP_OPERANDS_H_
#define WENGERT_SWEEP_OPERANDS_H_

// Where a sweep finds the primals that partials are made of.

#include <cstddef>
#include <type_traits>

#include "wengert/ops/dual.h"
#include "wengert/tape/node.h"

namespace wengert {

// The primal of an operand, from the array of primals or the pool of constants.
template <class T>
struct OperandReader {
  using Scalar = T;

  const T* primals;
  const double* constants;

  T operator()(Operand operand) const {
    return operand.is_constant() ? T(constants[operand.index()]) : primals[operand.index()];
  }
  const T& Primal(size_t node) const { return primals[node]; }
};

// The same, as a dual number made of two arrays: primals, and tangents of the class V.
template <class V>
struct DualReader {
  using Scalar = Dual<double, V>;

  const double* primals;
  const V* tangents;
  const double* constants;

  Scalar operator()(Operand operand) const {
    return operand.is_constant() ? Scalar(constants[operand.index()]) : Primal(operand.index());
  }
  Scalar Primal(size_t node) const { return {primals[node], tangents[node]}; }
};

// f(a), f(a, b) or f(a, b, c) with the primals of the node's operands.
template <int arity, class Reader, class F>
inline decltype(auto) WithOperands(const Reader& read, const Node& node, F&& f) {
  if constexpr (arity == 1) return f(read(node.operands[0]));
  if constexpr (arity == 2) return f(read(node.operands[0]), read(node.operands[1]));
  if constexpr (arity == 3)
    return f(read(node.operands[0]), read(node.operands[1]), read(node.operands[2]));
}

// f(k, operand) for each operand of the node that is a node itself; k is a compile-time number.
template <int arity, class F>
inline void ForActiveOperands(const Node& node, F&& f) {
  const auto visit = [&](auto k, Operand operand) {
    if (!operand.is_constant()) f(k, operand.index());
  };
  if constexpr (arity > 0) visit(std::integral_constant<int, 0>(), node.operands[0]);
  if constexpr (arity > 1) visit(std::integral_constant<int, 1>(), node.operands[1]);
  if constexpr (arity > 2) visit(std::integral_constant<int, 2>(), node.operands[2]);
}

}  // namespace wengert

#endif  // WENGERT_SWEEP_OPERANDS_H_
