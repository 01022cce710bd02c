// The sums of words.h against a plain scalar interpreter, on every SIMD width: random terms at
// fixed and moving places, every number of packs and of valid lanes, dead lanes full of NaN.

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "test/program/lane_memory.h"
#include "wengert/program/lane_kernels.h"

namespace wengert::program {
namespace {

class LaneSums : public EveryWidth {};

double TimesPlus(Isa isa, double x, double y, double z) {
  return isa == Isa::kBaseline ? x * y + z : std::fma(x, y, z);
}

// A number of groups and the groups, as kSum has them.
std::vector<uint32_t> RandomGroups(Random& random) {
  std::vector<uint32_t> words = {static_cast<uint32_t>(random.Below(4))};
  for (uint32_t groups = words[0]; groups > 0; --groups) {
    const auto kind = static_cast<TermKind>(random.Below(8));
    const auto count = static_cast<uint32_t>(random.Below(4));
    words.push_back(GroupOf(kind, count));
    for (uint32_t k = 0; k < count; ++k) {
      words.push_back(kind >= kU ? random.Number() : random.Operand());
      if (kind <= kMinusXY) words.push_back(random.Operand());
      if (kind == kXU || kind == kMinusXU) words.push_back(random.Number());
    }
  }
  return words;
}

// The sum of one lane, term by term in the order of the words.
double SumOf(Isa isa, Memory& memory, const uint32_t* at, int v, int lane) {
  double sum = -0.0;
  for (uint32_t groups = *at++; groups > 0; --groups) {
    const uint32_t kind = *at % 8;
    const double sign = kind % 2 == 0 ? 1 : -1;
    for (uint32_t count = *at++ / 8; count > 0; --count) {
      const double x = sign * (kind >= kU ? memory.NumberAt(*at++) : memory.At(*at++, v, lane));
      if (kind >= kX) {
        sum += x;
      } else {
        const double y = kind >= kXU ? memory.NumberAt(*at) : memory.At(*at, v, lane);
        sum = TimesPlus(isa, x, y, sum);
        ++at;
      }
    }
  }
  return sum;
}

// What one pack of a reduction is after `addend(v, lane, so far)` of the valid lanes: the even
// packs in one sum, the odd ones in another.
template <class F>
double Folded(double s, int lane, int lanes, F add) {
  double halves[2] = {-0.0, -0.0};
  for (int v = 0; v * kPackWidth + lane < lanes; ++v) halves[v % 2] = add(v, halves[v % 2]);
  return s + (halves[0] + halves[1]);
}

TEST_P(LaneSums, SumsProductsInTheOrderOfTheWords) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    const auto terms = RandomGroups(random);
    std::vector<uint32_t> words = {kSum, kResult};
    words.insert(words.end(), terms.begin(), terms.end());
    Memory expected = memory;
    for (int lane = 0; lane < lanes; ++lane) {
      const int v = lane / kPackWidth, k = lane % kPackWidth;
      expected.At(kResult, v, k) = SumOf(isa(), expected, terms.data(), v, k);
    }
    Memory actual = Execute(GetParam(), words, memory, lanes);
    ExpectSameValidLanes(expected, actual, lanes, "sum");
  });
}

TEST_P(LaneSums, AddsASumToTheValidLanesOnly) {
  ForEveryBlock([&](int lanes, Random& random) {
    Memory memory = RandomMemory(random, lanes);
    for (int lane = lanes; lane < kMaxPacks * kPackWidth; ++lane) memory.At(kResult, 0, lane) = 99;
    const auto terms = RandomGroups(random);
    std::vector<uint32_t> words = {kAddSum, kResult};
    words.insert(words.end(), terms.begin(), terms.end());
    Memory expected = memory;
    for (int lane = 0; lane < lanes; ++lane) {
      const int v = lane / kPackWidth, k = lane % kPackWidth;
      expected.At(kResult, v, k) += SumOf(isa(), expected, terms.data(), v, k);
    }
    Memory actual = Execute(GetParam(), words, memory, lanes);
    ExpectSameValidLanes(expected, actual, kMaxPacks * kPackWidth, "add to");
  });
}

TEST_P(LaneSums, AccumulatesSumsInTheDocumentedOrder) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    const auto terms = RandomGroups(random);
    std::vector<uint32_t> words = {kAccumulate, ResultPack(1)};
    words.insert(words.end(), terms.begin(), terms.end());
    Memory expected = memory;
    for (int lane = 0; lane < kPackWidth; ++lane) {
      double& s = expected.At(ResultPack(1), 0, lane);
      s = Folded(s, lane, lanes, [&](int v, double half) {
        return half + SumOf(isa(), expected, terms.data(), v, lane);
      });
    }
    Memory actual = Execute(GetParam(), words, memory, lanes);
    ExpectSameValidLanes(expected, actual, lanes, "accumulate");
  });
}

TEST_P(LaneSums, AccumulatesProductsInTheDocumentedOrder) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    const uint32_t x = random.Operand();
    const auto count = static_cast<uint32_t>(random.Below(6));
    std::vector<uint32_t> words = {kAccumulateProducts, x, count};
    Memory expected = memory;
    for (uint32_t k = 0; k < count; ++k) {
      const uint32_t y = random.Operand();
      words.push_back(y);
      words.push_back(ResultPack(k));
      for (int lane = 0; lane < kPackWidth; ++lane) {
        double& s = expected.At(ResultPack(k), 0, lane);
        s = Folded(s, lane, lanes, [&](int v, double half) {
          return TimesPlus(isa(), expected.At(x, v, lane), expected.At(y, v, lane), half);
        });
      }
    }
    Memory actual = Execute(GetParam(), words, memory, lanes);
    ExpectSameValidLanes(expected, actual, lanes, "accumulate products");
  });
}

TEST_P(LaneSums, SumsKeepSignedZeros) {
  Random random(5);
  Memory memory = RandomMemory(random, 128);
  for (double& x : memory.vectors) x = -0.0;
  for (double& x : memory.uniforms) x = -0.0;
  const uint32_t x = PlaceOf(0, 0), s = ResultPack(0);
  Memory actual = Execute(
      GetParam(), {kSum, kResult, 1, GroupOf(kX, 2), x, x, kAccumulate, s, 1, GroupOf(kX, 1), x},
      memory, 128);
  EXPECT_TRUE(std::signbit(actual.At(kResult, 0, 0)));
  EXPECT_TRUE(std::signbit(actual.At(s, 0, 0)));
}

INSTANTIATE_TEST_SUITE_P(Lanes, LaneSums, testing::ValuesIn(AllKernels()), KernelsName());

}  // namespace
}  // namespace wengert::program
