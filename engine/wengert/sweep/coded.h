#ifndef WENGERT_SWEEP_CODED_H_
#define WENGERT_SWEEP_CODED_H_

// What stands before a code of the stream, as the code says it: the operations of a record, their
// operands, and what flows back to these. For the sweep over records (records.cc), which has a
// function for every code.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "wengert/ops/rule.h"
#include "wengert/sweep/code_places.h"
#include "wengert/tape/stream.h"

// Nothing here is shared with a file that is compiled for another processor.
namespace wengert::coded {
namespace {

// bar * rate + c, rounded once if compiled for a processor that can. Were that left to the
// compiler, it would depend on the function this stands in, and adjoints on which records stand
// beside each other. With a rate of 1 or -1 a sum has the same bits, and is there sooner.
inline double TimesPlus(double bar, double rate, double c) {
#ifdef __FMA__
  if (__builtin_constant_p(rate) && (rate == 1.0 || rate == -1.0)) return bar * rate + c;
  return __builtin_fma(bar, rate, c);
#else
  return bar * rate + c;
#endif
}

// x, without GCC's knowing so: it would multiply an index of two arrays by 8 in a register, once
// for both, where an address can do so, and then add to it for each.
inline size_t Apart(size_t x) {
#ifndef __clang__
  __asm__("" : "+r"(x));
#endif
  return x;
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
  static constexpr size_t kNodeAt = FirstOf(kForm, Shape::kNode);
  static constexpr size_t kTemporaryAt = FirstOf(kForm, Shape::kTemporary);
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

  // What the adjoint of y is multiplied with on its way to operand k. `after` is the partial of
  // what the record does with y; the product of partials waits for no adjoint.
  template <size_t k>
  double Rate(double after, double y) const {
    return after * Partial<k>(y);
  }

  // Adds what flows to the operands that are the record before.
  template <size_t k = 0>
  void PushToPrevious(double y_bar, double after, double y, double& before_bar) const {
    if constexpr (k < R::arity) {
      if constexpr (kForm.operands[k] == Shape::kPrevious) {
        before_bar = TimesPlus(y_bar, Rate<k>(after, y), before_bar);
      }
      PushToPrevious<k + 1>(y_bar, after, y, before_bar);
    }
  }

  // Adds what flows to the operands that are nodes. One that `looks` adds to before_bar what flows
  // to the record before.
  template <bool looks, size_t k = 0>
  void PushToNodes(double y_bar, double after, double y, double* adjoints,
                   double& before_bar) const {
    if constexpr (k < R::arity) {
      if constexpr (kForm.operands[k] == Shape::kNode) {
        const size_t x = Index<k>();
        if (looks && x == static_cast<size_t>(i - 1)) {
          before_bar = TimesPlus(y_bar, Rate<k>(after, y), before_bar);
        } else {
          const double rate = Rate<k>(after, y);
          double& x_bar = adjoints[Apart(x)];
          x_bar = TimesPlus(y_bar, rate, x_bar);
        }
      }
      PushToNodes<looks, k + 1>(y_bar, after, y, adjoints, before_bar);
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

  Only op;
  double y;

  Single(const Word* begin, const double* primals, ptrdiff_t i)
      : op{begin, primals, i, 0.0}, y(primals[i]) {}

  void PushToPrevious(double y_bar, double& before_bar) const {
    op.PushToPrevious(y_bar, 1.0, y, before_bar);
  }
  template <bool looks>
  void PushToNodes(double y_bar, double* adjoints, double& before_bar) const {
    op.template PushToNodes<looks>(y_bar, 1.0, y, adjoints, before_bar);
  }

  // Of the only node.
  double RateOfNode() const { return op.template Rate<Only::kNodeAt>(1.0, y); }
};

// A record of two operations: t of the inner one, which is computed again, y of the outer one.
template <uint32_t code>
struct Pair {
  using Inner = FirstOperation<code>;
  using Outer = OuterOperation<code>;

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

  void PushToPrevious(double y_bar, double& before_bar) const {
    outer.PushToPrevious(y_bar, 1.0, y, before_bar);
    inner.PushToPrevious(y_bar, dy_dt, t, before_bar);
  }
  template <bool looks>
  void PushToNodes(double y_bar, double* adjoints, double& before_bar) const {
    outer.template PushToNodes<looks>(y_bar, 1.0, y, adjoints, before_bar);
    inner.template PushToNodes<looks>(y_bar, dy_dt, t, adjoints, before_bar);
  }

  double RateOfNode() const {
    if constexpr (CountOf(Inner::kForm, Shape::kNode) == 1) {
      return inner.template Rate<Inner::kNodeAt>(dy_dt, t);
    } else {
      return outer.template Rate<Outer::kNodeAt>(1.0, y);
    }
  }
};

template <uint32_t code>
using Record = std::conditional_t<IsJoined(code), Pair<code>, Single<code>>;

}  // namespace
}  // namespace wengert::coded

#endif  // WENGERT_SWEEP_CODED_H_
