#ifndef WENGERT_PROGRAM_TREES_H_
#define WENGERT_PROGRAM_TREES_H_

// Long chains (long_chains.h) as trees, whose levels are loops with independent iterations. Of n
// terms a level makes m = n / 8, each of those m apart, so that what an operand reads in one
// iteration after the other is consecutive; below 128 terms a group is n / 8 of them, so that there
// are 8 iterations. The rest joins the next level, the last few are taken in pairs.
//
//   before                        after
//   c1    max  -1e300 t0          r0    max t0 t125      level 1: 125 x 7 operations
//   c2    max  c1 t1              ...   max ... t875
//   ...                           r1    max t1 t126
//   c1000 max  c999 t999          ...                    level 2: 15 x 7, then the last in pairs
//                                 c1000 max -1e300 ...
//                                 less  |ties - 1.5| 1   a check, as a guard that must be 1
//
// Terms that two arrays give in turn are taken one array after the other.
//
// A tree rounds differently from the chain, as the sums of programs do. Where it could mean
// something else the checks leave the point to the same program without trees (compile.h):
//
//   max, min   What is chosen is exact, and NaN is ignored in any order. One or two terms are the
//              result: where two meet each has one half, everywhere else the weight is 1 or 0, in a
//              chain and in a tree. Of three, a chain gives the last one half, a tree any of them.
//   mul        With P = |t1| ... |tn| and P+ the product of max(|t|, 1): P > 2^-700 P+. Every
//   product
//              of some of the terms is between P / P+ and P+, so none underflows in any order, and
//              neither do partials and their derivatives, which are such products; P+ is finite,
//              and an adjoint that overflows shows. NaN, infinities and factors of zero fail.
//   hypot      No term is below 2^-900, the result is below 2^900. A norm of zeros has a kink,
//              which in a chain that begins with zeros is at another place; subnormal norms have no
//              digits left. Norms of some of the terms are between both bounds, and an adjoint
//              shrinks on its way from the root to a term, so only one that is subnormal in the end
//              can underflow.
//   logaddexp  The result is within +-2^20. What it rounds off is a factor of the shares: one unit
//              in the last place of the result a link, 2^-33 of each at most. Of terms beyond, as
//              log 2 is nothing beside 1e300, shares are what the order makes of them. Parts of the
//              tree that are far below the result, as those of -inf, have the share zero.
//
// What isn't finite and passes has an adjoint of zero, or is asked of the nodes as an output is.
// Which of them an operation needs follows from its traits. Margins of guards (margins.h) are made
// before: what they bound is used more than once and thus no chain, but for maxima, which are
// exact.

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/long_chains.h"
#include "wengert/program/recorded.h"
#include "wengert/program/run.h"

namespace wengert::program {

struct TreeSummary {
  Op op;
  uint32_t terms;
};

// "max of 1000 terms, 2 x mul of 64 terms"
std::string TreesText(absl::Span<const TreeSummary> trees);

struct WithTrees {
  Recorded recorded;
  std::vector<Run> runs;  // the levels, ascending and disjoint, legal in the sense of run.h
  std::vector<TreeSummary> trees;
};

// The recording with trees in place of the chains, which are chains of it, but for those that are
// predicted to cost less as they are (loop_cost.h). Nothing where all of them stay.
std::optional<WithTrees> GrowTrees(const Recorded& recorded, std::vector<LongChain> chains);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_TREES_H_
