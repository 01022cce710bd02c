#include "wengert/program/tangent.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "wengert/program/activity.h"
#include "wengert/program/append.h"
#include "wengert/program/clean.h"
#include "wengert/program/expand.h"
#include "wengert/program/graph_builder.h"

namespace wengert::program {
namespace {

// A leaf or root of the source, direction 0, or its tangent in one of the directions from 1 on.
struct Origin {
  uint32_t direction;
  uint32_t number;

  friend bool operator==(const Origin&, const Origin&) = default;
};

struct TangentBody {
  std::shared_ptr<const BlockBody> body;
  std::vector<Origin> leaves, roots;
};

// Tangents are of operations, so partials that have some are written out first: the gradient of a
// body has partials, and none where only its seeds have tangents.
BlockBody WithoutActivePartials(BlockBody body, const std::vector<bool>& active_leaves) {
  const std::vector<bool> active = ActiveNodes(body.graph, active_leaves);
  bool any = false;
  for (size_t i = 0; i < active.size(); ++i) any |= active[i] && body.graph.nodes[i].partial >= 0;
  if (any) {
    body.graph = ExpandAll(std::move(body.graph), true);
    body.is_clean = false;
  }
  return body;
}

class BodyTangent {
 public:
  BodyTangent(const BlockBody& body, const std::vector<bool>& active_leaves,
              const TangentOptions& options)
      : source_(WithoutActivePartials(body, active_leaves)),
        active_(ActiveNodes(source_.graph, active_leaves)),
        expand_(options.to_be_differentiated),
        directions_(options.directions) {}

  TangentBody Run(BodyPool& pool) && {
    graph_.constants = source_.graph.constants;
    for (uint32_t i = 0; i < source_.graph.nodes.size(); ++i) AppendTangentOf(i);
    for (uint32_t r = 0; r < source_.graph.roots.size(); ++r) AppendRoots(r);
    AddRecurrences();
    if (expand_) graph_ = ExpandAll(std::move(graph_), true);
    body_.graph = Clean(std::move(graph_), {});
    result_.body = pool.Shared(std::move(body_));
    return std::move(result_);
  }

 private:
  Operand Append(const Instruction& instruction) { return AppendNode(graph_, instruction); }

  Operand Leaf(uint32_t leaf, uint32_t direction) {
    result_.leaves.push_back({direction, leaf});
    body_.leaves.push_back(source_.leaves[leaf]);
    return Append(Instruction::Leaf(static_cast<uint32_t>(result_.leaves.size() - 1)));
  }

  Operand Value(Operand operand) const {
    return operand.is_constant() ? operand : value_[operand.index()];
  }

  void AppendTangentOf(uint32_t i) {
    const Instruction& node = source_.graph.nodes[i];
    tangents_.emplace_back();
    if (node.is_leaf()) {
      value_.push_back(Leaf(node.leaf(), 0));
      for (uint32_t d = 1; active_[i] && d <= directions_; ++d) {
        tangents_.back().push_back(Leaf(node.leaf(), d));
      }
      return;
    }
    Instruction copy = node;
    for (Operand& operand : copy.arguments()) operand = Value(operand);
    value_.push_back(Append(copy));
    if (active_[i]) tangents_.back() = TangentsOf(copy, node, value_.back());
  }

  bool HasTangents(Operand x) const { return !x.is_constant() && !tangents_[x.index()].empty(); }

  std::vector<Operand> TangentsOf(const Instruction& copy, const Instruction& node, Operand y) {
    std::vector<Operand> sums;
    for (int k = 0; k < node.arity(); ++k) {
      const Operand x = node.operands[k];
      if (!HasTangents(x)) continue;
      const Operand partial = PartialOf(copy, y, k);
      const bool is_first = sums.empty();
      for (uint32_t d = 0; d < directions_; ++d) {
        const Operand term = Append({Op::kMul, -1, {partial, tangents_[x.index()][d]}});
        if (is_first) {
          sums.push_back(term);
        } else {
          sums[d] = Append({Op::kAdd, -1, {sums[d], term}});
        }
      }
    }
    return sums;
  }

  // Where it is to be differentiated, left whole here and written out with the rest.
  Operand PartialOf(Instruction operation, Operand y, int k) {
    if (!expand_) return AppendPartial(graph_, operation, y, k, true);
    operation.operands[operation.arity()] = y;
    operation.partial = static_cast<int8_t>(k);
    return Append(operation);
  }

  void AppendRoots(uint32_t r) {
    const Operand root = source_.graph.roots[r];
    const auto append = [&](Operand operand, uint32_t direction) {
      graph_.roots.push_back(operand);
      body_.effects.push_back(source_.effects[r]);
      result_.roots.push_back({direction, r});
    };
    append(Value(root), 0);
    if (source_.effects[r].first == Effect::kCheck || !HasTangents(root)) return;
    for (uint32_t d = 1; d <= directions_; ++d) append(tangents_[root.index()][d - 1], d);
  }

  std::optional<uint32_t> Find(const std::vector<Origin>& origins, Origin origin) const {
    const auto place = std::find(origins.begin(), origins.end(), origin);
    if (place == origins.end()) return std::nullopt;
    return static_cast<uint32_t>(place - origins.begin());
  }

  void AddRecurrences() {
    body_.order = source_.order;
    for (const Recurrence& recurrence : source_.recurrences) {
      for (uint32_t d = 0; d <= directions_; ++d) {
        const auto leaf = Find(result_.leaves, {d, recurrence.leaf});
        const auto root = Find(result_.roots, {d, recurrence.root});
        if (leaf.has_value() && root.has_value()) body_.recurrences.push_back({*leaf, *root});
      }
    }
  }

  const BlockBody source_;
  const std::vector<bool> active_;
  const bool expand_;
  const uint32_t directions_;
  Graph graph_;
  BlockBody body_;
  std::vector<Operand> value_;
  std::vector<std::vector<Operand>> tangents_;  // in all directions, or none
  TangentBody result_;
};

class Tangents {
 public:
  Tangents(const Blocks& primal, const TangentOptions& options)
      : primal_(primal), options_(options), active_(ActiveCells(primal, options.sources)) {}

  TangentBlocks Run() && {
    Blocks& blocks = result_.blocks;
    blocks = primal_;
    result_.shift = RoundedUp(primal_.cells);
    blocks.cells = CheckedCells((1 + uint64_t{options_.directions}) * result_.shift);
    ForDirections([&](Cell shift) {
      for (const CellRange& array : primal_.arrays) {
        blocks.arrays.push_back({array.begin + shift, array.end + shift});
      }
    });
    for (Block& block : blocks.blocks) AddTangents(block);
    ForDirections([&](Cell shift) {
      for (Cell output : primal_.outputs) blocks.outputs.push_back(TangentOfOutput(output, shift));
    });
    return std::move(result_);
  }

 private:
  // f(shift) with what takes a cell to its tangent.
  template <class F>
  void ForDirections(F&& f) const {
    for (uint32_t d = 1; d <= options_.directions; ++d) f(d * result_.shift);
  }

  // The tangent of an output that depends on no input is a cell that stays zero.
  Cell TangentOfOutput(Cell output, Cell shift) {
    if (active_[output]) return output + shift;
    const Cell zero = NewCells(result_.blocks, 1);
    result_.blocks.presets.emplace_back(zero, 0.0);
    return zero;
  }

  Source TangentOf(Source source, uint32_t direction) const {
    (source.access == Access::kTable ? source.offset : source.at) += direction * result_.shift;
    return source;
  }

  void AddTangents(Block& block) {
    AddZeroed(block);
    AddMoves(block);
    if (block.body == nullptr) return;
    const std::vector<bool> active = ActiveLeaves(primal_, block, active_);
    const auto [place, is_new] = bodies_.try_emplace({block.body.get(), active});
    if (is_new) place->second = BodyTangent(*block.body, active, options_).Run(pool_);
    const TangentBody& tangent = place->second;
    std::vector<Source> leaves;
    for (const Origin& leaf : tangent.leaves) {
      const Source& source = block.leaves[leaf.number];
      leaves.push_back(leaf.direction > 0 ? TangentOf(source, leaf.direction) : source);
    }
    std::vector<Target> targets;
    for (const Origin& root : tangent.roots) {
      Target target = block.targets[root.number];
      if (root.direction > 0) target.where = TangentOf(target.where, root.direction);
      targets.push_back(target);
    }
    block.body = tangent.body;
    block.leaves = std::move(leaves);
    block.targets = std::move(targets);
  }

  void AddZeroed(Block& block) const {
    const std::vector<CellRange> zeroed = block.zeroed;
    ForDirections([&](Cell shift) {
      for (CellRange range : zeroed) {
        block.zeroed.push_back({range.begin + shift, range.end + shift});
      }
    });
  }

  void AddMoves(Block& block) const {
    const std::vector<Move> copies = block.copies, folds = block.folds;
    ForDirections([&](Cell shift) {
      for (const Move& copy : copies) {
        const Cell to = copy.to + shift;
        if (active_[copy.from]) {
          block.copies.push_back({to, copy.from + shift});
        } else {
          block.zeroed.push_back({to, to + 1});
        }
      }
      for (const Move& fold : folds) {
        if (active_[fold.from]) block.folds.push_back({fold.to + shift, fold.from + shift});
      }
    });
  }

  const Blocks& primal_;
  const TangentOptions options_;
  const std::vector<bool> active_;
  std::map<std::pair<const BlockBody*, std::vector<bool>>, TangentBody> bodies_;
  BodyPool pool_;
  TangentBlocks result_;
};

}  // namespace

TangentBlocks WithTangents(const Blocks& primal, const TangentOptions& options) {
  return Tangents(primal, options).Run();
}

}  // namespace wengert::program
