#ifndef WENGERT_PROGRAM_RECORDING_H_
#define WENGERT_PROGRAM_RECORDING_H_

// A graph as the search for loops reads it: with its operations as a string, in which a loop is a
// repetition, and with the number of uses of every value.

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/recorded.h"

namespace wengert::program {

// Nodes begin .. end - 1.
struct Interval {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
};

using OpCounts = std::array<size_t, kOpCount>;  // how many nodes have each operation
OpCounts CountOps(absl::Span<const Node> nodes);

struct Recording {
  static constexpr uint8_t kManyUses = 2;

  explicit Recording(const RecordedGraph& g);

  uint32_t size() const { return static_cast<uint32_t>(ops.size()); }

  // Whether node i adds its operand k, as it is, to something else: may it be a link of a sum?
  bool IsLink(uint32_t i, int k) const {
    return (addends_[static_cast<size_t>(graph.nodes[i].op)] >> k & 1) != 0;
  }

  size_t CountOf(Op op) const { return counts_[static_cast<size_t>(op)]; }  // of its nodes
  const OpCounts& counts() const { return counts_; }

  const RecordedGraph& graph;
  std::vector<Op> ops;        // of each node: its operation
  std::vector<uint8_t> uses;  // of each node: 0, 1, kManyUses; a root is a use

 private:
  void CountUses();

  OpCounts counts_{};
  std::array<uint8_t, kOpCount> addends_{};  // of each operation, a bit for each operand
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RECORDING_H_
