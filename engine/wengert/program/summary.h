#ifndef WENGERT_PROGRAM_SUMMARY_H_
#define WENGERT_PROGRAM_SUMMARY_H_

#include <string>

#include "wengert/program/blocks.h"

namespace wengert::program {

// The blocks in a line each, equal neighbours in one; what a body reads and what becomes of it:
//
//   1000 x 7 operations of 2 uniforms, 3 streams, 1 column; 1 sum
//   12 operations of 4 uniforms; 1 stored
//   100 x 1 operation of 3 streams, one after the other; 1 stored
std::string Summary(const Blocks& blocks);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SUMMARY_H_
