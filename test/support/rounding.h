#ifndef WENGERT_TEST_SUPPORT_ROUNDING_H_
#define WENGERT_TEST_SUPPORT_ROUNDING_H_

// What a recording's values and gradient are, and how far an answer may be from them: if every
// operation, every partial and every product with one were off by up to kUlps units in the last
// place, the results would be spread so far. The spread is sampled (random rounding: Vignes,
// A stochastic arithmetic for reliable scientific computation, 1993), and multiplied by
// kSafety, as a few samples show only part of it. A product is off at each of its uses anew: it may
// be fused with one sum and not with another.
//
// What samples can't show is what another order of a sum may leave where rounding leaves no digit:
// of (2 + 1e300) - 1e300 any number up to 1e284, 0 and 2 among them. Such a number, and all that is
// computed from it, may be anything.

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/graph.h"

namespace wengert::testing {

struct Rounded {
  double value = 0.0, tolerance = 0.0;

  bool Allows(double other) const { return other == value || std::abs(other - value) <= tolerance; }
};

class RoundingReference {
 public:
  static constexpr double kUlps = 4.0;
  static constexpr double kSafety = 64.0;
  static constexpr int kSamples = 4;

  struct Answer {
    std::vector<Rounded> values, gradient;
    // Rounding alone makes no large difference: nothing is near a kink or a jump.
    bool is_smooth() const;
    // Nothing may be anything.
    bool is_certain = true;
    // No primal or constant of the recording, and no partial or adjoint that counts, is infinite or
    // NaN.
    bool is_finite = true;
  };

  RoundingReference() = default;
  // The first `dependents` roots are y. Partials may be off by `partials_off` besides, in absolute
  // terms: for forms of them that cancel.
  RoundingReference(program::Graph graph, size_t dependents, double partials_off = 0.0)
      : graph_(std::move(graph)), dependents_(dependents), partials_off_(partials_off) {}

  // y, and the gradient of w'y in the first n leaves.
  Answer At(absl::Span<const double> x, absl::Span<const double> w, size_t n);
  // Whether, where At was last, the roots behind y are the same numbers however they are
  // rounded: no comparison is decided by the last bits.
  bool guards_are_clear(absl::Span<const double> outcomes) const;

 private:
  struct Sample {
    std::vector<double> nodes, values, gradient, guards;
    bool is_finite = true;
  };
  Sample Take(absl::Span<const double> x, absl::Span<const double> w, size_t n, double ulps);
  // By node, whether no digit of it is certain.
  std::vector<bool> Lost() const;
  void WidenWhatIsLost(absl::Span<const double> w, Answer& answer) const;
  double Off(double value, double ulps);
  double Part();  // of -1 .. 1

  program::Graph graph_;
  size_t dependents_ = 0;
  double partials_off_ = 0.0;
  std::mt19937_64 random_{1};
  std::vector<Sample> samples_;  // of At, the exact one first
};

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_ROUNDING_H_
