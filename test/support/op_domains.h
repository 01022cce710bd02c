#ifndef WENGERT_TEST_SUPPORT_OP_DOMAINS_H_
#define WENGERT_TEST_SUPPORT_OP_DOMAINS_H_

// The rows of op_domains.inc, one for every operation. A row that is missing is a function that
// isn't defined: the tests don't link.

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "test/support/high.h"
#include "wengert/ops/op.h"

namespace wengert::truth {

// The operands of one application of an operation; those past its arity are zero.
using Point = std::array<double, 3>;

struct Range {
  double lo, hi;
  bool whole = false;  // whole numbers only
};

struct OpDomain {
  High (*truth)(const High& a, const High& b, const High& c);
  std::array<Range, 3> where;
  bool (*avoid)(double a, double b, double c);
  double value_ulps;
  double partial_ulps;

  bool Contains(int arity, const Point& x) const;
};

const OpDomain& DomainOf(Op op);

// Seeded random points of the operation's domain. Half of them are uniform; the others crowd, with
// exponents spread evenly, at zero, at the ends of the intervals, and where two operands are equal;
// of the operands, the share `at_whole_numbers` crowds at those.
std::vector<Point> SamplePoints(Op op, int count, uint64_t seed = 1, double at_whole_numbers = 0);

// All points of small round numbers inside the operation's domain, equal operands included.
std::vector<Point> RoundPoints(Op op);

// The number of points a test should take: 1000, or what the environment variable
// WENGERT_TEST_POINTS says.
int PointCount();

}  // namespace wengert::truth

#endif  // WENGERT_TEST_SUPPORT_OP_DOMAINS_H_
