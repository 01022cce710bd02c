#ifndef WENGERT_PROGRAM_NODE_PATTERN_H_
#define WENGERT_PROGRAM_NODE_PATTERN_H_

// What the operands of a loop's iterations have in common, in a form that a whole node is compared
// with at once: as the four numbers of 32 bits that it is, the first of which isn't looked at.

#include <cstdint>
#include <cstring>
#include <vector>

#include "wengert/program/body.h"
#include "wengert/tape/node.h"

namespace wengert::program {

class NodePattern {
 public:
  explicit NodePattern(const std::vector<BodyPosition>& positions) {
    for (uint32_t p = 0; p < positions.size(); ++p) {
      Expected expected = {};
      for (int k = 0; k < positions[p].arity; ++k) {
        const uint32_t distance = positions[p].distance[k];
        (distance != 0 ? expected.is_near : expected.is_far)[k + 1] = -1;
        expected.near[k + 1] = static_cast<int32_t>(p) - static_cast<int32_t>(distance);
      }
      expected_.push_back(expected);
    }
  }

  // Whether the iteration that begins with node `begin`, which is at `nodes`, has its near operands
  // where the body has them and its far ones before it; `latest` is then one more than the last of
  // those that are nodes, or 0. A constant, as a number with a sign, is before everything.
  bool Fits(const Node* nodes, uint32_t begin, uint32_t& latest) const {
    const auto first = static_cast<int32_t>(begin);
    Numbers differs = {}, last = {-1, -1, -1, -1};
    for (const Expected& expected : expected_) {
      Numbers node;
      std::memcpy(&node, nodes++, sizeof node);
      differs |= ((node != expected.near + first) & expected.is_near) |
                 ((node >= first) & expected.is_far);
      const Numbers far = node | ~expected.is_far;
      const Numbers is_later = far > last;
      last = (far & is_later) | (last & ~is_later);
    }
    latest = 0;
    int32_t any = 0;
    for (int k = 1; k <= 3; ++k) {
      any |= differs[k];
      if (last[k] >= 0 && latest <= static_cast<uint32_t>(last[k])) {
        latest = static_cast<uint32_t>(last[k]) + 1;
      }
    }
    return any == 0;
  }

 private:
  using Numbers __attribute__((vector_size(16))) = int32_t;
  static_assert(sizeof(Numbers) == sizeof(Node));

  struct Expected {
    Numbers near = {}, is_near = {}, is_far = {};
  };
  std::vector<Expected> expected_;  // of each position
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_NODE_PATTERN_H_
