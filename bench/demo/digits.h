#ifndef BENCH_DEMO_DIGITS_H_
#define BENCH_DEMO_DIGITS_H_

// Grey images of digits, made by the program: each digit is a few strokes, which are shifted,
// turned, sheared, stretched and bent at random, drawn by a pen of random width, and covered with
// noise. No image comes from elsewhere.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

inline constexpr size_t kDigits = 10;

struct Digit {
  size_t digit;               // 0 to 9
  std::vector<double> image;  // row by row from the top, 0 paper to 1 ink
};

// As many of each digit, in turns, each of side x side pixels. The same on every platform for the
// same seed.
std::vector<Digit> MakeDigits(size_t count, size_t side, uint64_t seed);

}  // namespace bench

#endif  // BENCH_DEMO_DIGITS_H_
