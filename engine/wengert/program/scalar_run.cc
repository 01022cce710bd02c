#include "wengert/program/scalar_run.h"

#include <array>
#include <utility>

#include "wengert/base/jump.h"
#include "wengert/ops/rule.h"

namespace wengert::program {
namespace {

struct Handler {
  bool (*run)(const uint32_t* at, double* m, bool passed, const Handler* handlers);
  uint32_t words;
};

constexpr Op OpOf(uint32_t code) { return static_cast<Op>((code - kFirstScalarOperation) / 4); }
constexpr int PartialOf(uint32_t code) {
  return static_cast<int>((code - kFirstScalarOperation) % 4) - 1;
}

constexpr uint32_t OperandsOf(uint32_t code) {
  if (code == kScalarEnd) return 0;
  if (code < kFirstScalarOperation) return 1;
  return static_cast<uint32_t>(ArityOf(OpOf(code))) + (PartialOf(code) >= 0 ? 1 : 0);
}

template <uint32_t code, size_t... k>
inline double Result(const uint32_t* x, const double* m, std::index_sequence<k...>) {
  using R = Rule<OpOf(code)>;
  if constexpr (PartialOf(code) < 0) {
    return R::Value(m[x[k]]...);
  } else {
    return R::template Partial<PartialOf(code)>(m[x[k]]...);
  }
}

template <uint32_t code>
WENGERT_JUMPING bool Run(const uint32_t* at, double* m, bool passed,
                         [[maybe_unused]] const Handler* handlers) {
  constexpr uint32_t kOperands = OperandsOf(code);
  if constexpr (code == kScalarEnd) {
    return passed;
  } else {
    const uint32_t* const x = at + 2;
    if constexpr (code == kScalarStore) {
      m[at[1]] = m[*x];
    } else if constexpr (code == kScalarAdd) {
      m[at[1]] += m[*x];
    } else if constexpr (code == kScalarCheck) {
      passed &= m[at[1]] == m[*x];
    } else {
      m[at[1]] = Result<code>(x, m, std::make_index_sequence<kOperands>());
    }
    WENGERT_JUMP(handlers[x[kOperands]].run(x + kOperands, m, passed, handlers));
    return passed;
  }
}

template <uint32_t code>
constexpr Handler HandlerOf() {
  if constexpr (code >= kFirstScalarOperation) {
    if constexpr (PartialOf(code) >= ArityOf(OpOf(code)) || ArityOf(OpOf(code)) == 0)
      return {};
    else
      return {&Run<code>, 2 + OperandsOf(code)};
  } else {
    return {&Run<code>, 2 + OperandsOf(code)};
  }
}

constexpr auto kHandlers = []<uint32_t... codes>(std::integer_sequence<uint32_t, codes...>) {
  return std::array<Handler, kScalarCodes>{HandlerOf<codes>()...};
}
(std::make_integer_sequence<uint32_t, kScalarCodes>());

}  // namespace

bool RunScalar(const uint32_t* words, double* m) {
#if WENGERT_JUMPS
  return kHandlers[*words].run(words, m, true, kHandlers.data());
#else
  bool passed = true;
  for (; *words != kScalarEnd; words += kHandlers[*words].words) {
    passed = kHandlers[*words].run(words, m, passed, kHandlers.data());
  }
  return passed;
#endif
}

}  // namespace wengert::program
