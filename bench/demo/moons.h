#ifndef BENCH_DEMO_MOONS_H_
#define BENCH_DEMO_MOONS_H_

// The two moons: two interleaved half circles of radius 1, the upper one labelled -1 and the lower
// one, moved by (1, 0.5), labelled 1, with normal noise on both coordinates.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace bench {

struct Moons {
  std::vector<std::array<double, 2>> points;
  std::vector<double> labels;  // -1 or 1, one for each point
};

// A pair of standard normal numbers (Box and Muller), the same on every platform, which
// std::normal_distribution doesn't promise.
inline std::array<double, 2> NormalPair(std::mt19937_64& random) {
  const auto uniform = [&] { return std::ldexp(static_cast<double>(random() >> 11) + 0.5, -53); };
  const double radius = std::sqrt(-2.0 * std::log(uniform()));
  const double angle = 2.0 * M_PI * uniform();
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

// `count` points, an even number of at least 4; half of them on each moon, in turns.
inline Moons MakeMoons(size_t count, double noise, uint64_t seed) {
  std::mt19937_64 random(seed);
  Moons moons;
  const size_t half = count / 2;
  const double last = static_cast<double>(half - 1);
  for (size_t i = 0; i < count; ++i) {
    const size_t place = i / 2;
    const double angle = M_PI * static_cast<double>(place) / last;
    const std::array<double, 2> shift = NormalPair(random);
    const bool upper = i % 2 == 0;
    const double x = upper ? std::cos(angle) : 1.0 - std::cos(angle);
    const double y = upper ? std::sin(angle) : 0.5 - std::sin(angle);
    moons.points.push_back({x + noise * shift[0], y + noise * shift[1]});
    moons.labels.push_back(upper ? -1.0 : 1.0);
  }
  return moons;
}

}  // namespace bench

#endif  // BENCH_DEMO_MOONS_H_
