#ifndef WENGERT_PROGRAM_COMMON_H_
#define WENGERT_PROGRAM_COMMON_H_

// Common subexpressions: what is computed twice is computed once.
//
// Two nodes that do the same to the same operands have the same bits. One walk forwards remembers
// the nodes it has seen (value numbering: Cocke and Schwartz, Programming Languages and Their
// Compilers, 1970); when it reaches a node, its operands are the first of their kind already, so
// equal expressions of any depth are found. Where the op table says that an operation commutes, its
// first two operands are put in order first, constants last: its bits don't depend on that order,
// and its partials change places. Constants are equal if their bits are, leaves if their numbers.
//
//   users of v7:  v41 -> v12 -> v9        crowd:  hash -> v60 -> v73
//
// A hash table of all nodes would miss the caches at every node. But most nodes are used soon after
// they are computed, by few others; so a node has a list of those of which it is the latest
// operand, which lie close together. Where there are many, all go to a hash table. Linear.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "wengert/program/graph.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {

class CommonNodes {
 public:
  // For a walk over the graph.
  explicit CommonNodes(const Graph& graph);
  CommonNodes(const CommonNodes&) = delete;
  CommonNodes& operator=(const CommonNodes&) = delete;

  // The node that does what `node` does: one that is kept already, or `node`, appended.
  Operand Place(KeptNodes& kept, Instruction node);

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr uint32_t kCrowded = kNone - 1;
  static constexpr int kMaxUsers = 8;

  struct Links {
    uint32_t first = kNone;  // of the nodes whose latest operand this is; kCrowded if they are many
    uint32_t next = kNone;   // after this node in the list that it is in itself
  };

  uint32_t Find(const KeptNodes& kept, const Instruction& node, uint32_t first, int& length) const;
  void MoveToCrowd(const KeptNodes& kept, uint32_t first);
  Operand PlaceInCrowd(KeptNodes& kept, const Instruction& node);

  const Graph& graph_;
  std::vector<Links> links_;
  // By hash: the first of a list. Abseil's map is destroyed wrongly when it had no memory to grow.
  std::unordered_map<uint64_t, uint32_t> crowd_;
};

Graph MergeCommon(Graph graph);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_COMMON_H_
