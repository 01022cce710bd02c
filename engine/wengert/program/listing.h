#ifndef WENGERT_PROGRAM_LISTING_H_
#define WENGERT_PROGRAM_LISTING_H_

// A graph as text, in columns, a node a line; the roots come last.
//
//   v0  leaf 0
//   v1  tanh               v0
//   v2  partial 0 of tanh  v0 v1
//   v3  mul                v2 0.5
//   roots v1 v3

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "wengert/program/graph.h"

namespace wengert::program {

std::string Listing(const Graph& graph);

// Its nodes alone, the lines beginning with `margin`, with other words for the leaves, by number.
std::string NodeListing(const Graph& graph, const std::string& margin,
                        absl::FunctionRef<std::string(uint32_t)> leaf_text);

// "v3", or a constant's number.
std::string OperandText(const Graph& graph, Operand operand);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LISTING_H_
