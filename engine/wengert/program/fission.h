#ifndef WENGERT_PROGRAM_FISSION_H_
#define WENGERT_PROGRAM_FISSION_H_

// Splits a loop whose iterations need each other into up to three: what doesn't depend on the
// iteration before, what the iteration after depends on (the spine), and what only uses it.
//
//   for k:  a = exp(x[k])                      for k:  a[k] = exp(x[k])             in lanes
//           h = a * h + b          ->          for k:  h[k] = a[k] * h[k-1] + b     one by one
//           s += log(h)                        for k:  s += log(h[k])               in lanes
//
// A spine that is linear in what it carries becomes one multiply-add an iteration, its coefficients
// computed in the first loop. That of a reverse always is: the chain rule is linear. One that only
// adds keeps its additions, in order, as others may look at how each was rounded.
// (Loop fission: Allen and Kennedy, Optimizing Compilers for Modern Architectures, section 5.7.)

#include "wengert/program/blocks.h"

namespace wengert::program {

void SplitRecurrences(Blocks& blocks);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_FISSION_H_
