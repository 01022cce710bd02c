#include "test/support/op_domains.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "wengert/ops/rule.h"

namespace wengert::truth {
namespace {

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kTiny = std::numeric_limits<double>::min();
constexpr Range kReal = {-kMax, kMax};
constexpr Range kPositive = {0, kMax};
constexpr Range kOrder = {0, 5, true};

constexpr std::array<Range, 3> In(Range a, Range b = {0, 0}, Range c = {0, 0}) { return {a, b, c}; }

bool Subnormal(double y) { return y != 0 && std::abs(y) < kTiny; }
bool HalfWay(double a, double b) { return std::abs(std::remainder(a, b)) * 2 == std::abs(b); }
High Flag(bool truth) { return truth ? 1.0 : 0.0; }
High Sign(const High& a) { return Flag(High(0) < a) - Flag(a < High(0)); }

template <Op op>
struct Row;

#define DOMAIN(Name, truth, where, avoid, value_ulps, partial_ulps)                      \
  template <>                                                                            \
  struct Row<Op::k##Name> {                                                              \
    static High Truth([[maybe_unused]] const High& a, [[maybe_unused]] const High& b,    \
                      [[maybe_unused]] const High& c) {                                  \
      return truth;                                                                      \
    }                                                                                    \
    static bool Avoid([[maybe_unused]] double a, [[maybe_unused]] double b,              \
                      [[maybe_unused]] double c) {                                       \
      return avoid;                                                                      \
    }                                                                                    \
    static constexpr OpDomain kDomain = {Truth, where, Avoid, value_ulps, partial_ulps}; \
  };
#include "test/support/op_domains.inc"

// Uniform bits, made into doubles here, because the distributions of <random> differ between
// libraries.
class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}
  double Fraction() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }
  int Below(int n) { return static_cast<int>(bits_() % static_cast<uint64_t>(n)); }
  // 2^n to 2^(n+1), with n anything from lowest to highest.
  double Power(int lowest, int highest) {
    const int exponent = lowest + Below(highest - lowest + 1);
    return std::ldexp(1 + Fraction(), exponent);
  }

 private:
  std::mt19937_64 bits_;
};

double Candidate(Random& random, const Range& range, double neighbour) {
  const double u = random.Fraction();
  const double uniform = range.lo * (1 - u) + range.hi * u;
  if (range.whole) return std::round(uniform);
  const double farthest = std::max(std::abs(range.lo), std::abs(range.hi));
  const double sign = random.Below(2) == 0 ? 1 : -1;
  switch (random.Below(8)) {
    case 0:
    case 1:
    case 2:
      return sign * random.Power(-1074, std::ilogb(farthest));
    case 3:
      return range.lo + random.Power(-60, 3);
    case 4:
      return range.hi - random.Power(-60, 3);
    case 5:
      return neighbour * (1 + sign * random.Power(-53, -1));
    case 6:
      return sign * random.Power(-30, std::min(30, std::ilogb(farthest)));
    default:
      return uniform;
  }
}

double NearWholeNumber(Random& random, const Range& range) {
  const double lo = std::max(range.lo, -100.0), hi = std::min(range.hi, 100.0);
  const double sign = random.Below(2) == 0 ? 1 : -1;
  return std::round(lo + (hi - lo) * random.Fraction()) + sign * random.Power(-60, -1);
}

double Sample(Random& random, const Range& range, double neighbour, double at_whole_numbers) {
  const bool is_near = at_whole_numbers > 0 && !range.whole && random.Fraction() < at_whole_numbers;
  for (;;) {
    const double x = is_near ? NearWholeNumber(random, range) : Candidate(random, range, neighbour);
    if (range.lo <= x && x <= range.hi) return x;
  }
}

}  // namespace

const OpDomain& DomainOf(Op op) {
  static constexpr const OpDomain* kRows[] = {
      nullptr,
#define UNARY(Name, ...) &Row<Op::k##Name>::kDomain,
#define BINARY(Name, ...) &Row<Op::k##Name>::kDomain,
#define TERNARY(Name, ...) &Row<Op::k##Name>::kDomain,
#define ALIAS(...)
#include "wengert/ops/op_table.inc"
  };
  return *kRows[static_cast<int>(op)];
}

bool OpDomain::Contains(int arity, const Point& x) const {
  for (size_t k = 0; k < static_cast<size_t>(arity); ++k) {
    if (!(where[k].lo <= x[k] && x[k] <= where[k].hi)) return false;
  }
  return !avoid(x[0], x[1], x[2]);
}

std::vector<Point> SamplePoints(Op op, int count, uint64_t seed, double at_whole_numbers) {
  const OpDomain& domain = DomainOf(op);
  const size_t arity = static_cast<size_t>(ArityOf(op));
  Random random(seed * 1000003 + static_cast<uint64_t>(op));
  std::vector<Point> points;
  while (points.size() < static_cast<size_t>(count)) {
    Point x = {};
    for (size_t k = 0; k < arity; ++k) {
      x[k] = Sample(random, domain.where[k], k == 0 ? 1 : x[0], at_whole_numbers);
    }
    if (domain.Contains(ArityOf(op), x)) points.push_back(x);
  }
  return points;
}

std::vector<Point> RoundPoints(Op op) {
  const OpDomain& domain = DomainOf(op);
  const int arity = ArityOf(op);
  const auto is_inside = [&](const Point& x) {
    for (size_t k = 0; k < static_cast<size_t>(arity); ++k) {
      if (x[k] == domain.where[k].lo || x[k] == domain.where[k].hi) return false;
    }
    return domain.Contains(arity, x);
  };
  const std::vector<double> numbers = {-3, -2, -1, -0.5, 0, 0.5, 1, 2, 2.5, 8}, none = {0};
  std::vector<Point> points;
  for (double a : numbers) {
    for (double b : arity > 1 ? numbers : none) {
      for (double c : arity > 2 ? numbers : none) {
        if (is_inside({a, b, c})) points.push_back({a, b, c});
      }
    }
  }
  return points;
}

int PointCount() {
  const char* const text = std::getenv("WENGERT_TEST_POINTS");
  return text == nullptr ? 1000 : std::max(1, std::atoi(text));
}

}  // namespace wengert::truth
