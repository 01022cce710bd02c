// A function for every code, made from the rules of its one or two operations; it ends by jumping
// to the function of the code before, so each has an indirect jump of its own to be predicted,
// and the state of the sweep stays in registers:
//
//   end        behind the code
//   i, y_bar   the record's number and its adjoint, or that of the result a tail was added to
//
// A function whose code is also that of the record before begins anew instead: an indirect jump
// that is foreseen still takes four cycles, a branch one.
//
// The adjoint of record i - 1 is loaded last, and what flows to it through a kPrevious operand is
// added in the register: a chain of operations waits for no store, of which the load would take
// another ten cycles. Where a single operand was named, only a look can tell whether it is that
// record; where there are several, looking costs more than it gains. An adjoint that is 0 meets an
// infinite partial so rarely that nothing is done about it here: 0 * infinity is NaN. So is it with
// two partials whose product overflows though the adjoint would have made up for it. What isn't
// finite flows down to an independent and is noticed there (Tape::Backward).

#include "wengert/sweep/records.h"

#include <array>
#include <type_traits>
#include <utility>

#include "wengert/base/jump.h"
#include "wengert/ops/rule.h"
#include "wengert/sweep/underflow.h"
#include "wengert/tape/nodes.h"

namespace wengert {
namespace {

// Returns y_bar of the code before, which is of interest where a loop calls the functions.
struct Handler {
  double (*run)(const Word* end, double* adjoints, const double* primals, ptrdiff_t i, double y_bar,
                const Handler* handlers);
};

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

// Whether the only operand that isn't a constant is a node.
constexpr bool HasOneNode(const Form& form) {
  int nodes = 0;
  for (Shape shape : form.operands) {
    if (shape == Shape::kPrevious || shape == Shape::kSame) return false;
    nodes += shape == Shape::kNode ? 1 : 0;
  }
  return nodes == 1;
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
  static constexpr bool kHasPrevious = PlaceOf(kForm, Shape::kPrevious) < 3;
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

  // x_bar_k += y_bar `after` dy/dx_k for the operands of this shape. `after` is the partial of what
  // the record does with y; the product of partials waits for no adjoint.
  template <Shape shape, size_t k = 0>
  void Push(double y_bar, double after, double y, double* adjoints, double& previous_bar) const {
    if constexpr (k < R::arity) {
      if constexpr (kForm.operands[k] == shape && shape == Shape::kNode) {
        adjoints[Index<k>()] += y_bar * (after * Partial<k>(y));
      }
      if constexpr (kForm.operands[k] == shape && shape == Shape::kPrevious) {
        previous_bar += y_bar * (after * Partial<k>(y));
      }
      Push<shape, k + 1>(y_bar, after, y, adjoints, previous_bar);
    }
  }

  // The same to the only node. Returns the adjoint of the record before.
  double PushToNode(double y_bar, double y, double* adjoints) const {
    constexpr size_t k = PlaceOf(kForm, Shape::kNode);
    const size_t x = Index<k>();
    const double x_bar = adjoints[x] + y_bar * Partial<k>(y);
    adjoints[x] = x_bar;
    return x == static_cast<size_t>(i - 1) ? x_bar : adjoints[i - 1];
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

// The step of the sweep over a code whose operands are at `begin`: first what is pushed to memory,
// then what goes to the record before, whose adjoint is returned; of a tail, the adjoint of the
// result it was added to.
template <uint32_t code>
inline double Step(const Word* begin, double* adjoints, const double* primals, ptrdiff_t i,
                   double y_bar) {
  using enum Shape;
  double before_bar = 0.0;
  if constexpr (IsTail(code)) {
    const TailOperation<code> tail{begin, primals, i, 0.0};
    tail.template Push<kNode>(y_bar, 1.0, 0.0, adjoints, before_bar);
    before_bar = y_bar * tail.template Partial<tail.kTemporaryAt>(0.0);
  } else if constexpr (!IsOperation(code)) {
    const bool is_finite = code != kInputCode || y_bar - y_bar == 0.0;
    if (!is_finite) [[unlikely]]
      adjoints[-1] = y_bar;
    before_bar = adjoints[i - 1];
  } else if constexpr (!IsJoined(code)) {
    const FirstOperation<code> op{begin, primals, i, 0.0};
    const double y = primals[i];
    if constexpr (HasOneNode(op.kForm)) return op.PushToNode(y_bar, y, adjoints);
    op.template Push<kNode>(y_bar, 1.0, y, adjoints, before_bar);
    before_bar = adjoints[i - 1];
    op.template Push<kPrevious>(y_bar, 1.0, y, adjoints, before_bar);
    if constexpr (op.kHasPrevious) adjoints[i - 1] = before_bar;
  } else {
    const FirstOperation<code> inner{begin, primals, i, 0.0};
    const double t = inner.Value();
    const OuterOperation<code> outer{begin + WordsOf(inner.kForm), primals, i, t};
    const double y = primals[i];
    const double dy_dt = outer.template Partial<outer.kTemporaryAt>(y);
    outer.template Push<kNode>(y_bar, 1.0, y, adjoints, before_bar);
    inner.template Push<kNode>(y_bar, dy_dt, t, adjoints, before_bar);
    before_bar = adjoints[i - 1];
    outer.template Push<kPrevious>(y_bar, 1.0, y, adjoints, before_bar);
    inner.template Push<kPrevious>(y_bar, dy_dt, t, adjoints, before_bar);
    if constexpr (outer.kHasPrevious || inner.kHasPrevious) adjoints[i - 1] = before_bar;
  }
  return before_bar;
}

// Codes that are expected to stand side by side: of inputs, sums of products, tails.
template <uint32_t code>
inline constexpr bool kMayRepeat = code < kFirstOtherCode || IsTail(code);

template <uint32_t code>
WENGERT_JUMPING double Run(const Word* end, double* adjoints, const double* primals, ptrdiff_t i,
                           double y_bar, [[maybe_unused]] const Handler* handlers) {
  if constexpr (!IsStop(code)) {
    do {
      end -= WordsOf(code);
      y_bar = Step<code>(end, adjoints, primals, i, y_bar);
      i -= IsTail(code) ? 0 : 1;
    } while (WENGERT_JUMPS && kMayRepeat<code> && end[-1].bits == code);
    WENGERT_JUMP(handlers[end[-1].bits].run(end, adjoints, primals, i, y_bar, handlers));
  }
  return y_bar;
}

template <uint32_t code>
constexpr Handler HandlerOf() {
  if constexpr (IsCode(code)) {
    return {&Run<code>};
  } else {
    return {nullptr};
  }
}

constexpr auto kHandlers = []<uint32_t... codes>(std::integer_sequence<uint32_t, codes...>) {
  return std::array<Handler, kCodeCount>{HandlerOf<codes>()...};
}
(std::make_integer_sequence<uint32_t, kCodeCount>());

}  // namespace

void ReverseRecords(const Word* end, uint32_t root, const Cell* primals, double* adjoints) {
  const double* const values = &primals->value;
  ptrdiff_t i = root;
#if WENGERT_JUMPS
  kHandlers[end[-1].bits].run(end, adjoints, values, i, adjoints[i], kHandlers.data());
#else
  for (double y_bar = adjoints[i]; !IsStop(end[-1].bits); end = CodeBefore(end)) {
    const uint32_t code = end[-1].bits;
    y_bar = kHandlers[code].run(end, adjoints, values, i, y_bar, kHandlers.data());
    i -= IsTail(code) ? 0 : 1;
  }
#endif
}

bool PartialsUnderflow(const Word* end, uint32_t root, const Cell* primals, double* adjoints) {
  const UnderflowWatch underflow;
  ReverseRecords(end, root, primals, adjoints);
  return underflow.HasSeenOne();
}

}  // namespace wengert
