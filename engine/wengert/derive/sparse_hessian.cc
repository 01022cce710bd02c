#include <algorithm>

#include "wengert/derive/color_neighbors.h"
#include "wengert/derive/coloring.h"
#include "wengert/derive/recording.h"
#include "wengert/derive/sparse.h"

namespace wengert {
namespace {

using derive_internal::CheckLength;
using derive_internal::ColorNeighbors;
using derive_internal::InBatches;
using derive_internal::Recording;
using derive_internal::Resolve;

constexpr size_t kNoEntry = ~size_t{0};

SparsityPattern LowerTriangle(const SparsityPattern& full) {
  SparsityPattern lower;
  lower.columns = full.columns;
  for (size_t i = 0; i < full.rows(); ++i) {
    for (uint32_t j : full.Row(i)) {
      if (j <= i) lower.column.push_back(j);
    }
    lower.row_begin.push_back(lower.column.size());
  }
  return lower;
}

size_t EntryOf(const SparsityPattern& pattern, uint32_t i, uint32_t j) {
  const absl::Span<const uint32_t> row = pattern.Row(i);
  const auto found = std::lower_bound(row.begin(), row.end(), j);
  if (found == row.end() || *found != j) return kNoEntry;
  return pattern.row_begin[i] + static_cast<size_t>(found - row.begin());
}

ColorNeighbors AllAround(const SparsityPattern& graph, const std::vector<uint32_t>& color) {
  ColorNeighbors around(graph);
  for (uint32_t v = 0; v < graph.rows(); ++v) {
    for (uint32_t w : graph.Row(v)) {
      if (w < v) around.AddEdge(v, color[v], w, color[w], 0);
    }
  }
  return around;
}

// Of every entry {v, w}: whether w is the only neighbor of v that has its color.
std::vector<bool> IsOnlyOfItsColor(const SparsityPattern& graph, const HessianPlan& plan) {
  std::vector<bool> only(graph.size());
  std::vector<uint32_t> count(plan.colors);
  for (uint32_t v = 0; v < graph.rows(); ++v) {
    const auto for_neighbors = [&](auto f) {
      for (size_t entry = graph.row_begin[v]; entry < graph.row_begin[v + 1]; ++entry) {
        if (graph.column[entry] != v) f(entry, plan.color[graph.column[entry]]);
      }
    };
    for_neighbors([&](size_t, uint32_t color) { ++count[color]; });
    for_neighbors([&](size_t entry, uint32_t color) { only[entry] = count[color] == 1; });
    for_neighbors([&](size_t, uint32_t color) { count[color] = 0; });
  }
  return only;
}

// In a star coloring one end of every edge, a leaf of the star, has the other as its only neighbor
// of that color, and sees the edge's entry alone in the product of the color.
void PlanDirect(const SparsityPattern& graph, HessianPlan& plan) {
  const std::vector<bool> is_only = IsOnlyOfItsColor(graph, plan);
  plan.sources.reserve(plan.pattern.size());
  for (uint32_t i = 0; i < plan.pattern.rows(); ++i) {
    for (size_t entry = plan.pattern.row_begin[i]; entry < plan.pattern.row_begin[i + 1]; ++entry) {
      const uint32_t j = plan.pattern.column[entry];
      // The same end for both triangles, so that they are the same number.
      const uint32_t low = std::min(i, j), high = std::max(i, j);
      const bool low_is_leaf = low == high || is_only[EntryOf(graph, low, high)];
      const uint32_t leaf = low_is_leaf ? low : high;
      plan.sources.push_back({entry, plan.color[low_is_leaf ? high : low], leaf});
    }
  }
}

// Peels every tree of two colors: an edge at a leaf is known, then it is cut off.
void PlanSubstitution(const SparsityPattern& graph, HessianPlan& plan) {
  ColorNeighbors around = AllAround(graph, plan.color);
  plan.sums = graph.size();
  for (uint32_t v = 0; v < graph.rows(); ++v) {
    const size_t entry = EntryOf(plan.pattern, v, v);
    if (entry != kNoEntry) plan.sources.push_back({entry, plan.color[v], v});
  }
  struct Leaf {
    uint32_t vertex, color;
  };
  std::vector<Leaf> leaves;
  for (uint32_t v = 0; v < graph.rows(); ++v) {
    for (const auto& group : around.Of(v)) {
      if (group.count == 1) leaves.push_back({v, group.color});
    }
  }
  while (!leaves.empty()) {
    const Leaf leaf = leaves.back();
    leaves.pop_back();
    auto* const up = around.Find(leaf.vertex, leaf.color);
    if (up->count == 0) continue;  // its edge was cut off from the other end
    const uint32_t parent = up->neighbors;
    auto* const down = around.Find(parent, plan.color[leaf.vertex]);
    plan.leaf_numbers.push_back({plan.substitutions.size(), leaf.color, leaf.vertex});
    plan.substitutions.push_back(
        {around.IndexOf(*up), around.IndexOf(*down),
         EntryOf(plan.pattern, std::max(leaf.vertex, parent), std::min(leaf.vertex, parent)),
         EntryOf(plan.pattern, std::min(leaf.vertex, parent), std::max(leaf.vertex, parent))});
    up->count = 0;
    down->neighbors ^= leaf.vertex;
    if (--down->count == 1) leaves.push_back({parent, plan.color[leaf.vertex]});
  }
}

// The Hessian times the sum of each color's unit vectors: f(color, swept adjoints, lane).
template <class F>
void ForEachProduct(const Recording& f, absl::Span<const double> weights, const HessianPlan& plan,
                    Workspace& workspace, F use) {
  InBatches(plan.colors, [&](auto lanes, size_t first, size_t count) {
    using V = decltype(lanes);
    const auto direction = [&](size_t j) {
      return derive_internal::Unit<V>(first, count, plan.color[j]);
    };
    const Dual<double, V>* const adjoints =
        derive_internal::SecondAdjoints<V>(f, weights, direction, workspace);
    use(first, count, [&](uint32_t input, size_t lane) {
      const uint32_t x = f.view.inputs[input];
      return x < f.end ? LaneOf(adjoints[x].tangent, static_cast<int>(lane)) : 0.0;
    });
  });
}

void SortByColor(std::vector<EntrySource>& sources) {
  std::stable_sort(sources.begin(), sources.end(),
                   [](const EntrySource& a, const EntrySource& b) { return a.color < b.color; });
}

// Reads sources off one product after the other.
class Collector {
 public:
  Collector(const std::vector<EntrySource>& sources, double* numbers)
      : next_(sources.begin()), end_(sources.end()), numbers_(numbers) {}

  template <class EntryAt>
  void Collect(size_t first, size_t count, EntryAt entry_at) {
    for (; next_ != end_ && next_->color < first + count; ++next_) {
      numbers_[next_->entry] = entry_at(next_->at, next_->color - first);
    }
  }

 private:
  std::vector<EntrySource>::const_iterator next_, end_;
  double* numbers_;
};

void Substitute(const HessianPlan& plan, const double* leaf_numbers, double* sums,
                absl::Span<double> values) {
  std::fill_n(sums, plan.sums, 0.0);
  for (size_t k = 0; k < plan.substitutions.size(); ++k) {
    const Substitution& step = plan.substitutions[k];
    const double entry = leaf_numbers[k] - sums[step.leaf_sum];
    sums[step.parent_sum] += entry;
    if (step.lower_entry != kNoEntry) values[step.lower_entry] = entry;
    if (step.upper_entry != kNoEntry) values[step.upper_entry] = entry;
  }
}

}  // namespace

HessianPlan PlanHessian(const Tape& tape, absl::Span<const Var> dependents,
                        HessianOptions options) {
  Workspace workspace;
  return PlanHessian(Resolve(tape, dependents, "PlanHessian", workspace), options);
}

HessianPlan PlanHessian(const Recording& f, HessianOptions options) {
  const SparsityPattern graph = HessianPattern(f.view, f.dependents);
  const bool star = options.coloring == HessianColoring::kStar;
  Coloring coloring = star ? StarColoring(graph) : AcyclicColoring(graph);
  HessianPlan plan;
  plan.pattern = options.lower_triangle ? LowerTriangle(graph) : graph;
  plan.options = options;
  plan.color = std::move(coloring.color);
  plan.colors = graph.size() == 0 ? 0 : coloring.count;
  plan.function = derive_internal::PlannedFor(f);
  plan.sums = 0;
  if (star) {
    PlanDirect(graph, plan);
  } else {
    PlanSubstitution(graph, plan);
  }
  SortByColor(plan.sources);
  SortByColor(plan.leaf_numbers);
  return plan;
}

void SparseHessian(const Recording& f, absl::Span<const double> weights, const HessianPlan& plan,
                   Results values, Workspace& workspace) {
  derive_internal::CheckPlan(plan.function, f, "SparseHessian");
  CheckLength(weights.size(), f.m(), "the weights", "SparseHessian");
  CheckLength(values.size(), plan.pattern.size(), "the result", "SparseHessian");
  double* const leaf_numbers = workspace.Values(plan.leaf_numbers.size() + plan.sums);
  Collector entries(plan.sources, values.data()), leaves(plan.leaf_numbers, leaf_numbers);
  ForEachProduct(f, weights, plan, workspace, [&](size_t first, size_t count, auto entry_at) {
    entries.Collect(first, count, entry_at);
    leaves.Collect(first, count, entry_at);
  });
  Substitute(plan, leaf_numbers, leaf_numbers + plan.leaf_numbers.size(), values);
}

void SparseHessian(const Tape& tape, absl::Span<const Var> dependents,
                   absl::Span<const double> weights, const HessianPlan& plan, Results values,
                   Workspace& workspace) {
  SparseHessian(Resolve(tape, dependents, "SparseHessian", workspace), weights, plan, values,
                workspace);
}

CsrMatrix SparseHessian(const Tape& tape, const Var& root, HessianOptions options) {
  Workspace workspace;
  HessianPlan plan = PlanHessian(tape, {&root, 1}, options);
  CsrMatrix hessian;
  hessian.values.resize(plan.pattern.size());
  const double weight = 1.0;
  SparseHessian(tape, {&root, 1}, {&weight, 1}, plan, absl::MakeSpan(hessian.values), workspace);
  hessian.pattern = std::move(plan.pattern);
  return hessian;
}

}  // namespace wengert
