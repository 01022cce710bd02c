#ifndef WENGERT_DERIVE_COLOR_NEIGHBORS_H_
#define WENGERT_DERIVE_COLOR_NEIGHBORS_H_

// For every vertex of a graph the colors around it: how many neighbors have each, and which. All
// that star and acyclic coloring and the recovery ask of the neighborhood, and much shorter than
// it where a vertex has many neighbors of few colors. Not for users.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
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
    uint32_t edge;       // number of the first of the edges to them
    size_t back;         // index of that edge's group at its other end
  };

  explicit ColorNeighbors(const SparsityPattern& graph)
      : begin_(graph.row_begin), size_(graph.rows()), groups_(graph.size()) {}

  absl::Span<Group> Of(uint32_t vertex) {
    return absl::MakeSpan(groups_).subspan(begin_[vertex], size_[vertex]);
  }

  // The vertex's group of that color, or null. O(1): most vertices have few colors around them,
  // and the groups beyond a first few are found by a table.
  Group* Find(uint32_t vertex, uint32_t color) {
    const absl::Span<Group> groups = Of(vertex);
    for (Group& group : groups.first(std::min(groups.size(), kSearched))) {
      ++steps_;
      if (group.color == color) return &group;
    }
    if (groups.size() <= kSearched) return nullptr;
    ++steps_;
    const auto found = beyond_.find(Key(vertex, color));
    return found == beyond_.end() ? nullptr : &groups_[found->second];
  }

  // Both ends of an edge have their colors, v has c and w has d.
  void AddEdge(uint32_t v, uint32_t c, uint32_t w, uint32_t d, uint32_t edge) {
    const size_t at_v = Add(v, w, d, edge), at_w = Add(w, v, c, edge);
    if (groups_[at_v].count == 1) groups_[at_v].back = at_w;
    if (groups_[at_w].count == 1) groups_[at_w].back = at_v;
  }

  // The group at the other end of the group's first edge: of a single neighbor, those it shares
  // its color of neighbors with. O(1).
  const Group& Back(const Group& group) const { return groups_[group.back]; }

  // A number for each group, below the number of the graph's entries.
  size_t IndexOf(const Group& group) const { return static_cast<size_t>(&group - groups_.data()); }

  // How many groups were looked at: the cost, counted.
  size_t steps() const { return steps_; }
  void CountSteps(size_t steps) { steps_ += steps; }

 private:
  size_t Add(uint32_t vertex, uint32_t neighbor, uint32_t color, uint32_t edge) {
    if (Group* group = Find(vertex, color)) {
      ++group->count;
      group->neighbors ^= neighbor;
      return IndexOf(*group);
    }
    const size_t index = begin_[vertex] + size_[vertex]++;
    groups_[index] = {color, 1, neighbor, edge, 0};
    if (size_[vertex] > kSearched) beyond_.emplace(Key(vertex, color), index);
    return index;
  }

  static uint64_t Key(uint32_t vertex, uint32_t color) { return uint64_t{vertex} << 32 | color; }

  static constexpr size_t kSearched = 16;

  std::vector<size_t> begin_;
  std::vector<uint32_t> size_;
  std::vector<Group> groups_;
  // Abseil's map is destroyed wrongly when it had no memory to grow.
  std::unordered_map<uint64_t, size_t> beyond_;
  size_t steps_ = 0;
};

}  // namespace wengert::derive_internal

#endif  // WENGERT_DERIVE_COLOR_NEIGHBORS_H_
