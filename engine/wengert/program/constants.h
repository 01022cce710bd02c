#ifndef WENGERT_PROGRAM_CONSTANTS_H_
#define WENGERT_PROGRAM_CONSTANTS_H_

// The pool of constants of a graph, in which equality is equality of bits: 0 and -0 are two, and a
// NaN is equal to itself.

#include <bit>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "wengert/program/graph.h"

namespace wengert::program {

// A new entry of the pool, whether or not it holds this number already.
inline Operand AddConstant(Graph& graph, double value) {
  graph.constants.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(graph.constants.size() - 1));
}

// Keeps every number of the pool once.
class ConstantTable {
 public:
  // Merges what is equal already; the operands that named a copy name the original. O(graph).
  explicit ConstantTable(Graph& graph);

  Operand Add(double value);

 private:
  Graph& graph_;
  absl::flat_hash_map<uint64_t, uint32_t> index_of_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_CONSTANTS_H_
