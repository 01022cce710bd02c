// Second partials of every operation through two retapes, against truth: within 64 ulp of the
// curve's size, |f''| + |f' / x|, since a second partial can be a small difference of such terms.
// What a tape computes as e^(rounded exponent) may be off by the exponent's ulps as well, which are
// a thousand at most. Where the curve's size nears what doubles hold, nothing is compared; where
// it is almost 0, so must the second partial be.
// WENGERT_LONG_TESTS=1 takes a hundred times as many points and prints the worst of each operation.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "test/support/reference.h"
#include "test/support/rules.h"
#include "wengert/wengert.h"

namespace wengert::truth {
namespace {

// An operation's second partials as tapes: of partial k, one made from the gradient of the first.
class SecondPartials {
 public:
  explicit SecondPartials(Op op) {
    Tape tape;
    const bool whole = op == Op::kPolygamma;  // its order is a constant
    const std::array<Var, 3> x = {tape.Input(whole ? 2 : 0.25), tape.Input(0.5), tape.Input(0.75)};
    first_.emplace(Retape(tape, RuleValue(op, x)));
    for (size_t k = 0; k < static_cast<size_t>(ArityOf(op)); ++k) {
      if (!first_->gradient[k].is_constant()) {
        second_[k].emplace(Retape(*first_->tape, first_->gradient[k]));
      }
    }
  }

  // d^2 op / d x_k d x_m at the point it was moved to.
  double Partial(int k, int m) const {
    const auto& retaped = second_[static_cast<size_t>(k)];
    return retaped ? retaped->tape->Primal(retaped->gradient[static_cast<size_t>(m)]) : 0.0;
  }

  void MoveTo(const Point& x) {
    EXPECT_TRUE(first_->tape->Replay(x).ok());
    for (auto& each : second_) {
      if (each.has_value()) {
        EXPECT_TRUE(each->tape->Replay(x).ok());
      }
    }
  }

 private:
  std::optional<Retaped> first_;
  std::array<std::optional<Retaped>, 3> second_;
};

// The shorter forms that are taped (taped_scalars.h) over- and underflow sooner than the table's,
// and a difference doesn't see between jumps that lie densely.
bool IsModerate(Op op, const Point& x) {
  if ((op == Op::kFmod || op == Op::kRemainder) && std::abs(x[0]) > 1e20 * std::abs(x[1]))
    return false;
  return std::all_of(x.begin(), x.end(), [](double each) {
    return each == 0 || (std::abs(each) > 1e-40 && std::abs(each) < 1e40);
  });
}

// Of an exponent beyond, the power over- or underflows.
constexpr double kLargestExponent = 1000;
constexpr double kLargestSize = 1e300, kSmallestSize = 1e-150;

double RoundedExponent(Op op, const Point& x) {
  switch (op) {
    case Op::kErf:
    case Op::kErfc:
      return x[0] * x[0];
    case Op::kLogAddExp:
      return std::abs(x[0] - x[1]);
    case Op::kPow:
      return (std::abs(x[1]) + 2) * std::abs(std::log(x[0]));
    default:
      return 0;
  }
}

// Of f' / x.
double SlopeSize(Op op, const Point& x, int k, int m) {
  const double x_m = std::abs(x[static_cast<size_t>(m)]);
  if (x_m == 0 || HasTrait(op, kFlat)) return 0;
  return std::abs(Partial(op, x, k).Rounded()) / x_m;
}

// The largest of many errors, and where it was.
struct Worst {
  double ulps = 0;
  int compared = 0, too_large = 0;
  std::string where = "nowhere";

  void Add(Op op, const Point& x, int k, int m, double computed) {
    const double truth = HasTrait(op, kFlat) ? 0 : SecondPartial(op, x, k, m).Rounded();
    const double size = std::abs(truth) + SlopeSize(op, x, k, m);
    if (!(size < kLargestSize)) {
      ++too_large;
      return;
    }
    ++compared;
    const double allowed = std::min(kLargestExponent, RoundedExponent(op, x));
    const double off = std::abs(computed - truth) / std::max(size, kSmallestSize) * 0x1p53;
    const double error = std::isfinite(computed) ? off - allowed : kInfinity;
    if (!(error > ulps)) return;
    ulps = error;
    where = absl::StrFormat("%s(%.17g, %.17g, %.17g) d%c d%c is %.17g, not %.17g", InfoOf(op).text,
                            x[0], x[1], x[2], 'a' + k, 'a' + m, computed, truth);
  }
};

class Second : public testing::TestWithParam<Op> {};

TEST_P(Second, ByRetapeAgreeWithTruth) {
  const Op op = GetParam();
  const bool at_length = std::getenv("WENGERT_LONG_TESTS") != nullptr;
  const int points = at_length ? 5000 : 50, first = op == Op::kPolygamma ? 1 : 0;
  SecondPartials second(op);
  Worst worst;
  int points_compared = 0;
  for (const Point& x : SamplePoints(op, 20 * points, 9)) {
    if (!IsModerate(op, x)) continue;
    if (points_compared == points) break;
    second.MoveTo(x);
    const int before = worst.compared;
    for (int k = first; k < ArityOf(op); ++k) {
      for (int m = first; m < ArityOf(op); ++m) worst.Add(op, x, k, m, second.Partial(k, m));
    }
    points_compared += worst.compared > before;
  }
  if (at_length) {
    std::printf("second %7d compared at %d points, %d too large, at most %.4f ulp: %s\n",
                worst.compared, points_compared, worst.too_large, worst.ulps, worst.where.c_str());
  }
  EXPECT_GE(points_compared, std::min(points, 10));
  EXPECT_LE(worst.ulps, 64) << worst.where;
}

INSTANTIATE_TEST_SUITE_P(Ops, Second, testing::ValuesIn(AllOps()), OpName());

}  // namespace
}  // namespace wengert::truth
