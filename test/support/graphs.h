#ifndef WENGERT_TEST_SUPPORT_GRAPHS_H_
#define WENGERT_TEST_SUPPORT_GRAPHS_H_

// Straight-line code for tests: read from text, drawn at random, compared, evaluated.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/graph.h"

namespace wengert::testing {

// Reads what program::Listing writes; how much space there is doesn't matter. Numbers are read as
// strtod reads them. Throws std::invalid_argument on anything else.
program::Graph GraphOf(const std::string& listing);

// Equal in every node, root and bit of every constant.
bool SameGraph(const program::Graph& a, const program::Graph& b);

std::vector<double> RootValues(const program::Graph& graph, absl::Span<const double> leaves);

struct RandomGraphOptions {
  uint32_t leaves = 4;
  uint32_t nodes = 40;  // beside the leaves
  uint32_t roots = 3;
  bool partials = true;      // whether nodes may be partials of earlier ones
  bool special = true;       // whether constants may be infinite or NaN
  std::vector<Op> ops = {};  // all, if empty
};

// Seeded: the same on every platform. Full of what passes look for: repeated and commuted nodes,
// negations, constants 0 and 1, dead code, leaves that are read twice.
program::Graph RandomGraph(uint64_t seed, const RandomGraphOptions& options = {});

// Zeros, infinities, NaN, subnormal and huge numbers between ordinary ones.
std::vector<double> SpecialPoint(std::mt19937_64& random, size_t size);
// Numbers from 1/8 to 2.
std::vector<double> OrdinaryPoint(std::mt19937_64& random, size_t size);

// Whether a result may depend on the sign of a NaN, which no pass keeps.
bool SeesSignOfNan(const program::Graph& graph, absl::Span<const double> leaves);

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_GRAPHS_H_
