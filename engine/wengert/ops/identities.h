#ifndef WENGERT_OPS_IDENTITIES_H_
#define WENGERT_OPS_IDENTITIES_H_

// Which operation can be had for less: the algebra of the op table.
//
//   x * 1 = x     x + -0 = x     -(-x) = x     a - (-b) = a + b     x / 4 = x * 0.25
//
// An identity keeps every bit of the result for every operand, signed zeros and infinities
// included; a NaN stays a NaN, whose own sign and payload mean nothing. It keeps the derivative,
// too, kinks included: copysign(x, x) = x isn't here, whose partials add up to 0 where x is 0.
// These hold only while all values are finite, and may change the sign of a zero:
//
//   x * 0 = 0     x + 0 = x      x - x = 0     0 - x = -x           azmul(a, b) = a * b
//
// What only a good C library makes true (cos(-x) = cos x, pow(x, 1) = x) isn't here; what the C
// standard demands of it (Annex F: pow(x, 0) = 1, hypot(x, 0) = |x|) is.

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "wengert/ops/op.h"

namespace wengert {

// The identities over some form of expressions, that of `Terms`:
//
//   Terms::Term                an operand: a number or the result of an operation
//   terms.IsConstant(x)        whether it is a number,
//   terms.Constant(x)          and which
//   terms.OpOf(x)              the operation whose value x is; kInput if it isn't, or isn't known
//   terms.Inside(x, k)         operand k of that operation
//   terms.IsSame(x, y)         whether they have the same bits for certain
//   terms.Make(double)         a number as an operand
template <class Terms>
class Identities {
 public:
  using Term = typename Terms::Term;

  // Of the operation op(x, y, z), as far as it has so many operands.
  Identities(Terms& terms, bool assume_finite, Op op, Term x, Term y, Term z)
      : terms_(terms), finite_(assume_finite), op_(op), a(x), b(y), c(z) {}

  // Whether an identity made the operation one that costs less, or as much and is a better start
  // for other identities, so that repeating it comes to an end. The new operands are old ones,
  // operands of them, or new numbers.
  bool Apply() {
    const bool exchangeable = HasTrait(op_, kCommutes) || op_ == Op::kFma;
    if (exchangeable && terms_.IsConstant(a) && !terms_.IsConstant(b)) std::swap(a, b);
    return Find();
  }

  // What it is now. kInput stands for the first operand itself.
  Op op() const { return op_; }
  Term operand(int k) const { return k == 0 ? a : k == 1 ? b : c; }

 private:
  using Part = std::optional<Term>;

  // Inlined by force: in memory the operands would be written in halves and read as one, which
  // stalls; that is half of the time of a pass.
  [[gnu::always_inline]] bool Find() {
    switch (op_) {
      case Op::kAdd:
        return Add();
      case Op::kSub:
        return Sub();
      case Op::kMul:
        return Mul();
      case Op::kDiv:
        return Div();
      case Op::kNeg:
        return Neg();
      case Op::kFma:
        return Fma();
      case Op::kAzmul:
        return Azmul();
      case Op::kSquare:
        return EvenInA();
      case Op::kAbs:
        return IsNonNegative(a) ? Just(a) : EvenInA();
      case Op::kRelu:
        return IsNonNegative(a) ? Just(a) : false;
      case Op::kSign:
      case Op::kStep:
        return OpOf(a) == op_ ? Just(a) : false;
      case Op::kFloor:
      case Op::kCeil:
      case Op::kTrunc:
      case Op::kRound:
        return IsWhole(a) ? Just(a) : false;
      case Op::kHypot:
        return Hypot();
      case Op::kCopysign:
        return Copysign();
      case Op::kPow:
        return IsZero(b) || Is(a, 1) ? Just(1) : false;
      case Op::kMax:
      case Op::kMin:
        return IsSame(a, b) ? Just(a) : false;
      case Op::kMaxShare:
        return finite_ && IsSame(a, b) ? Just(0.5) : false;
      case Op::kLess:
        return IsSame(a, b) ? Just(0) : Order();
      case Op::kLessEqual:
        return finite_ && IsSame(a, b) ? Just(1) : Order();
      case Op::kEqual:
        return Equal();
      case Op::kWhere:
        return Where();
      default:
        return false;
    }
  }

  bool Add() {
    if (Is(b, -0.0) || (finite_ && IsZero(b))) return Just(a);
    if (IsNeg(b)) return Become(Op::kSub, a, InsideOf(b));
    if (IsNeg(a)) return Become(Op::kSub, b, InsideOf(a));
    return false;
  }

  bool Sub() {
    if (Is(b, 0) || (finite_ && IsZero(b))) return Just(a);
    if (Is(a, -0.0) || (finite_ && IsZero(a))) return Become(Op::kNeg, b);
    if (finite_ && IsSame(a, b)) return Just(0);
    if (IsNeg(b)) return Become(Op::kAdd, a, InsideOf(b));
    if (const Part u = ComparedToZero(b); u && Is(a, 1) && IsTruth(*u)) return Just(*u);
    return false;
  }

  bool Mul() {
    if (Is(b, 1)) return Just(a);
    if (Is(b, -1)) return Become(Op::kNeg, a);
    if (finite_ && IsZero(b)) return Just(0);
    if (IsSame(a, b)) return Become(Op::kSquare, a);
    return WithoutNegations();
  }

  bool Div() {
    if (IsPowerOfTwo(b)) return Become(Op::kMul, a, terms_.Make(1 / terms_.Constant(b)));
    if (finite_ && IsSame(a, b)) return Just(1);
    if (finite_ && IsZero(a)) return Just(0);
    return WithoutNegations();
  }

  // -(3 x) = -3 x
  bool Neg() {
    if (IsNeg(a)) return Just(InsideOf(a));
    if (OpOf(a) != Op::kMul && OpOf(a) != Op::kSub) return false;
    const Term x = terms_.Inside(a, 0), y = terms_.Inside(a, 1);
    if (OpOf(a) == Op::kSub) return finite_ ? Become(Op::kSub, y, x) : false;
    if (terms_.IsConstant(y)) return Become(Op::kMul, x, Opposite(y));
    if (terms_.IsConstant(x)) return Become(Op::kMul, y, Opposite(x));
    return false;
  }

  bool Fma() {
    if (Is(b, 1)) return Become(Op::kAdd, a, c);
    if (Is(b, -1)) return Become(Op::kSub, c, a);
    if (Is(c, -0.0) || (finite_ && IsZero(c))) return Become(Op::kMul, a, b);
    if (finite_ && IsZero(b)) return Just(c);
    return WithoutNegations();
  }

  // Of azmul's operands it is the first whose zero wins.
  bool Azmul() {
    if (IsZero(a)) return Just(0);
    if (terms_.IsConstant(a) || finite_) return Become(Op::kMul, a, b);
    if (IsSame(a, b)) return Become(Op::kSquare, a);
    return WithoutNegations();
  }

  bool Hypot() {
    if (IsZero(b)) return Become(Op::kAbs, a);
    if (HasSign(a)) return Become(op_, InsideOf(a), b);
    if (HasSign(b)) return Become(op_, a, InsideOf(b));
    return false;
  }

  bool Copysign() {
    if (terms_.IsConstant(b)) {
      const double sign = terms_.Constant(b);
      if (!std::isnan(sign) && !std::signbit(sign)) return Become(Op::kAbs, a);
    }
    return HasSign(a) ? Become(op_, InsideOf(a), b) : false;
  }

  bool Equal() {
    if (finite_ && IsSame(a, b)) return Just(1);
    return Is(b, 1) && IsTruth(a) ? Just(a) : false;
  }

  // -a < -b where b < a
  bool Order() {
    const bool exchange = (IsNeg(a) && HasOpposite(b)) || (IsNeg(b) && HasOpposite(a));
    return exchange ? Become(op_, Opposite(b), Opposite(a)) : false;
  }

  bool Where() {
    if (terms_.IsConstant(a)) return Just(terms_.Constant(a) != 0.0 ? b : c);
    if (IsSame(b, c)) return Just(b);
    if (Is(b, 1) && Is(c, 0) && IsTruth(a)) return Just(a);
    if (const Part u = ComparedToZero(a)) return Become(op_, *u, c, b);
    if (IsChoiceByA(b)) return Become(op_, a, terms_.Inside(b, 1), c);
    if (IsChoiceByA(c)) return Become(op_, a, b, terms_.Inside(c, 2));
    return false;
  }

  // (-a)(-b) = a b, and (-a) 3 = a (-3); of quotients, too
  [[gnu::always_inline]] bool WithoutNegations() {
    const bool cancel = (IsNeg(a) && HasOpposite(b)) || (IsNeg(b) && HasOpposite(a));
    return cancel ? Become(op_, Opposite(a), Opposite(b), c) : false;
  }

  // f(-x) = f(|x|) = f(x)
  bool EvenInA() { return HasSign(a) ? Become(op_, InsideOf(a)) : false; }

  bool Just(Term x) { return Become(Op::kInput, x); }
  bool Just(double value) { return Just(terms_.Make(value)); }
  bool Become(Op op, Term x, Term y = {}, Term z = {}) {
    op_ = op, a = x, b = y, c = z;
    return true;
  }

  bool IsSame(Term x, Term y) const { return terms_.IsSame(x, y); }
  Op OpOf(Term x) const { return terms_.OpOf(x); }
  Term InsideOf(Term x) const { return terms_.Inside(x, 0); }

  bool Is(Term x, double value) const {
    return terms_.IsConstant(x) &&
           std::bit_cast<uint64_t>(terms_.Constant(x)) == std::bit_cast<uint64_t>(value);
  }
  bool IsZero(Term x) const { return terms_.IsConstant(x) && terms_.Constant(x) == 0.0; }

  // Whether 1 / x has no rounding error.
  bool IsPowerOfTwo(Term x) const {
    if (!terms_.IsConstant(x) || !std::isfinite(1.0 / terms_.Constant(x))) return false;
    int exponent;
    return std::abs(std::frexp(terms_.Constant(x), &exponent)) == 0.5;
  }

  bool IsNeg(Term x) const { return OpOf(x) == Op::kNeg; }
  bool HasSign(Term x) const { return IsNeg(x) || OpOf(x) == Op::kAbs; }

  // -x where that costs nothing.
  bool HasOpposite(Term x) const { return terms_.IsConstant(x) || IsNeg(x); }
  Term Opposite(Term x) { return IsNeg(x) ? InsideOf(x) : terms_.Make(-terms_.Constant(x)); }

  // u if x is u == 0.
  Part ComparedToZero(Term x) const {
    if (OpOf(x) != Op::kEqual) return {};
    const Term u = terms_.Inside(x, 0), v = terms_.Inside(x, 1);
    if (IsZero(v)) return u;
    return IsZero(u) ? Part(v) : Part();
  }

  bool IsChoiceByA(Term x) const { return OpOf(x) == Op::kWhere && IsSame(terms_.Inside(x, 0), a); }

  // Whether x is 1 or +0, never NaN.
  bool IsTruth(Term x) const {
    const Op op = OpOf(x);
    return op == Op::kLess || op == Op::kLessEqual || op == Op::kEqual;
  }

  bool IsWhole(Term x) const {
    const Op op = OpOf(x);
    return op == Op::kFloor || op == Op::kCeil || op == Op::kTrunc || op == Op::kRound;
  }

  // Whether x is +0, positive or NaN.
  bool IsNonNegative(Term x) const {
    switch (OpOf(x)) {
      case Op::kAbs:
      case Op::kRelu:
      case Op::kStep:
      case Op::kSquare:
      case Op::kExp:
      case Op::kExp2:
      case Op::kSigmoid:
      case Op::kHypot:
        return true;
      default:
        return IsTruth(x);
    }
  }

  Terms& terms_;
  bool finite_;
  Op op_ = Op::kInput;
  Term a = {}, b = {}, c = {};
};

}  // namespace wengert

#endif  // WENGERT_OPS_IDENTITIES_H_
