#ifndef WENGERT_PROGRAM_CLEAN_H_
#define WENGERT_PROGRAM_CLEAN_H_

// The four cleaning passes as one: dead code, folding, identities, common subexpressions.
//
//   before            after
//   v0  leaf 0        v0  leaf 0
//   v1  mul   v0 1    v1  exp   v0
//   v2  exp   v1      root v1
//   v3  exp   v0
//   v4  where 1 v3 v2
//   root v4
//
// Each makes work for the others: what an identity frees is dead, what it makes equal is common,
// what it makes constant can be folded. Run one after the other they would have to be repeated; so
// one walk does all to a node before it goes on to the next, and since none of them depends on what
// comes after a node, nothing is left to be done afterwards: Clean(Clean(g)) == Clean(g). What
// turns out to be dead goes in the end. Linear.

#include "wengert/program/graph.h"

namespace wengert::program {

struct CleanOptions {
  // Also applies identities that hold while every value is finite; the sign of a zero may change.
  bool assume_finite = false;
};

// Keeps every bit of every root, leaves keep their numbers, the number of nodes doesn't grow.
Graph Clean(Graph graph, CleanOptions options = {});

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_CLEAN_H_
