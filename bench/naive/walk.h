#ifndef BENCH_NAIVE_WALK_H_
#define BENCH_NAIVE_WALK_H_

// The two recursive functions of "Micrograd in Haskell" on the tree. With y_bar the adjoint of a
// subtree, Backward hands down
//
//   x + y        y_bar               y_bar
//   x * y        y_bar * eval(y)     y_bar * eval(x)
//   -x           -y_bar
//   relu(x)      y_bar if eval(x) > 0, else 0
//
// and memoizes nothing: each eval walks the operand again, at every level, and a shared subtree is
// walked once for every path that leads to it. This is what the tape is measured against, so the
// algorithm is kept as it is; only the list of pairs is appended to where Haskell concatenates.

#include <cstddef>
#include <span>
#include <vector>

#include "bench/naive/tree.h"

namespace bench::naive {

double Evaluate(const Tree& tree);

// A (variable, gradient) pair.
struct Contribution {
  std::size_t variable;
  double gradient;
};

// One pair for every path from the root to a variable, from left to right; `gradient` is the
// root's adjoint.
std::vector<Contribution> Backward(const Tree& tree, double gradient);

// The gradient: the pairs of each variable summed, the last pair first, as a reverse sweep does.
std::vector<double> SumPerVariable(std::span<const Contribution> contributions,
                                   std::size_t variables);

// What a walk costs, counted by the same code with a counter in it: each sum, product, negation
// or relu that is computed, however often, is one evaluation.
std::size_t EvaluationsOfEvaluate(const Tree& tree);
std::size_t EvaluationsOfBackward(const Tree& tree);

}  // namespace bench::naive

#endif  // BENCH_NAIVE_WALK_H_
