#ifndef WENGERT_OPS_RULE_H_
#define WENGERT_OPS_RULE_H_

// The rows of the op table as types: Rule<op>::Value(a, ...) and Rule<op>::Partial<k>(a, ..., y),
// the partial towards operand k, with y the memoized value. All are templates on the scalar and
// inline to the table's formula.

#include <utility>

#include "wengert/ops/op.h"
#include "wengert/ops/partials.h"
#include "wengert/ops/scalar.h"

namespace wengert {

template <Op op>
struct Rule;

template <>
struct Rule<Op::kInput> {
  static constexpr Op op = Op::kInput;
  static constexpr int arity = 0;
};

template <>
struct Rule<Op::kCustom> {
  static constexpr Op op = Op::kCustom;
  static constexpr int arity = 0;
};

#define UNARY(Name, home, function, text, value, pa, traits)                     \
  template <>                                                                    \
  struct Rule<Op::k##Name> {                                                     \
    static constexpr Op op = Op::k##Name;                                        \
    static constexpr int arity = 1;                                              \
    template <class T>                                                           \
    static T Value(const T& a) {                                                 \
      return value;                                                              \
    }                                                                            \
    template <int k, class T>                                                    \
    static T Partial([[maybe_unused]] const T& a, [[maybe_unused]] const T& y) { \
      return pa;                                                                 \
    }                                                                            \
  };
#define BINARY(Name, home, function, text, value, pa, pb, traits)              \
  template <>                                                                  \
  struct Rule<Op::k##Name> {                                                   \
    static constexpr Op op = Op::k##Name;                                      \
    static constexpr int arity = 2;                                            \
    template <class T>                                                         \
    static T Value(const T& a, const T& b) {                                   \
      return value;                                                            \
    }                                                                          \
    template <int k, class T>                                                  \
    static T Partial([[maybe_unused]] const T& a, [[maybe_unused]] const T& b, \
                     [[maybe_unused]] const T& y) {                            \
      if constexpr (k == 0) return pa;                                         \
      if constexpr (k == 1) return pb;                                         \
    }                                                                          \
  };
#define TERNARY(Name, home, function, text, value, pa, pb, pc, traits)           \
  template <>                                                                    \
  struct Rule<Op::k##Name> {                                                     \
    static constexpr Op op = Op::k##Name;                                        \
    static constexpr int arity = 3;                                              \
    template <class T>                                                           \
    static T Value(const T& a, const T& b, const T& c) {                         \
      return value;                                                              \
    }                                                                            \
    template <int k, class T>                                                    \
    static T Partial([[maybe_unused]] const T& a, [[maybe_unused]] const T& b,   \
                     [[maybe_unused]] const T& c, [[maybe_unused]] const T& y) { \
      if constexpr (k == 0) return pa;                                           \
      if constexpr (k == 1) return pb;                                           \
      if constexpr (k == 2) return pc;                                           \
    }                                                                            \
  };
#define ALIAS(...)
#include "wengert/ops/op_table.inc"

// op(a, ...) for any scalar.
template <Op op, class T, class... Rest>
inline T Apply(const T& a, const Rest&... rest) {
  if constexpr (std::is_same_v<T, double>) {
    return Rule<op>::Value(a, rest...);
  } else {
    return T::template Apply<op>(a, rest...);
  }
}

// f(Rule<op>()) for an op known at run time only.
template <class F>
inline decltype(auto) VisitOp(Op op, F&& f) {
  switch (op) {
#define UNARY(Name, ...) \
  case Op::k##Name:      \
    return f(Rule<Op::k##Name>());
#define BINARY(Name, ...) UNARY(Name, )
#define TERNARY(Name, ...) UNARY(Name, )
#define ALIAS(...)
#include "wengert/ops/op_table.inc"
    case Op::kCustom:
      return f(Rule<Op::kCustom>());
    case Op::kInput:
      break;
  }
  return f(Rule<Op::kInput>());
}

}  // namespace wengert

#endif  // WENGERT_OPS_RULE_H_
