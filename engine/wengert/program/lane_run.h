#ifndef WENGERT_PROGRAM_LANE_RUN_H_
#define WENGERT_PROGRAM_LANE_RUN_H_

// The handler of every code of words.h, for every number of packs, and the loop that calls them.

#include <utility>

#include "wengert/program/lane_rows.h"
#include "wengert/program/lane_sums.h"
#include "wengert/program/lane_values.h"

namespace wengert::program {
namespace {

// Of a code that no instruction has: a partial towards an operand that the operation hasn't.
inline const uint32_t* RunNothing(const uint32_t*, Block&) { __builtin_trap(); }

struct Handlers {
  Handler of[kMaxPacks][kLaneCodeCount];
};

template <Op op>
constexpr void AddOperation(Handler* of) {
  constexpr uint32_t kNumber = static_cast<uint32_t>(op);
  constexpr int arity = Rule<op>::arity;
  constexpr uint32_t kFirstPartial = kPartial + 3 * kNumber;
  if constexpr (arity > 0) {
    of[kValue + kNumber] = RunValue<op>;
    of[kFirstPartial] = RunPartial<op, 0>;
  }
  if constexpr (arity > 1) of[kFirstPartial + 1] = RunPartial<op, 1>;
  if constexpr (arity > 2) of[kFirstPartial + 2] = RunPartial<op, 2>;
  if constexpr (arity == 2) of[kReduce + kNumber] = RunReduce<op>;
}

template <int packs>
constexpr void AddSums(Handler* of) {
  of[kSum] = RunSum<packs>;
  of[kAddSum] = RunAddSum<packs>;
  of[kAccumulate] = RunAccumulate<packs>;
  of[kAccumulateProducts] = RunAccumulateProducts<packs>;
}

template <size_t... ops, size_t... packs>
constexpr Handlers MakeHandlers(std::index_sequence<ops...>, std::index_sequence<packs...>) {
  Handlers handlers = {};
  for (auto& of : handlers.of) {
    for (Handler& handler : of) handler = RunNothing;
    (AddOperation<static_cast<Op>(ops)>(of), ...);
    of[kGather] = RunGather;
    of[kScatterAdd] = RunScatterAdd;
    of[kGatherRows] = RunGatherRows;
    of[kScatterAddRows] = RunScatterAddRows;
    of[kCheck] = RunCheck;
  }
  (AddSums<static_cast<int>(packs) + 1>(handlers.of[packs]), ...);
  return handlers;
}

constexpr Handlers kHandlers =
    MakeHandlers(std::make_index_sequence<kOpCount>(), std::make_index_sequence<kMaxPacks>());

inline void Run(const uint32_t* at, const uint32_t* end, LaneContext& context) {
  const int packs = (context.lanes + kPackWidth - 1) / kPackWidth;
  if (packs == 0) return;
  Block block = {context, packs, context.lanes,
                 FirstLanes(context.lanes - (packs - 1) * kPackWidth)};
  const Handler* const handler_of = kHandlers.of[packs - 1];
  while (at != end) at = handler_of[*at](at, block);
}

// x * 0 is 0 only of a finite x.
inline bool Copy(const double* from, double scale, size_t n, double* to) {
  Pack zeros[2] = {0.0, 0.0};
  size_t i = 0;
  for (; i + 2 * kPackWidth <= n; i += 2 * kPackWidth) {
    Unrolled<2>([&](int v) WENGERT_INLINE_LAMBDA {
      const size_t at = i + static_cast<size_t>(v) * kPackWidth;
      const Pack x = Times(Load(from + at), scale);
      Store(to + at, x);
      zeros[v] = Plus(zeros[v], Times(x, 0.0));
    });
  }
  double rest = 0.0;
  for (; i < n; ++i) {
    to[i] = scale * from[i];
    rest += to[i] * 0.0;
  }
  const Mask finite = IsEqual(Plus(Plus(zeros[0], zeros[1]), rest), Pack(0.0));
  return !Any(Not(finite));
}

}  // namespace
}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LANE_RUN_H_
