#ifndef WENGERT_PROGRAM_TANGENT_H_
#define WENGERT_PROGRAM_TANGENT_H_

// A program with its tangents: beside each value y = op(x...) stands
//
//   y_dot = sum over k of  d op / d x_k  x_dot_k ,
//
// in the same body, so a loop stays a loop. The tangent of cell c is cell c + shift; those of the
// inputs are the direction. The outputs are those of the program, then their tangents.
// Differentiated once more, the result is a Hessian times the direction: reverse over forward.
// (Griewank and Walther, sections 3.1 and 5.1.)
//
// Several directions share values and partials: the tangent in the d-th, d = 1, 2, ..., is cell
// c + d * shift. The gradient of a program has tangents, too: they are a Hessian times each of the
// directions, forward over reverse. And a gradient is linear in the adjoints of its outputs, so its
// tangents in those are gradients with other such adjoints: several seeds share a sweep.

#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

struct TangentBlocks {
  Blocks blocks;
  Cell shift = 0;
};

struct TangentOptions {
  std::vector<Cell> sources;          // those whose tangents are given, mostly the inputs'
  bool to_be_differentiated = false;  // every partial is written out in operations of the table
  uint32_t directions = 1;
};

TangentBlocks WithTangents(const Blocks& primal, const TangentOptions& options);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_TANGENT_H_
