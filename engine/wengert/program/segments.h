#ifndef WENGERT_PROGRAM_SEGMENTS_H_
#define WENGERT_PROGRAM_SEGMENTS_H_

// How the iterations of a loop are cut: into blocks of lanes, which an instruction takes at once,
// and segments of blocks, which a thread does. Neither depends on the machine or on the number of
// threads, as sums are made block by block and segment by segment.

#include <cstdint>

#include "wengert/program/blocks.h"
#include "wengert/program/lower.h"

namespace wengert::program {

// Where an entry of LoweredBody::streams, tables or columns is.
const Source& SourceOf(const Block& block, uint32_t entry);

// In each block of lanes but the last.
uint32_t PacksOfBlock(uint32_t count);
uint32_t LaneBlocksOf(uint32_t count, uint32_t width);

// 1 for a loop of which two iterations write to the same cell. No segment is so short that a thread
// isn't worth waking up for it, or that it is spent on adding up its sums.
uint32_t SegmentsOf(const Blocks& blocks, const Block& block, const LoweredBody& code);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SEGMENTS_H_
