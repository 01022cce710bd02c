#ifndef WENGERT_PROGRAM_LISTING_H_
#define WENGERT_PROGRAM_LISTING_H_

// A graph as text, in columns, a node a line; the roots come last.
//
//   v0  leaf 0
//   v1  tanh               v0
//   v2  partial 0 of tanh  v0 v1
//   v3  mul                v2 0.5
//   roots v1 v3

#include <string>

#include "wengert/program/graph.h"

namespace wengert::program {

std::string Listing(const Graph& graph);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LISTING_H_
