#ifndef WENGERT_PROGRAM_DIFFERENTIATE_H_
#define WENGERT_PROGRAM_DIFFERENTIATE_H_

// The gradient of a program as a program: its blocks, then their reverses in reverse order. The
// adjoint of cell c is cell c + shift.
//
//   forward   B1  B2  B3                     forward   B1  B2B2'  B3
//   reverse               B3' B2' B1'        reverse                  B3' B1'
//
// Where the adjoints of all that a loop computes are known when the code is written, as they are
// for a sum that the result is linear in, forward and reverse of an iteration run back to back
// (right), and what an iteration computes is forgotten with it: memory is that of the body, not of
// the loop.

#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

struct DifferentiatedBlocks {
  Blocks blocks;            // cells of the values, of the adjoints, of what is saved in between
  Cell shift = 0;           // from a cell to its adjoint
  CellRange zeroed{};       // the adjoints that aren't in arrays: zero at the beginning
  std::vector<Cell> seeds;  // the adjoints of the outputs, to be set before; none if it is one
};

struct DifferentiateOptions {
  uint32_t active_inputs = 0;  // the first so many of the inputs are differentiated towards
  bool unit_seed = false;      // there is one output, and its adjoint is 1
  size_t first_output = 0;     // those before it have no adjoint
};

DifferentiatedBlocks Differentiate(Blocks primal, const DifferentiateOptions& options);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_DIFFERENTIATE_H_
