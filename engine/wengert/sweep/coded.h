#ifndef WENGERT_SWEEP_CODED_H_
#define WENGERT_SWEEP_CODED_H_

// What stands before a code of the stream, as the code says it: the operations of a record, their
// operands, and what flows back to these. For the sweep over records (records.cc), which has a
// function for every code.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "wengert/ops/rule.h"
#include "wengert/tape/stream.h"

namespace wengert::coded {

// Where a code's operands are: of the first operation, then of the outer one.
constexpr int OffsetOf(const Form& form, size_t operand) {
  int words = 0;
  for (size_t k = 0; k < operand; ++k) words += WordsOf(form.operands[k]);
  return words;
}

// The place of the operand with that shape, 3 if there is none.
constexpr size_t PlaceOf(const Form& form, Shape shape) {
  size_t k = 0;
  while (k < 3 && form.operands[k] != shape) ++k;
  return k;
}

constexpr int CountOf(const Form& form, Shape shape) {
  int count = 0;
  for (Shape operand : form.operands) count += operand == shape ? 1 : 0;
  return count;
}

// The list of forms an operation's form is in.
enum class Forms { kInner, kOuter, kOther, kTail };

constexpr Form FormOf(Forms list, uint32_t k) {
  if (list == Forms::kInner) return kInnerForms.forms[k];
  if (list == Forms::kOuter) return kOuterForms.forms[k];
  if (list == Forms::kTail) return kTailForms.forms[k];
  return kOtherForms.forms[k];
}

// One operation of a record, of a form that many codes share.
template <Forms list, uint32_t k_form>
struct Operation {
  static constexpr Form kForm = FormOf(list, k_form);
  static constexpr int kNodes = CountOf(kForm, Shape::kNode);
  static constexpr int kPrevious = CountOf(kForm, Shape::kPrevious);
  static constexpr size_t kNodeAt = PlaceOf(kForm, Shape::kNode);
  static constexpr size_t kTemporaryAt = PlaceOf(kForm, Shape::kTemporary);
  using R = Rule<kForm.op>;

  const Word* at;  // its operands
  const double* primals;
  ptrdiff_t i;       // the record
  double temporary;  // the primal of the temporary

  template <size_t k>
  size_t Index() const {
    return at[OffsetOf(kForm, k)].bits;
  }

  template <size_t k>
  double Operand() const {
    constexpr Shape shape = kForm.operands[k];
    if constexpr (shape == Shape::kNode) return primals[Index<k>()];
    if constexpr (shape == Shape::kPrevious) return primals[i - 1];
    if constexpr (shape == Shape::kConstant) {
      return reinterpret_cast<const WordPair*>(at + OffsetOf(kForm, k))->value;
    }
    if constexpr (shape == Shape::kSame) return Operand<k - 1>();
    if constexpr (shape == Shape::kTemporary) return temporary;
  }

  template <class F>
  auto WithOperands(F f) const {
    if constexpr (R::arity == 1) return f(Operand<0>());
    if constexpr (R::arity == 2) return f(Operand<0>(), Operand<1>());
    if constexpr (R::arity == 3) return f(Operand<0>(), Operand<1>(), Operand<2>());
  }

  double Value() const {
    return WithOperands([](auto... x) { return R::Value(x...); });
  }

  // dy / d operand k, with that of a kSame operand after it added.
  template <size_t k>
  double Partial(double y) const {
    return WithOperands([y](auto... x) -> double {
      constexpr int n = static_cast<int>(k);
      const double partial = R::template Partial<n>(x..., y);
      if constexpr (k + 1 < R::arity) {
        if constexpr (kForm.operands[k + 1] == Shape::kSame) {
          return partial + R::template Partial<n + 1>(x..., y);
        }
      }
      return partial;
    });
  }

  // What flows to operand k: y_bar `after` dy/dx_k. `after` is the partial of what the record does
  // with y; the product of partials waits for no adjoint.
  template <size_t k>
  double Flow(double y_bar, double after, double y) const {
    return y_bar * (after * Partial<k>(y));
  }

  // The same, added to the operand's adjoint: in one expression, which may be fused.
  template <size_t k>
  double AddedTo(double x_bar, double y_bar, double after, double y) const {
    return x_bar + y_bar * (after * Partial<k>(y));
  }

  // Adds what flows to the operands of this shape, nodes or the record before.
  template <Shape shape, size_t k = 0>
  void Push(double y_bar, double after, double y, double* adjoints, double& previous_bar) const {
    if constexpr (k < R::arity) {
      if constexpr (kForm.operands[k] == shape && shape == Shape::kNode) {
        adjoints[Index<k>()] = AddedTo<k>(adjoints[Index<k>()], y_bar, after, y);
      }
      if constexpr (kForm.operands[k] == shape && shape == Shape::kPrevious) {
        previous_bar = AddedTo<k>(previous_bar, y_bar, after, y);
      }
      Push<shape, k + 1>(y_bar, after, y, adjoints, previous_bar);
    }
  }
};

template <uint32_t code>
using FirstOperation =
    std::conditional_t<(code >= kFirstOtherCode), Operation<Forms::kOther, code - kFirstOtherCode>,
                       Operation<Forms::kInner, code / kOuterLimit>>;
template <uint32_t code>
using OuterOperation = Operation<Forms::kOuter, code % kOuterLimit>;
template <uint32_t code>
using TailOperation = Operation<Forms::kTail, code - kFirstTailCode>;

// A record of one operation. The operands are at `begin`.
template <uint32_t code>
struct Single {
  using Only = FirstOperation<code>;
  static constexpr int kNodes = Only::kNodes;
  static constexpr int kPrevious = Only::kPrevious;

  Only op;
  double y;

  Single(const Word* begin, const double* primals, ptrdiff_t i)
      : op{begin, primals, i, 0.0}, y(primals[i]) {}

  template <Shape shape>
  void Push(double y_bar, double* adjoints, double& previous_bar) const {
    op.template Push<shape>(y_bar, 1.0, y, adjoints, previous_bar);
  }

  // Of the only node.
  size_t Node() const { return op.template Index<Only::kNodeAt>(); }
  double FlowToNode(double y_bar) const { return op.template Flow<Only::kNodeAt>(y_bar, 1.0, y); }
  double AddedToNode(double x_bar, double y_bar) const {
    return op.template AddedTo<Only::kNodeAt>(x_bar, y_bar, 1.0, y);
  }
};

// A record of two operations: t of the inner one, which is computed again, y of the outer one.
template <uint32_t code>
struct Pair {
  using Inner = FirstOperation<code>;
  using Outer = OuterOperation<code>;
  static constexpr int kNodes = Inner::kNodes + Outer::kNodes;
  static constexpr int kPrevious = Inner::kPrevious + Outer::kPrevious;

  Inner inner;
  double t;
  Outer outer;
  double y;
  double dy_dt;

  Pair(const Word* begin, const double* primals, ptrdiff_t i)
      : inner{begin, primals, i, 0.0},
        t(inner.Value()),
        outer{begin + WordsOf(Inner::kForm), primals, i, t},
        y(primals[i]),
        dy_dt(outer.template Partial<Outer::kTemporaryAt>(y)) {}

  template <Shape shape>
  void Push(double y_bar, double* adjoints, double& previous_bar) const {
    outer.template Push<shape>(y_bar, 1.0, y, adjoints, previous_bar);
    inner.template Push<shape>(y_bar, dy_dt, t, adjoints, previous_bar);
  }

  size_t Node() const {
    if constexpr (Inner::kNodes == 1) {
      return inner.template Index<Inner::kNodeAt>();
    } else {
      return outer.template Index<Outer::kNodeAt>();
    }
  }
  double FlowToNode(double y_bar) const {
    if constexpr (Inner::kNodes == 1) {
      return inner.template Flow<Inner::kNodeAt>(y_bar, dy_dt, t);
    } else {
      return outer.template Flow<Outer::kNodeAt>(y_bar, 1.0, y);
    }
  }
  double AddedToNode(double x_bar, double y_bar) const {
    if constexpr (Inner::kNodes == 1) {
      return inner.template AddedTo<Inner::kNodeAt>(x_bar, y_bar, dy_dt, t);
    } else {
      return outer.template AddedTo<Outer::kNodeAt>(x_bar, y_bar, 1.0, y);
    }
  }
};

template <uint32_t code>
using Record = std::conditional_t<IsJoined(code), Pair<code>, Single<code>>;

}  // namespace wengert::coded

#endif  // WENGERT_SWEEP_CODED_H_
