#ifndef WENGERT_TAPE_RECORD_H_
#define WENGERT_TAPE_RECORD_H_

// Arithmetic on Var: the functions of the op table, each of which computes its primal with the
// table's value rule and appends a record. Included by <wengert/wengert.h>.
//
// Operators tell temporaries (Var&&) from named operands, for an operation may join the record of a
// temporary; functions of two and three operands don't, and are recorded out of line.

#include <concepts>

#include "wengert/base/rounded.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/append.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/var.h"

namespace wengert {

template <Op op, class... Operands>
inline Var Var::Apply(const Operands&... operands) {
  if constexpr (sizeof...(operands) == 1) {
    return Recorder::Record<op, false>(operands...);
  } else if constexpr (sizeof...(operands) == 2 && HasTrait(op, kJoins)) {
    return Recorder::Record<op, false, false>(operands...);
  } else {
    const double y = Rounded(Rule<op>::Value(operands.fields_.primal...));
    return Recorder::Any(op, y, operands...);
  }
}

#define UNARY(Name, home, function, ...)                                                        \
  WENGERT_INLINE Var function(const Var& a) { return Recorder::Record<Op::k##Name, false>(a); } \
  WENGERT_INLINE Var function(Var&& a) { return Recorder::Record<Op::k##Name, true>(a); }
#define BINARY_builtin(op, function)                                                               \
  WENGERT_INLINE Var function(const Var& a, const Var& b) {                                        \
    return Recorder::Record<op, false, false>(a, b);                                               \
  }                                                                                                \
  WENGERT_INLINE Var function(const Var& a, Var&& b) {                                             \
    return Recorder::Record<op, false, true>(a, b);                                                \
  }                                                                                                \
  WENGERT_INLINE Var function(Var&& a, const Var& b) {                                             \
    return Recorder::Record<op, true, false>(a, b);                                                \
  }                                                                                                \
  WENGERT_INLINE Var function(Var&& a, Var&& b) { return Recorder::Record<op, true, true>(a, b); } \
  WENGERT_INLINE Var function(const Var& a, double b) {                                            \
    return Recorder::Record<op, false>(a, b);                                                      \
  }                                                                                                \
  WENGERT_INLINE Var function(Var&& a, double b) { return Recorder::Record<op, true>(a, b); }      \
  WENGERT_INLINE Var function(double a, const Var& b) {                                            \
    return Recorder::Record<op, false>(a, b);                                                      \
  }                                                                                                \
  WENGERT_INLINE Var function(double a, Var&& b) { return Recorder::Record<op, true>(a, b); }
#define BINARY_std(op, function) \
  WENGERT_INLINE Var function(const Var& a, const Var& b) { return Var::Apply<op>(a, b); }
#define BINARY_real(op, function) BINARY_std(op, function)
#define BINARY(Name, home, function, ...) BINARY_##home(Op::k##Name, function)
#define TERNARY(Name, home, function, ...)                                \
  WENGERT_INLINE Var function(const Var& a, const Var& b, const Var& c) { \
    return Var::Apply<Op::k##Name>(a, b, c);                              \
  }
#define ALIAS(Name, home, function) BINARY(Name, home, function, )
#include "wengert/ops/op_table.inc"
#undef BINARY_builtin
#undef BINARY_std
#undef BINARY_real

// A bool or an int knows nothing of the operands it came from, so such a choice couldn't be
// replayed. Write Where(Less(a, b), x, y), which is valid on both sides, or a < b ? x : y, which
// leaves a guard.
template <std::integral B>
Var Where(B condition, const Var& b, const Var& c) = delete;

// d log gamma(a) / da.
inline Var digamma(const Var& a) { return polygamma(Var(0.0), a); }

inline Var fabs(const Var& a) { return abs(a); }

inline Var operator+(const Var& a) { return a; }
inline Var operator+(Var&& a) { return static_cast<Var&&>(a); }

// A named variable is not a temporary: others may hold copies of it.
WENGERT_INLINE Var& Var::operator+=(const Var& b) { return *this = *this + b; }
WENGERT_INLINE Var& Var::operator-=(const Var& b) { return *this = *this - b; }
WENGERT_INLINE Var& Var::operator*=(const Var& b) { return *this = *this * b; }
WENGERT_INLINE Var& Var::operator/=(const Var& b) { return *this = *this / b; }
WENGERT_INLINE Var& Var::operator+=(Var&& b) { return *this = *this + static_cast<Var&&>(b); }
WENGERT_INLINE Var& Var::operator-=(Var&& b) { return *this = *this - static_cast<Var&&>(b); }
WENGERT_INLINE Var& Var::operator*=(Var&& b) { return *this = *this * static_cast<Var&&>(b); }
WENGERT_INLINE Var& Var::operator/=(Var&& b) { return *this = *this / static_cast<Var&&>(b); }
WENGERT_INLINE Var& Var::operator+=(double b) { return *this = *this + b; }
WENGERT_INLINE Var& Var::operator-=(double b) { return *this = *this - b; }
WENGERT_INLINE Var& Var::operator*=(double b) { return *this = *this * b; }
WENGERT_INLINE Var& Var::operator/=(double b) { return *this = *this / b; }

// Comparisons are plain bools. Each leaves a guard on the tape: a replay checks that it comes out
// the same.
template <Op op>
inline bool Compare(const Var& a, const Var& b) {
  const double outcome = Rule<op>::Value(a.fields_.primal, b.fields_.primal);
  if (!a.is_constant() || !b.is_constant()) Tape::RecordGuard(op, a, b, outcome);
  return outcome != 0.0;
}
inline bool operator<(const Var& a, const Var& b) { return Compare<Op::kLess>(a, b); }
inline bool operator>(const Var& a, const Var& b) { return Compare<Op::kLess>(b, a); }
inline bool operator<=(const Var& a, const Var& b) { return Compare<Op::kLessEqual>(a, b); }
inline bool operator>=(const Var& a, const Var& b) { return Compare<Op::kLessEqual>(b, a); }
inline bool operator==(const Var& a, const Var& b) { return Compare<Op::kEqual>(a, b); }
inline bool operator!=(const Var& a, const Var& b) { return !Compare<Op::kEqual>(a, b); }
inline bool isnan(const Var& a) { return a != a; }
inline bool isfinite(const Var& a) { return -kInfinity < a && a < kInfinity; }
inline bool isinf(const Var& a) { return a == kInfinity || a == -kInfinity; }

}  // namespace wengert

#endif  // WENGERT_TAPE_RECORD_H_
