#include "wengert/derive/nearby_flip.h"

#include <vector>

#include "absl/strings/str_format.h"
#include "wengert/derive/differences.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/guards.h"

namespace wengert {
namespace {

std::string FirstFlip(const Tape& tape, absl::Span<const double> x, std::vector<double>& primals) {
  for (size_t k = 0; k < x.size(); ++k) primals[tape.inputs()[k]] = x[k];
  ForwardSweep(View(tape), primals.data());
  for (const Guard& guard : tape.guards()) {
    if (!Holds(tape, primals.data(), guard)) return DescribeFlip(tape, primals.data(), guard);
  }
  return "";
}

}  // namespace

std::string NearbyFlip(const Tape& tape, absl::Span<const double> x, size_t j) {
  if (tape.guards().empty()) return "";
  std::vector<double> point(x.begin(), x.end());
  std::vector<double> primals(tape.primals().begin(), tape.primals().end());
  std::string closest;
  double step = FirstStep(x[j]);
  for (int k = 0; k < kDifferenceSteps; ++k, step /= 2) {
    for (const double t : {step, -step}) {
      point[j] = x[j] + t;
      const std::string flip = FirstFlip(tape, point, primals);
      if (!flip.empty()) closest = absl::StrFormat("with input %d moved by %.2g, %s", j, t, flip);
    }
  }
  return closest;
}

}  // namespace wengert
