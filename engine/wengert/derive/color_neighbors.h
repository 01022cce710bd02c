#ifndef WENGERT_DERIVE_COLOR_NEIGHBORS_H_
#define WENGERT_DERIVE_COLOR_NEIGHBORS_H_

// For every vertex of a graph the colors around it: how many neighbors have each, and which. All
// that star and acyclic coloring and the recovery ask of the neighborhood, and much shorter than
// it where a vertex has many neighbors of few colors. Not for users.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/sweep/sparsity.h"

namespace wengert::derive_internal {

class ColorNeighbors {
 public:
  struct Group {
    uint32_t color;
    uint32_t count;      // neighbors of that color
    uint32_t neighbors;  // exclusive or of them: while there is one, it is its number
    uint32_t edge;       // number of one of the edges to them
  };

  explicit ColorNeighbors(const SparsityPattern& graph)
      : begin_(graph.row_begin), size_(graph.rows()), groups_(graph.size()) {}

  absl::Span<Group> Of(uint32_t vertex) {
    return absl::MakeSpan(groups_).subspan(begin_[vertex], size_[vertex]);
  }

  // The vertex's group of that color, or null.
  Group* Find(uint32_t vertex, uint32_t color) {
    for (Group& group : Of(vertex)) {
      if (group.color == color) return &group;
    }
    return nullptr;
  }

  // The neighbor of `vertex` has got its color.
  void Add(uint32_t vertex, uint32_t neighbor, uint32_t color, uint32_t edge) {
    if (Group* group = Find(vertex, color)) {
      ++group->count;
      group->neighbors ^= neighbor;
    } else {
      groups_[begin_[vertex] + size_[vertex]++] = {color, 1, neighbor, edge};
    }
  }

  // A number for each group, below the number of the graph's entries.
  size_t IndexOf(const Group& group) const { return static_cast<size_t>(&group - groups_.data()); }

 private:
  std::vector<size_t> begin_;
  std::vector<uint32_t> size_;
  std::vector<Group> groups_;
};

}  // namespace wengert::derive_internal

#endif  // WENGERT_DERIVE_COLOR_NEIGHBORS_H_
