#ifndef WENGERT_OPS_CALL_RULE_H_
#define WENGERT_OPS_CALL_RULE_H_

// A rule called with its operands in an array; a partial, with the value behind them, and with the
// number of the operand it is towards.

#include "wengert/ops/rule.h"

namespace wengert {

template <class R, class T>
T ValueAt(const T* x) {
  if constexpr (R::arity == 1) return R::Value(x[0]);
  if constexpr (R::arity == 2) return R::Value(x[0], x[1]);
  if constexpr (R::arity == 3) return R::Value(x[0], x[1], x[2]);
}

template <class R, class T>
T PartialAt(int k, const T* x) {
  if constexpr (R::arity == 1) {
    return R::template Partial<0>(x[0], x[1]);
  } else if constexpr (R::arity == 2) {
    return k == 0 ? R::template Partial<0>(x[0], x[1], x[2])
                  : R::template Partial<1>(x[0], x[1], x[2]);
  } else {
    if (k == 0) return R::template Partial<0>(x[0], x[1], x[2], x[3]);
    return k == 1 ? R::template Partial<1>(x[0], x[1], x[2], x[3])
                  : R::template Partial<2>(x[0], x[1], x[2], x[3]);
  }
}

}  // namespace wengert

#endif  // WENGERT_OPS_CALL_RULE_H_
