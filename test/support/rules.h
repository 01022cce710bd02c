#ifndef WENGERT_TEST_SUPPORT_RULES_H_
#define WENGERT_TEST_SUPPORT_RULES_H_

// The rules of the op table, called by a runtime Op at a Point, and a name for each operation so
// that a parameterised test reads "Law/Atan2".

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "test/support/op_domains.h"
#include "wengert/ops/dual.h"
#include "wengert/ops/rule.h"

namespace wengert::truth {

using Operands = std::array<double, 3>;

// f(x_0, ..., x_{arity-1}) for an array of operands.
template <int arity, class T, class F>
decltype(auto) Spread(const std::array<T, 3>& x, F&& f) {
  if constexpr (arity == 1) return f(x[0]);
  if constexpr (arity == 2) return f(x[0], x[1]);
  if constexpr (arity == 3) return f(x[0], x[1], x[2]);
}

template <class T>
T RuleValue(Op op, const std::array<T, 3>& x) {
  return VisitOp(op, [&](auto rule) -> T {
    using R = decltype(rule);
    if constexpr (R::arity == 0) {
      return T(0);
    } else {
      return Spread<R::arity>(x, [](const auto&... each) { return Apply<R::op, T>(each...); });
    }
  });
}

// The partial towards operand k, given the value y.
template <class T>
T RulePartial(Op op, const std::array<T, 3>& x, int k, const T& y) {
  return VisitOp(op, [&](auto rule) -> T {
    using R = decltype(rule);
    if constexpr (R::arity == 0) {
      return T(0);
    } else {
      return Spread<R::arity>(x, [&](const auto&... each) -> T {
        if constexpr (R::arity > 1) {
          if (k == 1) return R::template Partial<1>(each..., y);
        }
        if constexpr (R::arity > 2) {
          if (k == 2) return R::template Partial<2>(each..., y);
        }
        return R::template Partial<0>(each..., y);
      });
    }
  });
}

// Every operation but Input.
inline std::vector<Op> AllOps() {
  std::vector<Op> ops;
  for (int i = 1; i < kOpCount; ++i) ops.push_back(static_cast<Op>(i));
  return ops;
}

struct OpName {
  std::string operator()(const ::testing::TestParamInfo<Op>& info) const {
    return InfoOf(info.param).name;
  }
};

}  // namespace wengert::truth

#endif  // WENGERT_TEST_SUPPORT_RULES_H_
