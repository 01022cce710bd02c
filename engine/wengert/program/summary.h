#ifndef WENGERT_PROGRAM_SUMMARY_H_
#define WENGERT_PROGRAM_SUMMARY_H_

#include <string>

#include "wengert/program/blocks.h"

namespace wengert::program {

// The blocks in a line each, equal neighbours and those that take turns (turns.h) in one; what a
// body reads and what becomes of it:
//
//   1000 x 7 operations of 2 uniforms, 3 streams, 1 column; 1 sum
//   12 operations of 4 uniforms; 1 stored
//   100 x 1 operation of 3 streams, one after the other; 1 stored
//   99 x 5 operations of 2 streams; 1 stored, 2000 times
//   98 x 2 operations of 3 streams; 1 stored, 2000 times, in turn with that
std::string Summary(const Blocks& blocks);
std::string Summary(const Block& block);

// The operations of a run, each as often as it is executed, by how:
//
//   of a run's 7112 operations: 7000 in lanes, 12 in no loop, 100 in 1 chain, whose iterations need
//   the one before
std::string SharesOf(const Blocks& blocks);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SUMMARY_H_
