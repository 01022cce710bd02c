#include "wengert/program/tangent.h"

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

// A leaf or root of the source, or its tangent.
struct Origin {
  bool is_tangent;
  uint32_t number;
};

struct TangentBody {
  std::shared_ptr<const BlockBody> body;
  std::vector<Origin> leaves, roots;
};

class BodyTangent {
 public:
  BodyTangent(const BlockBody& body, const std::vector<bool>& active_leaves, bool expand)
      : source_(body), active_(ActiveNodes(body.graph, active_leaves)), expand_(expand) {}

  TangentBody Run(BodyPool& pool) && {
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

  Operand Leaf(uint32_t leaf, bool is_tangent) {
    result_.leaves.push_back({is_tangent, leaf});
    body_.leaves.push_back(source_.leaves[leaf]);
    return Append(Instruction::Leaf(static_cast<uint32_t>(result_.leaves.size() - 1)));
  }

  Operand Value(Operand operand) const {
    return operand.is_constant() ? operand : value_[operand.index()];
  }

  void AppendTangentOf(uint32_t i) {
    if (i == 0) graph_.constants = source_.graph.constants;
    const Instruction& node = source_.graph.nodes[i];
    tangent_.emplace_back();
    if (node.is_leaf()) {
      value_.push_back(Leaf(node.leaf(), false));
      if (active_[i]) tangent_.back() = Leaf(node.leaf(), true);
      return;
    }
    Instruction copy = node;
    for (Operand& operand : copy.arguments()) operand = Value(operand);
    value_.push_back(Append(copy));
    if (active_[i]) tangent_.back() = TangentOf(copy, node, value_.back());
  }

  std::optional<Operand> TangentOf(const Instruction& copy, const Instruction& node, Operand y) {
    std::optional<Operand> sum;
    for (int k = 0; k < node.arity(); ++k) {
      const Operand x = node.operands[k];
      if (x.is_constant() || !tangent_[x.index()].has_value()) continue;
      const Operand partial = PartialOf(copy, y, k);
      const Operand term = Append({Op::kMul, -1, {partial, *tangent_[x.index()]}});
      sum = sum.has_value() ? Append({Op::kAdd, -1, {*sum, term}}) : term;
    }
    return sum;
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
    const auto append = [&](Operand operand, bool is_tangent) {
      graph_.roots.push_back(operand);
      body_.effects.push_back(source_.effects[r]);
      result_.roots.push_back({is_tangent, r});
    };
    append(Value(root), false);
    const bool has_tangent = source_.effects[r].first != Effect::kCheck && !root.is_constant() &&
                             tangent_[root.index()].has_value();
    if (has_tangent) append(*tangent_[root.index()], true);
  }

  std::optional<uint32_t> Find(const std::vector<Origin>& origins, bool is_tangent,
                               uint32_t number) const {
    for (uint32_t j = 0; j < origins.size(); ++j) {
      if (origins[j].is_tangent == is_tangent && origins[j].number == number) return j;
    }
    return std::nullopt;
  }

  void AddRecurrences() {
    body_.order = source_.order;
    for (const Recurrence& recurrence : source_.recurrences) {
      for (bool is_tangent : {false, true}) {
        const auto leaf = Find(result_.leaves, is_tangent, recurrence.leaf);
        const auto root = Find(result_.roots, is_tangent, recurrence.root);
        if (leaf.has_value() && root.has_value()) body_.recurrences.push_back({*leaf, *root});
      }
    }
  }

  const BlockBody& source_;
  const std::vector<bool> active_;
  const bool expand_;
  Graph graph_;
  BlockBody body_;
  std::vector<Operand> value_;
  std::vector<std::optional<Operand>> tangent_;
  TangentBody result_;
};

class Tangents {
 public:
  Tangents(const Blocks& primal, const TangentOptions& options)
      : primal_(primal), options_(options), active_(ActiveCells(primal, options.active_inputs)) {}

  TangentBlocks Run() && {
    Blocks& blocks = result_.blocks;
    blocks = primal_;
    result_.shift = RoundedUp(primal_.cells);
    blocks.cells = CheckedCells(2 * uint64_t{result_.shift});
    for (const CellRange& array : primal_.arrays) {
      blocks.arrays.push_back({array.begin + result_.shift, array.end + result_.shift});
    }
    for (Block& block : blocks.blocks) AddTangents(block);
    for (Cell output : primal_.outputs) blocks.outputs.push_back(TangentOfOutput(output));
    return std::move(result_);
  }

 private:
  // The tangent of an output that depends on no input is a cell that stays zero.
  Cell TangentOfOutput(Cell output) {
    if (active_[output]) return output + result_.shift;
    const Cell zero = NewCells(result_.blocks, 1);
    result_.blocks.presets.emplace_back(zero, 0.0);
    return zero;
  }

  Source TangentOf(Source source) const {
    (source.access == Access::kTable ? source.offset : source.at) += result_.shift;
    return source;
  }

  void AddTangents(Block& block) {
    const std::vector<bool> active = ActiveLeaves(primal_, block, active_);
    const auto [place, is_new] = bodies_.try_emplace({block.body.get(), active});
    if (is_new) {
      place->second = BodyTangent(*block.body, active, options_.to_be_differentiated).Run(pool_);
    }
    const TangentBody& tangent = place->second;
    std::vector<Source> leaves;
    for (const Origin& leaf : tangent.leaves) {
      const Source& source = block.leaves[leaf.number];
      leaves.push_back(leaf.is_tangent ? TangentOf(source) : source);
    }
    std::vector<Target> targets;
    for (const Origin& root : tangent.roots) {
      Target target = block.targets[root.number];
      if (root.is_tangent) target.where = TangentOf(target.where);
      targets.push_back(target);
    }
    const size_t copies = block.copies.size();
    for (size_t j = 0; j < copies; ++j) {
      const Move copy = block.copies[j];
      const Cell to = copy.to + result_.shift;
      if (active_[copy.from]) {
        block.copies.push_back({to, copy.from + result_.shift});
      } else {
        block.zeroed.push_back({to, to + 1});
      }
    }
    block.body = tangent.body;
    block.leaves = std::move(leaves);
    block.targets = std::move(targets);
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
