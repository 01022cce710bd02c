#ifndef WENGERT_PROGRAM_STORAGE_H_
#define WENGERT_PROGRAM_STORAGE_H_

// Gives arrays of a program whose lives don't overlap the same cells, so that what is in use stays
// in the cache. An array lives from the first block that touches it to the last; one of adjoints is
// set to zero when its life begins. Of dead arrays of a length the one that died last is taken.

#include "wengert/program/differentiate.h"

namespace wengert::program {

// Moves cells; inputs stay where they are, and every cell that is in no array keeps its order.
// O(cells + what the blocks read and write).
void ReuseStorage(DifferentiatedBlocks& program);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_STORAGE_H_
