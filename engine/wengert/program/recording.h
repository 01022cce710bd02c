#ifndef WENGERT_PROGRAM_RECORDING_H_
#define WENGERT_PROGRAM_RECORDING_H_

// A graph as the search for loops reads it: with its operations as a string of codes, in which a
// loop is a repetition, and with the number of uses of every value.

#include <array>
#include <cstdint>
#include <vector>

#include "wengert/program/graph.h"

namespace wengert::program {

// Nodes begin .. end - 1.
struct Interval {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
};

struct Recording {
  using Code = uint16_t;
  static constexpr uint8_t kManyUses = 2;

  static constexpr Code CodeOf(Op op, int partial) {
    return static_cast<Code>(4 * static_cast<int>(op) + partial + 1);
  }

  explicit Recording(const Graph& g);

  uint32_t size() const { return static_cast<uint32_t>(codes.size()); }

  // Whether node i adds its operand k, as it is, to something else: may it be a link of a sum?
  bool IsLink(uint32_t i, int k) const {
    const Instruction& node = graph.nodes[i];
    return node.partial < 0 && (addends_[static_cast<size_t>(node.op)] >> k & 1) != 0;
  }

  const Graph& graph;
  std::vector<Code> codes;    // of each node: op and partial, equal for the same operation
  std::vector<uint8_t> uses;  // of each node: 0, 1, kManyUses; a root is a use

 private:
  std::array<uint8_t, kOpCount> addends_{};  // of each operation, a bit for each operand
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RECORDING_H_
