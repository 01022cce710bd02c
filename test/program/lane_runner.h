#ifndef TEST_PROGRAM_LANE_RUNNER_H_
#define TEST_PROGRAM_LANE_RUNNER_H_

// Runs one instruction of a lane program over whole arrays, block by block.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "wengert/program/lane_kernels.h"

namespace wengert::program {

inline std::vector<LaneKernels> AllKernels() {
  const absl::Span<const LaneKernels> kernels = AvailableKernels();
  return {kernels.begin(), kernels.end()};
}

// y = the instruction `code` on `operands`, arrays of one length.
inline std::vector<double> RunOverArrays(const LaneKernels& kernels, uint32_t code,
                                         std::vector<std::vector<double>> operands) {
  constexpr size_t kBlock = size_t{kMaxPacks} * kPackWidth;
  const size_t count = operands[0].size();
  const size_t padded = (count + kBlock - 1) / kBlock * kBlock;
  std::vector<double> y(padded);
  std::vector<uint32_t> words = {code, PlaceOf(0, 0)};
  for (uint32_t k = 0; k < operands.size(); ++k) {
    operands[k].resize(padded, std::nan(""));
    words.push_back(PlaceOf(k + 1, 0));
  }
  const auto context = std::make_unique<LaneContext>();
  for (size_t first = 0; first < count; first += kBlock) {
    context->bases[0] = y.data() + first;
    for (size_t k = 0; k < operands.size(); ++k) context->bases[k + 1] = operands[k].data() + first;
    context->first = first;
    context->lanes = static_cast<int>(std::min(kBlock, count - first));
    context->packs = (context->lanes + kPackWidth - 1) / kPackWidth;
    kernels.run(words.data(), words.data() + words.size(), *context);
  }
  y.resize(count);
  return y;
}

// How many doubles lie between a and b: 0 if they are equal, or both NaN. A zero, an infinity or a
// NaN is far from everything that isn't the same in every bit.
inline double Distance(double a, double b, bool zeros_and_infinities_are_exact) {
  const auto same_bits = std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
  if (same_bits || (std::isnan(a) && std::isnan(b))) return 0;
  const auto singular = [](double x) { return x == 0 || std::isinf(x); };
  if (std::isnan(a) || std::isnan(b)) return HUGE_VAL;
  if (zeros_and_infinities_are_exact && (singular(a) || singular(b))) return HUGE_VAL;
  const auto rank = [](double x) {
    const auto size = static_cast<int64_t>(std::bit_cast<uint64_t>(std::abs(x)));
    return std::signbit(x) ? -size : size;
  };
  if (a == 0 && b == 0) return HUGE_VAL;
  return std::abs(static_cast<double>(rank(a) - rank(b)));
}

struct KernelsName {
  std::string operator()(const testing::TestParamInfo<LaneKernels>& info) const {
    std::string name = info.param.name;
    std::erase(name, '-');
    return name;
  }
};

}  // namespace wengert::program

#endif  // TEST_PROGRAM_LANE_RUNNER_H_
