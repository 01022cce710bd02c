#include "wengert/derive/coloring.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "wengert/derive/color_neighbors.h"

namespace wengert {
namespace {

using derive_internal::ColorNeighbors;

constexpr uint32_t kNone = ~uint32_t{0};

// The colors a vertex must not have. Marked with the vertex's number, so never cleared.
class Forbidden {
 public:
  explicit Forbidden(size_t vertices) : by_(vertices + 1, kNone) {}
  void Start(uint32_t vertex) {
    vertex_ = vertex;
    count_ = 0;
  }
  void Add(uint32_t color) {
    if (by_[color] == vertex_) return;
    by_[color] = vertex_;
    ++count_;
  }
  // Then there is no need to look further: dense parts of a matrix are colored in O(their entries).
  bool Has(uint32_t colors) const { return count_ == colors; }
  uint32_t SmallestFree() const {
    uint32_t color = 0;
    while (by_[color] == vertex_) ++color;
    return color;
  }

 private:
  std::vector<uint32_t> by_;
  uint32_t vertex_ = kNone, count_ = 0;
};

std::vector<uint32_t> GivenOrder(const SparsityPattern& pattern) {
  std::vector<uint32_t> order(pattern.rows());
  std::iota(order.begin(), order.end(), uint32_t{0});
  return order;
}

std::vector<uint32_t> LargestFirst(const SparsityPattern& pattern) {
  std::vector<uint32_t> order = GivenOrder(pattern);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t v, uint32_t w) {
    return pattern.Row(v).size() > pattern.Row(w).size();
  });
  return order;
}

// The better of the colorings that `greedy(order)` finds.
template <class Greedy>
Coloring BestOrder(const SparsityPattern& pattern, Greedy greedy) {
  Coloring given = greedy(GivenOrder(pattern));
  Coloring largest_first = greedy(LargestFirst(pattern));
  const size_t steps = given.steps + largest_first.steps;
  Coloring& better = largest_first.count < given.count ? largest_first : given;
  better.steps = steps;
  return std::move(better);
}

Coloring Uncolored(size_t vertices) { return {std::vector<uint32_t>(vertices, kNone), 0, 0}; }

void Give(uint32_t vertex, uint32_t color, Coloring& coloring) {
  coloring.color[vertex] = color;
  coloring.count = std::max(coloring.count, color + 1);
}

// The greedy loop that star and acyclic coloring share. `forbid(v, w, around, forbidden)` adds what
// v mustn't have because of its colored neighbor w; `join(v, w, edge, around)` hears of every edge
// between colored vertices before `around` does.
template <class Forbid, class Join>
Coloring ColorVertices(const SparsityPattern& graph, const std::vector<uint32_t>& order,
                       Forbid forbid, Join join) {
  Coloring coloring = Uncolored(graph.rows());
  ColorNeighbors around(graph);
  Forbidden forbidden(graph.rows());
  uint32_t edges = 0;
  for (uint32_t v : order) {
    forbidden.Start(v);
    for (uint32_t w : graph.Row(v)) {
      if (coloring.color[w] != kNone) forbidden.Add(coloring.color[w]);
    }
    for (uint32_t w : graph.Row(v)) {
      if (forbidden.Has(coloring.count)) break;
      if (coloring.color[w] != kNone) forbid(v, w, coloring.color[w], around, forbidden);
    }
    const uint32_t c = forbidden.SmallestFree();
    Give(v, c, coloring);
    for (uint32_t w : graph.Row(v)) {
      if (w == v || coloring.color[w] == kNone) continue;
      join(v, c, w, coloring.color[w], edges, around);
      around.AddEdge(v, c, w, coloring.color[w], edges);
      ++edges;
    }
  }
  coloring.steps = around.steps();
  return coloring;
}

// With color c for v and d for its neighbor w, a path of two colors through both could be
//   v - w - x - y  with x of color c, another neighbor y of which has color d, or
//   z - v - w - x  with z, another neighbor of v, of color d.
// v's own neighbors are in `around` only once v is colored, so the last one is noticed by `met`.
Coloring GreedyStar(const SparsityPattern& graph, const std::vector<uint32_t>& order) {
  struct Met {
    uint32_t by = kNone, first = kNone;
    bool again = false;
  };
  std::vector<Met> met(graph.rows() + 1);
  const auto forbid = [&](uint32_t v, uint32_t w, uint32_t d, ColorNeighbors& around,
                          Forbidden& forbidden) {
    const auto forbid_around = [&](uint32_t vertex) {
      for (const auto& group : around.Of(vertex)) forbidden.Add(group.color);
      around.CountSteps(around.Of(vertex).size());
    };
    if (met[d].by == v) {
      if (!std::exchange(met[d].again, true)) forbid_around(met[d].first);
      forbid_around(w);
      return;
    }
    met[d] = {v, w};
    for (const auto& group : around.Of(w)) {
      if (group.count > 1) continue;  // w is a hub of that color: its leaves have no one else
      if (around.Back(group).count > 1) forbidden.Add(group.color);
    }
    around.CountSteps(around.Of(w).size());
  };
  const auto nothing = [](auto&&...) {};
  return ColorVertices(graph, order, forbid, nothing);
}

// Sets of edges: the trees of two colors. Find halves the path it walks.
class Forest {
 public:
  explicit Forest(size_t edges) : parent_(edges) {
    std::iota(parent_.begin(), parent_.end(), uint32_t{0});
  }
  uint32_t Find(uint32_t edge) {
    while (parent_[edge] != edge) edge = parent_[edge] = parent_[parent_[edge]];
    return edge;
  }
  void Join(uint32_t a, uint32_t b) { parent_[Find(a)] = Find(b); }

 private:
  std::vector<uint32_t> parent_;
};

// A cycle of two colors would close where v meets the same tree at two of its neighbors.
Coloring GreedyAcyclic(const SparsityPattern& graph, const std::vector<uint32_t>& order) {
  struct Met {
    uint32_t by = kNone, at = kNone;
  };
  std::vector<Met> met(graph.size() + 1);  // by tree
  Forest trees(graph.size() + 1);
  const auto forbid = [&](uint32_t v, uint32_t w, uint32_t, ColorNeighbors& around,
                          Forbidden& forbidden) {
    around.CountSteps(around.Of(w).size());
    for (const auto& group : around.Of(w)) {
      Met& tree = met[trees.Find(group.edge)];
      if (tree.by != v) {
        tree = {v, w};
      } else if (tree.at != w) {
        forbidden.Add(group.color);
      }
    }
  };
  const auto join = [&](uint32_t v, uint32_t c, uint32_t w, uint32_t d, uint32_t edge,
                        ColorNeighbors& around) {
    if (const auto* group = around.Find(w, c)) trees.Join(edge, group->edge);
    if (const auto* group = around.Find(v, d)) trees.Join(edge, group->edge);
  };
  return ColorVertices(graph, order, forbid, join);
}

Coloring GreedyRows(const SparsityPattern& pattern, const SparsityPattern& transposed,
                    const std::vector<uint32_t>& order) {
  Coloring coloring = Uncolored(pattern.rows());
  Forbidden forbidden(pattern.rows());
  for (uint32_t i : order) {
    forbidden.Start(i);
    for (uint32_t j : pattern.Row(i)) {
      if (forbidden.Has(coloring.count)) break;
      for (uint32_t other : transposed.Row(j)) {
        if (coloring.color[other] != kNone) forbidden.Add(coloring.color[other]);
      }
      coloring.steps += transposed.Row(j).size();
    }
    Give(i, forbidden.SmallestFree(), coloring);
  }
  return coloring;
}

// A matrix that is a quarter full has little to gain from sharing and takes long to color.
bool IsNearlyDense(const SparsityPattern& graph) {
  return graph.size() >= graph.rows() * graph.rows() / 4;
}

Coloring AllDifferent(size_t vertices) {
  Coloring coloring = Uncolored(vertices);
  std::iota(coloring.color.begin(), coloring.color.end(), uint32_t{0});
  coloring.count = static_cast<uint32_t>(vertices);
  return coloring;
}

}  // namespace

Coloring ColorRows(const SparsityPattern& pattern, const SparsityPattern& transposed) {
  return BestOrder(pattern, [&](const std::vector<uint32_t>& order) {
    return GreedyRows(pattern, transposed, order);
  });
}

Coloring StarColoring(const SparsityPattern& symmetric) {
  if (IsNearlyDense(symmetric)) return AllDifferent(symmetric.rows());
  return BestOrder(
      symmetric, [&](const std::vector<uint32_t>& order) { return GreedyStar(symmetric, order); });
}

Coloring AcyclicColoring(const SparsityPattern& symmetric) {
  if (IsNearlyDense(symmetric)) return AllDifferent(symmetric.rows());
  return BestOrder(symmetric, [&](const std::vector<uint32_t>& order) {
    return GreedyAcyclic(symmetric, order);
  });
}

}  // namespace wengert
