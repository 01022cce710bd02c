#ifndef WENGERT_TAPE_RECORD_H_
#define WENGERT_TAPE_RECORD_H_

// Arithmetic on Var: the functions of the op table, each of which computes its primal with the
// table's value rule and appends a node. Included by <wengert/wengert.h>.

#include <concepts>

#include "wengert/base/rounded.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/var.h"

namespace wengert {

inline Operand Tape::OperandOf(const Var& v) {
  if (v.stamp_ == stamp_) [[likely]]
    return Operand::Node(v.node_);
  if (v.is_constant()) return AddConstant(v.primal_);
  if (!IsAlive(v)) ThrowNotMine(v, "arithmetic on Var");
  return Operand::Node(v.node_);
}

inline Var Tape::Append(const Node& node, double primal) {
  if (size_ == capacity_) [[unlikely]]
    Grow();
  const uint32_t i = size_;
  nodes_[i] = node;
  primals_[i] = primal;
  size_ = i + 1;
  return Var(primal, i, stamp_);
}

template <Op op, class... Operands>
inline Var Tape::Record(double primal, const Operands&... operands) {
  Tape* const tape = innermost_;
  if (tape == nullptr) [[unlikely]]
    ThrowNotRecording();
  return tape->Append(Node{op, tape->OperandOf(operands)...}, primal);
}

template <Op op, class... Operands>
inline Var Var::Apply(const Operands&... operands) {
  const double y = Rounded(Rule<op>::Value(operands.primal_...));
  if ((operands.is_constant() && ...)) return Var(y);
  return Tape::Record<op>(y, operands...);
}

#define UNARY(Name, home, function, ...) \
  inline Var function(const Var& a) { return Var::Apply<Op::k##Name>(a); }
#define BINARY(Name, home, function, ...) \
  inline Var function(const Var& a, const Var& b) { return Var::Apply<Op::k##Name>(a, b); }
#define TERNARY(Name, home, function, ...)                        \
  inline Var function(const Var& a, const Var& b, const Var& c) { \
    return Var::Apply<Op::k##Name>(a, b, c);                      \
  }
#define ALIAS(Name, home, function) BINARY(Name, home, function, )
#include "wengert/ops/op_table.inc"

// A bool knows nothing of the operands it came from, so such a choice couldn't be replayed. Write
// Where(Less(a, b), x, y), which is valid on both sides, or a < b ? x : y, which leaves a guard.
template <std::same_as<bool> B>
Var Where(B condition, const Var& b, const Var& c) = delete;

// d log gamma(a) / da.
inline Var digamma(const Var& a) { return polygamma(Var(0.0), a); }

inline Var operator+(const Var& a) { return a; }
inline Var& Var::operator+=(const Var& b) { return *this = *this + b; }
inline Var& Var::operator-=(const Var& b) { return *this = *this - b; }
inline Var& Var::operator*=(const Var& b) { return *this = *this * b; }
inline Var& Var::operator/=(const Var& b) { return *this = *this / b; }

// Comparisons are plain bools. Each leaves a guard on the tape: a replay checks that it comes out
// the same.
template <Op op>
inline bool Compare(const Var& a, const Var& b) {
  const double outcome = Rule<op>::Value(a.primal_, b.primal_);
  if (!a.is_constant() || !b.is_constant()) Tape::RecordGuard(op, a, b, outcome);
  return outcome != 0.0;
}
inline bool operator<(const Var& a, const Var& b) { return Compare<Op::kLess>(a, b); }
inline bool operator>(const Var& a, const Var& b) { return Compare<Op::kLess>(b, a); }
inline bool operator<=(const Var& a, const Var& b) { return Compare<Op::kLessEqual>(a, b); }
inline bool operator>=(const Var& a, const Var& b) { return Compare<Op::kLessEqual>(b, a); }
inline bool operator==(const Var& a, const Var& b) { return Compare<Op::kEqual>(a, b); }
inline bool operator!=(const Var& a, const Var& b) { return !Compare<Op::kEqual>(a, b); }

}  // namespace wengert

#endif  // WENGERT_TAPE_RECORD_H_
