// A function for every code, as in records.cc; it ends by jumping to that of the code behind it.
//
//   codes      behind the code
//   at         its operands
//   cell       where the record's primal belongs; of a tail, where that of the next one does
//   previous   the primal before it, which a chain of operations so has in a register

#include "wengert/sweep/forward_records.h"

#include <array>
#include <utility>

#include "wengert/base/jump.h"
#include "wengert/ops/rule.h"
#include "wengert/sweep/code_places.h"

namespace wengert {
namespace {

struct Handler {
  void (*run)(const uint16_t* codes, const Word* at, Cell* cell, double previous,
              const Cell* primals, const Handler* handlers);
  ptrdiff_t words;
};

// One operation of a record. `code` and `outer` select its form.
template <uint32_t code, bool outer>
struct Operation {
  static constexpr Form kForm = outer ? OuterForm(code) : FirstForm(code);
  using R = Rule<kForm.op>;

  const Word* at;  // its operands
  const Cell* primals;
  double previous;
  double temporary;

  template <size_t k>
  double Operand() const {
    constexpr Shape shape = kForm.operands[k];
    if constexpr (shape == Shape::kNode) return primals[at[coded::OffsetOf(kForm, k)].bits].value;
    if constexpr (shape == Shape::kPrevious) return previous;
    if constexpr (shape == Shape::kConstant) {
      return reinterpret_cast<const WordPair*>(at + coded::OffsetOf(kForm, k))->value;
    }
    if constexpr (shape == Shape::kSame) return Operand<k - 1>();
    if constexpr (shape == Shape::kTemporary) return temporary;
  }

  double Value() const {
    return [&]<size_t... k>(std::index_sequence<k...>) { return R::Value(Operand<k>()...); }
    (std::make_index_sequence<R::arity>());
  }
};

template <uint32_t code>
inline double Step(const Word* at, Cell* cell, double previous, const Cell* primals) {
  if constexpr (!IsOperation(code)) {
    return cell->value;  // an independent, or a constant that stands there from the start
  } else if constexpr (IsTail(code)) {
    return cell[-1].value = Operation<code, false>{at, primals, 0.0, previous}.Value();
  } else {
    const Operation<code, false> first{at, primals, previous, 0.0};
    double y = first.Value();
    if constexpr (IsJoined(code)) {
      y = Operation<code, true>{at + WordsOf(first.kForm), primals, previous, y}.Value();
    }
    cell->value = y;
    return y;
  }
}

template <uint32_t code>
WENGERT_JUMPING void Run([[maybe_unused]] const uint16_t* codes, const Word* at, Cell* cell,
                         double previous, const Cell* primals,
                         [[maybe_unused]] const Handler* handlers) {
  if constexpr (code != kBottomCode) {
    previous = Step<code>(at, cell, previous, primals);
    [[maybe_unused]] constexpr ptrdiff_t kRecords = IsTail(code) ? 0 : 1;
    WENGERT_JUMP(handlers[*codes].run(codes + 1, at + WordsOf(code), cell + kRecords, previous,
                                      primals, handlers));
  }
}

template <uint32_t code>
constexpr Handler HandlerOf() {
  if constexpr (IsCode(code)) {
    return {&Run<code>, WordsOf(code)};
  } else {
    return {nullptr, 0};
  }
}

constexpr auto kHandlers = []<uint32_t... codes>(std::integer_sequence<uint32_t, codes...>) {
  return std::array<Handler, kCodeCount>{HandlerOf<codes>()...};
}
(std::make_integer_sequence<uint32_t, kCodeCount>());

}  // namespace

void ForwardRecords(const uint16_t* codes, const Word* at, uint32_t first, Cell* primals) {
  Cell* cell = primals + first;
  const double previous = first == 0 ? 0.0 : cell[-1].value;
#if WENGERT_JUMPS
  kHandlers[*codes].run(codes + 1, at, cell, previous, primals, kHandlers.data());
#else
  double before = previous;
  for (; *codes != kBottomCode; ++codes) {
    kHandlers[*codes].run(codes + 1, at, cell, before, primals, kHandlers.data());
    at += kHandlers[*codes].words;
    cell += IsTail(*codes) ? 0 : 1;
    before = cell[-1].value;
  }
#endif
}

}  // namespace wengert
