#include "wengert/program/segments.h"

#include <algorithm>
#include <vector>

#include "wengert/program/words.h"

namespace wengert::program {
namespace {

uint32_t PacksOf(uint32_t count) { return (count + kPackWidth - 1) / kPackWidth; }

// Whether two iterations write, or add, to the same cell. Those that an iteration reads aren't
// written by another, as iterations are independent.
bool MeetsItself(const Blocks& blocks, const Block& block) {
  std::vector<bool> is_written(blocks.cells);
  bool meets = false;
  const auto write = [&](Cell cell) {
    meets |= is_written[cell];
    is_written[cell] = true;
  };
  for (const Target& target : block.targets) {
    const Source& where = target.where;
    for (uint32_t k = 0; k < block.count; ++k) {
      if (where.access == Access::kStream) write(where.at + k);
      if (where.access == Access::kTable) write(where.offset + blocks.tables[where.at][k]);
    }
  }
  return meets;
}

}  // namespace

const Source& SourceOf(const Block& block, uint32_t entry) {
  return (entry & LoweredBody::kRootBit) != 0 ? block.targets[entry & ~LoweredBody::kRootBit].where
                                              : block.leaves[entry];
}

uint32_t LaneBlocksOf(uint32_t count, uint32_t width) { return (count + width - 1) / width; }

// Of nearly the same length, rather than full ones and a short rest.
uint32_t PacksOfBlock(uint32_t count) {
  const uint32_t blocks = LaneBlocksOf(count, kMaxPacks * kPackWidth);
  return (PacksOf(count) + blocks - 1) / blocks;
}

uint32_t SegmentsOf(const Blocks& blocks, const Block& block, const LoweredBody& code) {
  constexpr uint64_t kLeastWork = 1 << 15;  // in words times packs, 10 us or so
  constexpr uint64_t kWorkPerSum = 256;
  constexpr uint64_t kMaxSegments = 64;
  const uint64_t lane_blocks = LaneBlocksOf(block.count, code.packs * kPackWidth);
  const uint64_t work = lane_blocks * code.packs * code.words.size();
  const uint64_t least = std::max<uint64_t>(kLeastWork, kWorkPerSum * code.accumulators.size());
  const uint64_t segments = std::min({work / least, lane_blocks, kMaxSegments});
  if (segments <= 1 || MeetsItself(blocks, block)) return 1;
  return static_cast<uint32_t>(segments);
}

}  // namespace wengert::program
