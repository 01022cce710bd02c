// The instructions of words.h other than sums against plain loops, on every SIMD width: fixed and
// moving places, every number of packs and of valid lanes, dead lanes full of NaN.

#include "wengert/program/lane_kernels.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "test/program/lane_memory.h"
#include "test/support/rules.h"

namespace wengert::program {
namespace {

class LaneInstructions : public EveryWidth {};

TEST_P(LaneInstructions, ReducesThePacksInOrder) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    const uint32_t x = random.Operand();
    for (Op op : {Op::kMul, Op::kMax, Op::kMin, Op::kSub}) {
      Memory expected = memory;
      for (int lane = 0; lane < kPackWidth; ++lane) {
        double& s = expected.At(ResultPack(0), 0, lane);
        for (int v = 0; v * kPackWidth + lane < lanes; ++v) {
          s = truth::RuleValue<double>(op, {s, expected.At(x, v, lane)});
        }
      }
      Memory actual = Execute(GetParam(), {kReduce + static_cast<uint32_t>(op), ResultPack(0), x},
                              memory, lanes);
      ExpectSameValidLanes(expected, actual, lanes, InfoOf(op).name);
    }
  });
}

TEST_P(LaneInstructions, ComputesValuesFromFixedAndMovingPlaces) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    const uint32_t a = random.Operand(), b = random.Operand(), y = random.Operand();
    Memory expected = memory;
    for (int lane = 0; lane < lanes; ++lane) {
      const int v = lane / kPackWidth, k = lane % kPackWidth;
      expected.At(kResult, v, k) = expected.At(a, v, k) / expected.At(b, v, k) * 0 +
                                   -expected.At(y, v, k) / expected.At(b, v, k);
    }
    const uint32_t code = kPartial + 3 * static_cast<uint32_t>(Op::kDiv) + 1;
    Memory actual = Execute(GetParam(), {code, kResult, a, b, y}, memory, lanes);
    ExpectSameValidLanes(expected, actual, lanes, "partial");
  });
}

TEST_P(LaneInstructions, AUniformIsComputedOnce) {
  Random random(3);
  const Memory memory = RandomMemory(random, 128);
  const uint32_t a = random.Uniform(), b = random.Uniform();
  Memory expected = memory;
  for (int k = 0; k < kPackWidth; ++k) {
    expected.At(ResultPack(0), 0, k) = expected.At(a, 0, k) - expected.At(b, 0, k);
    expected.At(ResultPack(1), 0, k) = expected.At(a, 0, k) * expected.At(b, 0, k);
  }
  const std::vector<uint32_t> words = {kValue + static_cast<uint32_t>(Op::kSub),
                                       ResultPack(0),
                                       a,
                                       b,
                                       kSum,
                                       ResultPack(1),
                                       1,
                                       GroupOf(kXY, 1),
                                       a,
                                       b};
  Memory actual = Execute(GetParam(), words, memory, 128);
  ExpectSameValidLanes(expected, actual, 128, "uniform");
}

TEST_P(LaneInstructions, AnInstructionMayOverwriteItsOperand) {
  Random random(4);
  const Memory memory = RandomMemory(random, 100);
  const uint32_t b = random.Vector();
  Memory expected = memory;
  for (int lane = 0; lane < 100; ++lane) {
    double& y = expected.At(kResult, lane / kPackWidth, lane % kPackWidth);
    y = y + y - expected.At(b, lane / kPackWidth, lane % kPackWidth);
  }
  Memory actual = Execute(GetParam(),
                          {kValue + static_cast<uint32_t>(Op::kAdd), kResult, kResult, kResult,
                           kSum, kResult, 2, GroupOf(kX, 1), kResult, GroupOf(kMinusX, 1), b},
                          memory, 100);
  ExpectSameValidLanes(expected, actual, 100, "in place");
}

// Iterations `first` and up to `lanes` more of 256, where some packs of indices are consecutive.
struct RandomTable {
  explicit RandomTable(Random& random) : index(256), contiguous(32), array(408) {
    for (double& x : array) x = random.Value();
    for (size_t pack = 0; pack < 32; ++pack) {
      contiguous[pack] = random.Below(2) == 0;
      const uint32_t start = static_cast<uint32_t>(random.Below(392));
      for (uint32_t k = 0; k < 8; ++k) {
        // Few places, so that lanes collide.
        index[8 * pack + k] =
            contiguous[pack] ? start + k : static_cast<uint32_t>(random.Below(20));
      }
    }
  }
  std::vector<uint32_t> index;
  std::vector<uint8_t> contiguous;
  std::vector<double> array;
};

TEST_P(LaneInstructions, GathersByTheTable) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    RandomTable table(random);
    const size_t first = 8 * static_cast<size_t>(random.Below(16));
    table.index.resize(first + static_cast<size_t>(lanes));
    Memory expected = memory;
    for (int lane = 0; lane < lanes; ++lane) {
      expected.At(kResult, lane / kPackWidth, lane % kPackWidth) =
          table.array[table.index[first + static_cast<size_t>(lane)]];
    }
    const LaneTable tables[] = {{},
                                {table.index.data(), table.array.data(), table.contiguous.data()},
                                {table.index.data(), table.array.data()}};
    for (uint32_t which : {1u, 2u}) {
      Memory actual = Execute(GetParam(), {kGather, kResult, which}, memory, lanes, tables, first);
      ExpectSameValidLanes(expected, actual, lanes, "gather");
    }
  });
}

TEST_P(LaneInstructions, ScattersLaneByLaneEvenWhereLanesCollide) {
  ForEveryBlock([&](int lanes, Random& random) {
    Memory memory = RandomMemory(random, lanes);
    RandomTable table(random);
    const uint32_t x = random.Operand();
    const size_t first = 8 * static_cast<size_t>(random.Below(16));
    table.index.resize(first + static_cast<size_t>(lanes));
    std::vector<double> expected = table.array;
    for (int lane = 0; lane < lanes; ++lane) {
      expected[table.index[first + static_cast<size_t>(lane)]] +=
          memory.At(x, lane / kPackWidth, lane % kPackWidth);
    }
    for (const uint8_t* contiguous : {static_cast<uint8_t*>(nullptr), table.contiguous.data()}) {
      std::vector<double> array = table.array;
      const LaneTable tables[] = {{table.index.data(), array.data(), contiguous}};
      Execute(GetParam(), {kScatterAdd, 0, x}, memory, lanes, tables, first);
      for (size_t i = 0; i < array.size(); ++i) {
        ASSERT_TRUE(truth::SameBits(expected[i], array[i])) << i;
      }
    }
  });
}

// Rows may overlap each other.
TEST_P(LaneInstructions, GathersRows) {
  ForEveryBlock([&](int lanes, Random& random) {
    const Memory memory = RandomMemory(random, lanes);
    RandomTable table(random);
    const size_t first = 8 * static_cast<size_t>(random.Below(16));
    table.index.resize(first + static_cast<size_t>(lanes));
    const LaneTable tables[] = {{table.index.data(), table.array.data()}};
    for (uint32_t cells = 2; cells <= 8; ++cells) {
      std::vector<uint32_t> words = {kGatherRows, cells, 0};
      for (uint32_t j = 0; j < cells; ++j) words.push_back(PlaceOf(0, j * kMaxPacks));
      Memory actual = Execute(GetParam(), words, memory, lanes, tables, first);
      Memory expected = memory;
      for (int lane = 0; lane < lanes; ++lane) {
        for (uint32_t j = 0; j < cells; ++j) {
          double& y = expected.At(words[3 + j], lane / kPackWidth, lane % kPackWidth);
          y = table.array[table.index[first + static_cast<size_t>(lane)] + j];
          ASSERT_TRUE(
              truth::SameBits(y, actual.At(words[3 + j], lane / kPackWidth, lane % kPackWidth)))
              << cells << " cells, column " << j << ", lane " << lane << " of " << lanes;
        }
      }
      for (uint32_t j = cells; j < kVectors; ++j) {
        const size_t at = j * kBlockDoubles;
        ASSERT_TRUE(truth::SameBits(expected.vectors[at], actual.vectors[at]));
      }
    }
  });
}

TEST_P(LaneInstructions, AddsToRowsLaneByLaneEvenWhereTheyMeet) {
  ForEveryBlock([&](int lanes, Random& random) {
    Memory memory = RandomMemory(random, lanes);
    RandomTable table(random);
    const size_t first = 8 * static_cast<size_t>(random.Below(16));
    table.index.resize(first + static_cast<size_t>(lanes));
    for (uint32_t cells = 2; cells <= 8; ++cells) {
      std::vector<uint32_t> words = {kScatterAddRows, cells, 0};
      for (uint32_t j = 0; j < cells; ++j) words.push_back(random.Operand());
      std::vector<double> expected = table.array, array = table.array;
      for (int lane = 0; lane < lanes; ++lane) {
        for (uint32_t j = 0; j < cells; ++j) {
          expected[table.index[first + static_cast<size_t>(lane)] + j] +=
              memory.At(words[3 + j], lane / kPackWidth, lane % kPackWidth);
        }
      }
      const LaneTable tables[] = {{table.index.data(), array.data()}};
      Execute(GetParam(), words, memory, lanes, tables, first);
      for (size_t i = 0; i < array.size(); ++i) {
        ASSERT_TRUE(truth::SameBits(expected[i], array[i])) << cells << " cells, at " << i;
      }
    }
  });
}

TEST_P(LaneInstructions, ACheckNoticesEveryLaneThatIsValid) {
  ForEveryBlock([&](int lanes, Random& random) {
    Memory memory = RandomMemory(random, lanes);
    const uint32_t a = random.Vector();
    for (int lane = 0; lane < lanes; ++lane) memory.At(kResult, 0, lane) = memory.At(a, 0, lane);
    bool mismatch = true;
    Execute(GetParam(), {kCheck, a, kResult}, memory, lanes, nullptr, 0, &mismatch);
    ASSERT_FALSE(mismatch);
    const int changed = random.Below(lanes);
    memory.At(kResult, 0, changed) = random.Below(2) == 0 ? 1e9 : std::nan("");
    Execute(GetParam(), {kCheck, a, kResult}, memory, lanes, nullptr, 0, &mismatch);
    ASSERT_TRUE(mismatch) << "lane " << changed;
  });
}

INSTANTIATE_TEST_SUITE_P(Lanes, LaneInstructions, testing::ValuesIn(AllKernels()), KernelsName());

TEST(LaneKernels, AreListedFromTheNarrowestOn) {
  const auto kernels = AllKernels();
  ASSERT_FALSE(kernels.empty());
  for (size_t i = 0; i < kernels.size(); ++i) EXPECT_EQ(static_cast<size_t>(kernels[i].isa), i);
  EXPECT_EQ(BestKernels().isa, kernels.back().isa);
}

}  // namespace
}  // namespace wengert::program
