#ifndef WENGERT_PROGRAM_CLEAN_BODIES_H_
#define WENGERT_PROGRAM_CLEAN_BODIES_H_

#include "wengert/program/blocks.h"

namespace wengert::program {

// Cleans every body that isn't clean yet (clean.h), once, and leaves out blocks that have no
// effect.
void CleanBodies(Blocks& blocks);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_CLEAN_BODIES_H_
