#ifndef TEST_PROGRAM_LANE_MEMORY_H_
#define TEST_PROGRAM_LANE_MEMORY_H_

// A block of a lane program's memory with random contents, on which an instruction is executed by
// the kernels of each SIMD width and by a test's own loops.

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "test/program/lane_runner.h"
#include "test/support/reference.h"

namespace wengert::program {

inline constexpr int kVectors = 12;   // of a block each
inline constexpr int kUniforms = 12;  // of a pack each
inline constexpr size_t kBlockDoubles = size_t{kMaxPacks} * kPackWidth;

// Base 0: the vectors, one behind the other; base 1: the uniforms.
struct Memory {
  std::vector<double> vectors = std::vector<double>(kVectors * kBlockDoubles);
  std::vector<double> uniforms = std::vector<double>(size_t{kUniforms} * kPackWidth);

  // Lane `lane` of pack `v` of what stands at `place`.
  double& At(uint32_t place, int v, int lane) {
    std::vector<double>& memory = (place >> 20 & 0x7ff) == 0 ? vectors : uniforms;
    const size_t moved = place >> 31 ? 0 : static_cast<size_t>(v);
    return memory[((place & 0xfffff) + moved) * kPackWidth + static_cast<size_t>(lane)];
  }
  // What stands at `place` as a number for all lanes.
  double NumberAt(uint32_t place) const { return uniforms[place & 0xfffff]; }
  friend bool operator==(const Memory&, const Memory&) = default;
};

class Random {
 public:
  explicit Random(unsigned seed) : bits_(seed) {}
  int Below(int n) { return static_cast<int>(bits_() % static_cast<unsigned>(n)); }
  double Value() { return std::ldexp(1 + Below(1 << 20) * 0x1p-20, Below(9) - 4) * Sign(); }
  uint32_t Vector() { return PlaceOf(0, static_cast<uint32_t>(Below(kVectors - 2) * kMaxPacks)); }
  uint32_t Uniform() { return FixedPlaceOf(1, static_cast<uint32_t>(Below(kUniforms / 2))); }
  uint32_t Number() {
    return FixedPlaceOf(1, static_cast<uint32_t>(Below(kUniforms / 2 * kPackWidth)));
  }
  uint32_t Operand() { return Below(4) == 0 ? Uniform() : Vector(); }

 private:
  double Sign() { return Below(2) == 0 ? 1 : -1; }
  std::mt19937 bits_;
};

// Results go to places that no operand is taken from.
inline constexpr uint32_t kResult = PlaceOf(0, (kVectors - 1) * kMaxPacks);
constexpr uint32_t ResultPack(uint32_t k) { return FixedPlaceOf(1, kUniforms / 2 + k); }

inline Memory RandomMemory(Random& random, int lanes) {
  Memory memory;
  for (double& x : memory.vectors) x = random.Value();
  for (double& x : memory.uniforms) x = random.Value();
  // What a dead lane holds must never be seen.
  for (uint32_t vector = 0; vector < kVectors; ++vector) {
    for (size_t lane = static_cast<size_t>(lanes); lane < kBlockDoubles; ++lane) {
      memory.vectors[vector * kBlockDoubles + lane] = std::nan("");
    }
  }
  return memory;
}

// Runs `words` on a copy of `memory`.
inline Memory Execute(const LaneKernels& kernels, const std::vector<uint32_t>& words, Memory memory,
                      int lanes, const LaneTable* tables = nullptr, uint64_t first = 0,
                      bool* mismatch = nullptr) {
  const auto context = std::make_unique<LaneContext>();
  context->bases[0] = memory.vectors.data();
  context->bases[1] = memory.uniforms.data();
  context->tables = tables;
  context->first = first;
  context->lanes = lanes;
  context->packs = (lanes + kPackWidth - 1) / kPackWidth;
  kernels.run(words.data(), words.data() + words.size(), *context);
  if (mismatch != nullptr) *mismatch = context->mismatch;
  return memory;
}

inline void ExpectSameValidLanes(Memory& expected, Memory& actual, int lanes,
                                 const std::string& what) {
  for (int lane = 0; lane < lanes; ++lane) {
    const int v = lane / kPackWidth, k = lane % kPackWidth;
    ASSERT_TRUE(truth::SameBits(expected.At(kResult, v, k), actual.At(kResult, v, k)))
        << what << ", lane " << lane << " of " << lanes;
  }
  for (size_t i = 0; i < expected.uniforms.size(); ++i) {
    ASSERT_TRUE(truth::SameBits(expected.uniforms[i], actual.uniforms[i]))
        << what << ", uniform " << i << ", " << lanes << " lanes: " << expected.uniforms[i]
        << " and " << actual.uniforms[i];
  }
}

class EveryWidth : public testing::TestWithParam<LaneKernels> {
 protected:
  // f(lanes, random) for every number of packs and of valid lanes.
  template <class F>
  void ForEveryBlock(F f) {
    Random random(7);
    for (int lanes = 1; lanes <= kMaxPacks * kPackWidth; ++lanes) {
      for (int repeat = 0; repeat < 4; ++repeat) {
        f(lanes, random);
        if (HasFatalFailure()) return;
      }
    }
  }
  Isa isa() const { return GetParam().isa; }
};

}  // namespace wengert::program

#endif  // TEST_PROGRAM_LANE_MEMORY_H_
