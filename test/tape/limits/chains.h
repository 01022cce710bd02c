#ifndef WENGERT_TEST_TAPE_LIMITS_CHAINS_H_
#define WENGERT_TEST_TAPE_LIMITS_CHAINS_H_

// Chains that fill a tape, each with records of another kind.

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "wengert/wengert.h"

namespace wengert::limits {

static_assert(WENGERT_INDEX_BITS == 16);

using Vector = std::vector<double>;

// A step of a chain, with constants that no other step has.
struct Chain {
  const char* name;
  std::function<Var(const Var& y, const Var& x, double c)> step;
};

inline const Chain kChains[] = {
    {"one node", [](const Var& y, const Var& x, double) { return sin(y) * x; }},
    {"two constants", [](const Var& y, const Var&, double c) { return fma(y, 1 + c, c); }},
    {"pairs of constants", [](const Var& y, const Var&, double c) { return y * (1 + c) + c; }},
    {"choices", [](const Var& y, const Var& x, double c) { return x * Where(y, c, -c) + y; }},
    {"tails", [](const Var& y, const Var& x, double c) { return c - (x * y + c - y) * 0.5; }},
    {"products", [](const Var& y, const Var& x, double c) { return y + x * c; }},
};

// Until there is no room; the steps that were made.
inline int RecordUntilFull(const Chain& chain, const Var& x, Var& y) {
  int steps = 0;
  try {
    for (;; ++steps) y = chain.step(y, x, 1e-4 / (steps + 1));
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("max_nodes"), std::string::npos) << error.what();
  }
  return steps;
}

}  // namespace wengert::limits

#endif  // WENGERT_TEST_TAPE_LIMITS_CHAINS_H_
