#include "wengert/ops/identities.h"

#include <cmath>
#include <initializer_list>
#include <utility>

namespace wengert {
namespace {

using Answer = std::optional<Application>;
using Part = std::optional<Argument>;

bool IsOneOf(Op op, std::initializer_list<Op> ops) {
  for (Op each : ops) {
    if (op == each) return true;
  }
  return false;
}

bool Is(const Argument& x, double value) { return x == Argument::Constant(value); }
bool IsZero(const Argument& x) { return x.is_constant && x.constant == 0.0; }

// Whether 1 / x has no rounding error.
bool IsPowerOfTwo(const Argument& x) {
  if (!x.is_constant || !std::isfinite(1.0 / x.constant)) return false;
  int exponent;
  return std::abs(std::frexp(x.constant, &exponent)) == 0.5;
}

Answer Just(const Argument& x) { return Application{Op::kInput, {x}}; }
Answer Just(double value) { return Just(Argument::Constant(value)); }
Answer Apply(Op op, const Argument& a) { return Application{op, {a}}; }
Answer Apply(Op op, const Argument& a, const Argument& b) { return Application{op, {a, b}}; }
Answer Apply(Op op, const Argument& a, const Argument& b, const Argument& c) {
  return Application{op, {a, b, c}};
}

// The identities of each operation, in a, b, c, its arguments.
class Identities {
 public:
  Identities(const Application& f, Definition definition, bool finite)
      : op_(f.op),
        a(f.arguments[0]),
        b(f.arguments[1]),
        c(f.arguments[2]),
        definition_(definition),
        finite_(finite) {
    const bool swap = HasTrait(op_, kCommutes) || op_ == Op::kFma;
    if (swap && a.is_constant && !b.is_constant) std::swap(a, b);
  }

  Answer Find() const {
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
      case Op::kSquare:
        return EvenIn(a);
      case Op::kAzmul:
        return Azmul();
      case Op::kAbs:
        return IsNonNegative(a) ? Just(a) : EvenIn(a);
      case Op::kRelu:
        return IsNonNegative(a) ? Just(a) : Answer();
      case Op::kHypot:
        return Hypot();
      case Op::kCopysign:
        return Copysign();
      case Op::kPow:
        return IsZero(b) || Is(a, 1) ? Just(1) : Answer();
      case Op::kMax:
      case Op::kMin:
        return a == b ? Just(a) : Answer();
      case Op::kMaxShare:
        return finite_ && a == b ? Just(0.5) : Answer();
      case Op::kSign:
      case Op::kStep:
        return DefinitionOf(a).op == op_ ? Just(a) : Answer();
      case Op::kFloor:
      case Op::kCeil:
      case Op::kTrunc:
      case Op::kRound:
        return IsWhole(a) ? Just(a) : Answer();
      case Op::kLess:
        return a == b ? Just(0) : Order();
      case Op::kLessEqual:
        return finite_ && a == b ? Just(1) : Order();
      case Op::kEqual:
        return Equal();
      case Op::kWhere:
        return Where();
      default:
        return {};
    }
  }

 private:
  Answer Add() const {
    if (Is(b, -0.0) || (finite_ && IsZero(b))) return Just(a);
    if (const Part u = Negated(b)) return Apply(Op::kSub, a, *u);
    if (const Part u = Negated(a)) return Apply(Op::kSub, b, *u);
    return {};
  }

  Answer Sub() const {
    if (Is(b, 0) || (finite_ && IsZero(b))) return Just(a);
    if (Is(a, -0.0) || (finite_ && IsZero(a))) return Apply(Op::kNeg, b);
    if (finite_ && a == b) return Just(0);
    if (const Part u = Negated(b)) return Apply(Op::kAdd, a, *u);
    if (const Part u = ComparedToZero(b); u && Is(a, 1) && IsTruth(*u)) return Just(*u);
    return {};
  }

  Answer Mul() const {
    if (Is(b, 1)) return Just(a);
    if (Is(b, -1)) return Apply(Op::kNeg, a);
    if (finite_ && IsZero(b)) return Just(0);
    if (a == b) return Apply(Op::kSquare, a);
    return WithoutNegations();
  }

  Answer Div() const {
    if (IsPowerOfTwo(b)) return Apply(Op::kMul, a, Argument::Constant(1 / b.constant));
    if (finite_ && a == b) return Just(1);
    if (finite_ && IsZero(a)) return Just(0);
    return WithoutNegations();
  }

  Answer Neg() const {
    if (const Part u = Negated(a)) return Just(*u);
    const Application inner = DefinitionOf(a);
    const Argument& x = inner.arguments[0];
    const Argument& y = inner.arguments[1];
    if (inner.op == Op::kMul && y.is_constant) return Apply(Op::kMul, x, *Opposite(y));
    if (inner.op == Op::kMul && x.is_constant) return Apply(Op::kMul, y, *Opposite(x));
    if (inner.op == Op::kSub && finite_) return Apply(Op::kSub, y, x);
    return {};
  }

  Answer Fma() const {
    if (Is(b, 1)) return Apply(Op::kAdd, a, c);
    if (Is(b, -1)) return Apply(Op::kSub, c, a);
    if (Is(c, -0.0) || (finite_ && IsZero(c))) return Apply(Op::kMul, a, b);
    if (finite_ && IsZero(b)) return Just(c);
    return WithoutNegations();
  }

  // The zero adjoint of azmul is its first operand.
  Answer Azmul() const {
    if (IsZero(a)) return Just(0);
    if (a.is_constant || finite_) return Apply(Op::kMul, a, b);
    if (a == b) return Apply(Op::kSquare, a);
    return WithoutNegations();
  }

  Answer Hypot() const {
    if (IsZero(b)) return Apply(Op::kAbs, a);
    if (const Part u = Unsigned(a)) return Apply(op_, *u, b);
    if (const Part u = Unsigned(b)) return Apply(op_, a, *u);
    return {};
  }

  Answer Copysign() const {
    if (a == b) return Just(a);
    if (b.is_constant && !std::isnan(b.constant) && !std::signbit(b.constant)) {
      return Apply(Op::kAbs, a);
    }
    if (const Part u = Unsigned(a)) return Apply(op_, *u, b);
    return {};
  }

  Answer Equal() const {
    if (finite_ && a == b) return Just(1);
    if (Is(b, 1) && IsTruth(a)) return Just(a);
    return {};
  }

  // -a < -b where b < a.
  Answer Order() const {
    const Part u = Negated(a), v = Negated(b);
    if (u && Opposite(b)) return Apply(op_, *Opposite(b), *u);
    if (v && Opposite(a)) return Apply(op_, *v, *Opposite(a));
    return {};
  }

  Answer Where() const {
    if (a.is_constant) return Just(a.constant != 0.0 ? b : c);
    if (b == c) return Just(b);
    if (Is(b, 1) && Is(c, 0) && IsTruth(a)) return Just(a);
    if (const Part u = ComparedToZero(a)) return Apply(op_, *u, c, b);
    const Application chosen = DefinitionOf(b), rejected = DefinitionOf(c);
    if (chosen.op == op_ && chosen.arguments[0] == a) {
      return Apply(op_, a, chosen.arguments[1], c);
    }
    if (rejected.op == op_ && rejected.arguments[0] == a) {
      return Apply(op_, a, b, rejected.arguments[2]);
    }
    return {};
  }

  // (-a)(-b) = ab, and (-a) 3 = a (-3); for quotients, too.
  Answer WithoutNegations() const {
    const Part u = Negated(a), v = Negated(b);
    if (u && Opposite(b)) return Apply(op_, *u, *Opposite(b), c);
    if (v && Opposite(a)) return Apply(op_, *Opposite(a), *v, c);
    return {};
  }

  // f(-x) = f(|x|) = f(x).
  Answer EvenIn(const Argument& x) const {
    const Part u = Unsigned(x);
    return u ? Apply(op_, *u) : Answer();
  }

  Application DefinitionOf(const Argument& x) const {
    return x.is_constant ? Application() : definition_(x.id);
  }

  // u if x is -u; u if x is -u or |u|.
  Part Negated(const Argument& x) const { return Inside(x, {Op::kNeg}); }
  Part Unsigned(const Argument& x) const { return Inside(x, {Op::kNeg, Op::kAbs}); }
  Part Inside(const Argument& x, std::initializer_list<Op> ops) const {
    const Application inner = DefinitionOf(x);
    return IsOneOf(inner.op, ops) ? Part(inner.arguments[0]) : Part();
  }

  // -x where that costs nothing.
  Part Opposite(const Argument& x) const {
    return x.is_constant ? Argument::Constant(-x.constant) : Negated(x);
  }

  // u if x is u == 0.
  Part ComparedToZero(const Argument& x) const {
    const Application inner = DefinitionOf(x);
    if (inner.op != Op::kEqual) return {};
    if (IsZero(inner.arguments[1])) return inner.arguments[0];
    return IsZero(inner.arguments[0]) ? Part(inner.arguments[1]) : Part();
  }

  // Whether x is 1 or +0, never NaN.
  bool IsTruth(const Argument& x) const {
    return IsOneOf(DefinitionOf(x).op, {Op::kLess, Op::kLessEqual, Op::kEqual});
  }
  bool IsWhole(const Argument& x) const {
    return IsOneOf(DefinitionOf(x).op, {Op::kFloor, Op::kCeil, Op::kTrunc, Op::kRound});
  }
  // Whether x is +0, positive or NaN.
  bool IsNonNegative(const Argument& x) const {
    return IsTruth(x) ||
           IsOneOf(DefinitionOf(x).op, {Op::kAbs, Op::kRelu, Op::kStep, Op::kSquare, Op::kExp,
                                        Op::kExp2, Op::kSigmoid, Op::kHypot});
  }

  Op op_;
  Argument a, b, c;
  Definition definition_;
  bool finite_;
};

}  // namespace

std::optional<Application> Simplified(const Application& f, Definition definition,
                                      bool assume_finite) {
  return Identities(f, definition, assume_finite).Find();
}

}  // namespace wengert
