#ifndef BENCH_NAIVE_VS_TAPE_VERIFY_H_
#define BENCH_NAIVE_VS_TAPE_VERIFY_H_

// Nothing is timed before the two contestants agree to the last bit.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/naive_vs_tape/contestants.h"

namespace bench {

inline absl::Status CheckSameBits(const std::string& what, double naive, double tape) {
  if (!std::isfinite(tape)) return absl::InternalError(absl::StrCat(what, " isn't finite"));
  if (std::bit_cast<std::uint64_t>(naive) == std::bit_cast<std::uint64_t>(tape)) {
    return absl::OkStatus();
  }
  return absl::InternalError(
      absl::StrFormat("%s: the naive tree has %a, the tape %a", what, naive, tape));
}

inline absl::Status CheckSameGradient(const std::string& where, const std::vector<double>& naive,
                                      const std::vector<double>& tape) {
  if (naive.size() != tape.size()) {
    return absl::InternalError(absl::StrCat(where, ": the gradients have ", naive.size(), " and ",
                                            tape.size(), " components"));
  }
  for (std::size_t i = 0; i < naive.size(); ++i) {
    const std::string what = absl::StrCat(where, ": component ", i, " of the gradient");
    if (absl::Status status = CheckSameBits(what, naive[i], tape[i]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Values and gradients at both points: recorded at the first, then replayed at the second. The
// gradient must not vanish at the second, where the reverse sweep is timed.
template <class Workload>
absl::Status Verify(const std::string& name, std::size_t size) {
  const Workload workload(size);
  const TwoPoints points = workload.Points();
  NaiveContestant<Workload> naive(workload);
  TapeContestant<Workload> tape(workload);
  naive.Record(points[0]);
  tape.Record(points[0]);
  for (const Point& x : points) {
    const std::string where = absl::StrCat(name, " of size ", size, " at the ",
                                           &x == &points[0] ? "first" : "second", " point");
    absl::Status status =
        CheckSameBits(absl::StrCat(where, ": the value"), naive.Replay(x), tape.Replay(x));
    if (status.ok()) status = CheckSameGradient(where, naive.Reverse(), tape.Reverse());
    if (!status.ok()) return status;
  }
  const std::vector<double>& gradient = tape.Reverse();
  if (std::all_of(gradient.begin(), gradient.end(), [](double x) { return x == 0.0; })) {
    return absl::InternalError(absl::StrCat(name, " of size ", size, ": the gradient is zero"));
  }
  return absl::OkStatus();
}

}  // namespace bench

#endif  // BENCH_NAIVE_VS_TAPE_VERIFY_H_
