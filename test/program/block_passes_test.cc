// Listings of programs before and after what rewrites their blocks.

#include <gtest/gtest.h>

#include <vector>

#include "wengert/program/block_listing.h"
#include "wengert/program/clean_bodies.h"
#include "wengert/program/differentiate.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/fission.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/roll.h"
#include "wengert/program/storage.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

using Vars = std::vector<Var>;

constexpr uint32_t kInputs = 16;

Blocks Rolled(Var (*f)(const Vars&)) {
  Tape tape;
  const Var y = f(tape.Inputs(std::vector<double>(kInputs, 0.5)));
  const Recorded recorded = FromTape(tape, {Operand::Node(tape.NodeOf(y, "test"))});
  return Roll(recorded, FindRuns(recorded.graph, {.recurrences = true}));
}

std::string ListingOf(const DifferentiatedBlocks& program) {
  return Listing(program.blocks, program.zeroed);
}

// Each term's value and derivative come of one loop, as the sum's adjoint is known before it.
TEST(BlockPasses, DifferentiateFusesASumsReverseIntoItsForward) {
  const Blocks values = Rolled([](const Vars& x) {
    Var y = 0.0;
    for (const Var& each : x) y += sin(each) * each;
    return y;
  });
  EXPECT_EQ(Listing(values),
            "inputs in cell[8] .. cell[23], outputs in cell[32]\n"
            "cell[33] = 0\n"
            "block 0, 16 times in lanes\n"
            "  cell[32] = cell[33]\n"
            "  v0  cell[8 + k]\n"
            "  v1  sin  v0\n"
            "  v2  mul  v1 v0\n"
            "  v3  add  0 v2\n"
            "  cell[32] += v3\n");
  EXPECT_EQ(ListingOf(Differentiate(values, {kInputs, true})),
            "inputs in cell[8] .. cell[23], outputs in cell[32]\n"
            "cell[40] .. cell[79] = 0\n"
            "cell[33] = 0\n"
            "cell[80] = 1\n"
            "block 0, 16 times in lanes\n"
            "  cell[32] = cell[33]\n"
            "  v0  cell[8 + k]\n"
            "  v1  sin  v0\n"
            "  v2  mul  v0 v1\n"
            "  v3  add  v2 0\n"
            "  v4  cos  v0\n"
            "  v5  mul  v0 v4\n"
            "  v6  add  v1 v5\n"
            "  cell[32] += v3\n"
            "  cell[48 + k] += v6\n"
            "block 1, moves\n"
            "  cell[72] += cell[80]\n");
}

// exp is in lanes, and what each step has of the one before is a product and a sum.
TEST(BlockPasses, SplitRecurrencesLeavesAChainOfMultiplyAdds) {
  Blocks blocks = Rolled([](const Vars& x) {
    Var h = 1.0;
    for (const Var& each : x) h = exp(each) * h + each;
    return h;
  });
  EXPECT_EQ(Listing(blocks),
            "inputs in cell[8] .. cell[23], outputs in cell[95]\n"
            "cell[32] = 1\n"
            "block 0, 16 times, one after the other\n"
            "  cell[47] = cell[32]\n"
            "  v0  cell[8 + k]\n"
            "  v1  exp  v0\n"
            "  v2  cell[47 + k]\n"
            "  v3  mul  v1 v2\n"
            "  v4  add  v3 v0\n"
            "  cell[80 + k] = v4\n"
            "  cell[48 + k] = v4\n");
  SplitRecurrences(blocks);
  CleanBodies(blocks);
  EXPECT_EQ(Listing(blocks),
            "inputs in cell[8] .. cell[23], outputs in cell[95]\n"
            "cell[32] = 1\n"
            "block 0, 16 times in lanes\n"
            "  cell[47] = cell[32]\n"
            "  v0  cell[8 + k]\n"
            "  v1  exp  v0\n"
            "  cell[104 + k] = v1\n"
            "block 1, 16 times, one after the other\n"
            "  v0  cell[47 + k]\n"
            "  v1  cell[104 + k]\n"
            "  v2  mul  v0 v1\n"
            "  v3  cell[8 + k]\n"
            "  v4  add  v2 v3\n"
            "  cell[48 + k] = v4\n"
            "block 2, 16 times in lanes\n"
            "  v0  cell[48 + k]\n"
            "  cell[80 + k] = v0\n");
}

// The adjoints of the last step's results have the cells that those of the first had.
TEST(BlockPasses, ReuseStorageGivesDeadArraysCellsToNewOnes) {
  const Blocks values = Rolled([](const Vars& x) {
    Vars t = x;
    for (int step = 0; step < 4; ++step) {
      Vars next;
      for (size_t i = 0; i < t.size(); ++i) next.push_back(sin(t[i] * t[(5 * i + 3) % t.size()]));
      t = next;
    }
    Var y = 0.0;
    for (const Var& each : t) y += each;
    return y;
  });
  DifferentiatedBlocks gradient = Differentiate(values, {kInputs, true});
  EXPECT_EQ(gradient.blocks.cells, 337u);
  EXPECT_EQ(ListingOf(gradient),
            "inputs in cell[8] .. cell[23], outputs in cell[160]\n"
            "cell[168] .. cell[335] = 0\n"
            "cell[161] = 0\n"
            "cell[336] = 1\n"
            "block 0, 16 times in lanes\n"
            "  v0  cell[8 + k]\n"
            "  v1  cell[t0[k]]\n"
            "  v2  mul  v0 v1\n"
            "  v3  sin  v2\n"
            "  cell[40 + k] = v3\n"
            "block 1, 16 times in lanes, the operations of block 0\n"
            "  leaves cell[40 + k] cell[t1[k]]\n"
            "  cell[72 + k] = v3\n"
            "block 2, 16 times in lanes, the operations of block 0\n"
            "  leaves cell[72 + k] cell[t2[k]]\n"
            "  cell[104 + k] = v3\n"
            "block 3, 16 times in lanes, the operations of block 0\n"
            "  leaves cell[104 + k] cell[t3[k]]\n"
            "  cell[136 + k] = v3\n"
            "block 4, 16 times in lanes\n"
            "  cell[160] = cell[161]\n"
            "  v0  cell[136 + k]\n"
            "  v1  add  v0 0\n"
            "  cell[160] += v1\n"
            "  cell[304 + k] = 1\n"
            "block 5, moves\n"
            "  cell[328] += cell[336]\n"
            "block 6, 16 times in lanes\n"
            "  v0  cell[104 + k]\n"
            "  v1  cell[t3[k]]\n"
            "  v2  mul  v0 v1\n"
            "  v3  cell[304 + k]\n"
            "  v4  cos  v2\n"
            "  v5  mul  v3 v4\n"
            "  v6  mul  v1 v5\n"
            "  v7  mul  v0 v5\n"
            "  cell[t3[k] + 168] += v7\n"
            "  cell[272 + k] += v6\n"
            "block 7, 16 times in lanes, the operations of block 6\n"
            "  leaves cell[72 + k] cell[t2[k]] cell[272 + k]\n"
            "  cell[t2[k] + 168] += v7\n"
            "  cell[240 + k] += v6\n"
            "block 8, 16 times in lanes, the operations of block 6\n"
            "  leaves cell[40 + k] cell[t1[k]] cell[240 + k]\n"
            "  cell[t1[k] + 168] += v7\n"
            "  cell[208 + k] += v6\n"
            "block 9, 16 times in lanes, the operations of block 6\n"
            "  leaves cell[8 + k] cell[t0[k]] cell[208 + k]\n"
            "  cell[t0[k] + 168] += v7\n"
            "  cell[176 + k] += v6\n"
            "t0 = 11 16 21 10 .. 22\n"
            "t1 = 43 48 53 42 .. 54\n"
            "t2 = 75 80 85 74 .. 86\n"
            "t3 = 107 112 117 106 .. 118\n");
  ReuseStorage(gradient);
  EXPECT_EQ(gradient.blocks.cells, 248u);
  EXPECT_EQ(ListingOf(gradient),
            "inputs in cell[8] .. cell[23], outputs in cell[32]\n"
            "cell[40] .. cell[79] = 0\n"
            "cell[33] = 0\n"
            "cell[80] = 1\n"
            "block 0, 16 times in lanes\n"
            "  v0  cell[8 + k]\n"
            "  v1  cell[t0[k]]\n"
            "  v2  mul  v0 v1\n"
            "  v3  sin  v2\n"
            "  cell[96 + k] = v3\n"
            "block 1, 16 times in lanes, the operations of block 0\n"
            "  leaves cell[96 + k] cell[t1[k]]\n"
            "  cell[128 + k] = v3\n"
            "block 2, 16 times in lanes, the operations of block 0\n"
            "  leaves cell[128 + k] cell[t2[k]]\n"
            "  cell[160 + k] = v3\n"
            "block 3, 16 times in lanes, the operations of block 0\n"
            "  leaves cell[160 + k] cell[t3[k]]\n"
            "  cell[192 + k] = v3\n"
            "block 4, 16 times in lanes\n"
            "  cell[32] = cell[33]\n"
            "  v0  cell[192 + k]\n"
            "  v1  add  v0 0\n"
            "  cell[32] += v1\n"
            "  cell[224 + k] = 1\n"
            "block 5, moves\n"
            "  cell[72] += cell[80]\n"
            "block 6, 16 times in lanes\n"
            "  cell[184] .. cell[215] = 0\n"
            "  v0  cell[160 + k]\n"
            "  v1  cell[t3[k]]\n"
            "  v2  mul  v0 v1\n"
            "  v3  cell[224 + k]\n"
            "  v4  cos  v2\n"
            "  v5  mul  v3 v4\n"
            "  v6  mul  v1 v5\n"
            "  v7  mul  v0 v5\n"
            "  cell[t4[k]] += v7\n"
            "  cell[192 + k] += v6\n"
            "block 7, 16 times in lanes, the operations of block 6\n"
            "  cell[216] .. cell[247] = 0\n"
            "  leaves cell[128 + k] cell[t2[k]] cell[192 + k]\n"
            "  cell[t5[k]] += v7\n"
            "  cell[224 + k] += v6\n"
            "block 8, 16 times in lanes, the operations of block 6\n"
            "  cell[184] .. cell[215] = 0\n"
            "  leaves cell[96 + k] cell[t1[k]] cell[224 + k]\n"
            "  cell[t6[k]] += v7\n"
            "  cell[192 + k] += v6\n"
            "block 9, 16 times in lanes, the operations of block 6\n"
            "  leaves cell[8 + k] cell[t0[k]] cell[192 + k]\n"
            "  cell[t7[k]] += v7\n"
            "  cell[48 + k] += v6\n"
            "t0 = 11 16 21 10 .. 22\n"
            "t1 = 99 104 109 98 .. 110\n"
            "t2 = 131 136 141 130 .. 142\n"
            "t3 = 163 168 173 162 .. 174\n"
            "t4 = 195 200 205 194 .. 206\n"
            "t5 = 227 232 237 226 .. 238\n"
            "t6 = 195 200 205 194 .. 206\n"
            "t7 = 51 56 61 50 .. 62\n");
}

}  // namespace
}  // namespace wengert::program
