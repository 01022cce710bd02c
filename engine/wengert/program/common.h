#ifndef WENGERT_PROGRAM_COMMON_H_
#define WENGERT_PROGRAM_COMMON_H_

// Common subexpressions: what is computed twice is computed once.
//
// Two nodes that do the same to the same operands have the same bits. One walk forwards keeps the
// nodes it has seen in a hash table (value numbering: Cocke and Schwartz, Programming Languages and
// Their Compilers, 1970); when it reaches a node, its operands are the first of their kind already,
// so equal expressions of any depth are found. Where the op table says that an operation commutes,
// its first two operands are put in order first, constants last: the operation's bits don't depend
// on that order. Constants are equal if their bits are, leaves if their numbers are. Linear.

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "wengert/program/graph.h"

namespace wengert::program {

// The nodes of a graph under construction, each once. Constants are to be unique already.
class CommonNodes {
 public:
  // The graph is empty, and about `size` nodes will be placed.
  CommonNodes(Graph& graph, size_t size);
  CommonNodes(const CommonNodes&) = delete;
  CommonNodes& operator=(const CommonNodes&) = delete;

  // The node that does what `node` does: one that is there, or `node`, appended.
  Operand Place(Instruction node);

 private:
  struct Hash {
    const Graph* graph;
    size_t operator()(uint32_t node) const;
  };
  struct Equal {
    const Graph* graph;
    bool operator()(uint32_t a, uint32_t b) const { return graph->nodes[a] == graph->nodes[b]; }
  };

  Graph& graph_;
  absl::flat_hash_set<uint32_t, Hash, Equal> nodes_;
};

Graph MergeCommon(Graph graph);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_COMMON_H_
