#include "wengert/program/body_derivative.h"

#include <bit>
#include <map>

#include "wengert/program/activity.h"
#include "wengert/program/append.h"
#include "wengert/program/clean.h"
#include "wengert/program/expand.h"

namespace wengert::program {
namespace {

using LeafOrigin = BodyDerivative::LeafOrigin;

class Differentiation {
 public:
  Differentiation(const BlockBody& body, const BodyDerivativeOptions& options)
      : source_(body),
        options_(options),
        active_(ActiveNodes(body.graph, options.active)),
        contributions_(body.graph.nodes.size()) {}

  BodyDerivative Run(BodyPool& pool) && {
    CopyForward();
    Reverse();
    ReuseSaved();
    BlockBody reverse;
    reverse.graph = Clean(std::move(graph_), {});
    DropUnusedLeaves(reverse.graph);
    reverse.is_clean = true;  // the leaves were only numbered anew
    for (const LeafOrigin& leaf : result_.leaves) reverse.leaves.push_back(AccessOf(leaf));
    reverse.effects = std::move(effects_);
    AddRecurrences(reverse);
    result_.body = pool.Shared(std::move(reverse));
    if (!result_.saved.empty()) result_.forward = pool.Shared(ForwardWithSaved());
    return std::move(result_);
  }

 private:
  static bool IsCheap(const Instruction& node) {
    return node.is_leaf() || HasTrait(node.op, kRing);
  }

  Operand Leaf(LeafOrigin origin) {
    result_.leaves.push_back(origin);
    const auto number = static_cast<uint32_t>(result_.leaves.size() - 1);
    return Append(Instruction::Leaf(number));
  }

  Operand Append(const Instruction& instruction) { return AppendNode(graph_, instruction); }

  // The body's own values. A reverse on its own loads what is dear and computes the rest again.
  void CopyForward() {
    const Graph& graph = source_.graph;
    graph_.constants = graph.constants;
    for (uint32_t i = 0; i < graph.nodes.size(); ++i) {
      const Instruction& node = graph.nodes[i];
      if (node.is_leaf()) {
        value_.push_back(Leaf({LeafOrigin::kLeaf, node.leaf()}));
      } else if (!options_.with_forward && !IsCheap(node)) {
        result_.saved.push_back(i);
        value_.push_back(
            Leaf({LeafOrigin::kSaved, static_cast<uint32_t>(result_.saved.size() - 1)}));
      } else {
        value_.push_back(Append(Translated(node)));
      }
    }
    if (!options_.with_forward) return;
    for (uint32_t r = 0; r < graph.roots.size(); ++r) {
      AddRoot(Value(graph.roots[r]), source_.effects[r]);
      result_.forward_roots.push_back(r);
    }
  }

  Operand Value(Operand operand) const {
    return operand.is_constant() ? operand : value_[operand.index()];
  }

  void AddRoot(Operand root, std::pair<Effect, Access> effect) {
    graph_.roots.push_back(root);
    effects_.push_back(effect);
  }

  void Reverse() {
    const Graph& graph = source_.graph;
    for (uint32_t r = 0; r < graph.roots.size(); ++r) {
      const Operand root = graph.roots[r];
      if (options_.seeds[r].kind == Seed::kZero || root.is_constant() || !active_[root.index()])
        continue;
      contributions_[root.index()].push_back(options_.seeds[r].kind == Seed::kConstant
                                                 ? AddConstant(graph_, options_.seeds[r].constant)
                                                 : Leaf({LeafOrigin::kSeed, r}));
    }
    for (uint32_t i = static_cast<uint32_t>(graph.nodes.size()); i > 0;) {
      --i;
      if (contributions_[i].empty()) continue;
      if (graph.nodes[i].is_leaf()) {
        EmitLeafAdjoint(i);
      } else {
        PushAdjoint(i);
      }
      contributions_[i] = {};
    }
  }

  void EmitLeafAdjoint(uint32_t i) {
    const uint32_t leaf = source_.graph.nodes[i].leaf();
    const Access access = source_.leaves[leaf];
    const Effect effect = options_.fresh[leaf] ? Effect::kStore : Effect::kAdd;
    const auto emit = [&](Operand adjoint) {
      AddRoot(adjoint, {effect, access});
      result_.adjoint_roots.push_back(leaf);
    };
    if (access == Access::kCell) {
      for (Operand contribution : contributions_[i]) emit(contribution);
    } else {
      emit(Sum(contributions_[i]));
    }
  }

  void PushAdjoint(uint32_t i) {
    const Instruction& node = source_.graph.nodes[i];
    const Operand y_bar = Sum(contributions_[i]);
    for (int k = 0; k < node.arity(); ++k) {
      const Operand x = node.operands[k];
      if (x.is_constant() || !active_[x.index()]) continue;
      const Operand partial = AppendPartial(graph_, Translated(node), value_[i], k, true);
      contributions_[x.index()].push_back(Product(y_bar, partial));
    }
  }

  Instruction Translated(Instruction node) const {
    for (Operand& operand : node.arguments()) operand = Value(operand);
    return node;
  }

  bool IsConstant(Operand operand, double value) const {
    return operand.is_constant() && graph_.constants[operand.index()] == value;
  }

  Operand Product(Operand a, Operand b) {
    if (IsConstant(a, 1.0)) return b;
    if (IsConstant(b, 1.0)) return a;
    if (IsConstant(a, -1.0)) return Append({Op::kNeg, -1, {b}});
    if (IsConstant(b, -1.0)) return Append({Op::kNeg, -1, {a}});
    return Append({Op::kMul, -1, {a, b}});
  }

  Operand Sum(const std::vector<Operand>& terms) {
    Operand sum = terms.front();
    for (size_t t = 1; t < terms.size(); ++t) sum = Append({Op::kAdd, -1, {sum, terms[t]}});
    return sum;
  }

  // A rule may ask for what is saved: the derivative of 1 / b needs the reciprocal of b.
  void ReuseSaved() {
    std::map<std::vector<uint64_t>, Operand> saved;
    for (uint32_t i : result_.saved) {
      saved.emplace(KeyOf(Translated(source_.graph.nodes[i])), value_[i]);
    }
    if (saved.empty()) return;
    std::vector<Operand> is_now(graph_.nodes.size());
    const auto updated = [&](Operand operand) {
      return operand.is_constant() ? operand : is_now[operand.index()];
    };
    for (uint32_t j = 0; j < graph_.nodes.size(); ++j) {
      Instruction& node = graph_.nodes[j];
      for (Operand& operand : node.arguments()) operand = updated(operand);
      const auto known = node.is_leaf() ? saved.end() : saved.find(KeyOf(node));
      is_now[j] = known != saved.end() ? known->second : Operand::Node(j);
    }
    for (Operand& root : graph_.roots) root = updated(root);
  }

  std::vector<uint64_t> KeyOf(const Instruction& node) const {
    std::vector<uint64_t> key = {static_cast<uint64_t>(node.op),
                                 static_cast<uint64_t>(node.partial)};
    for (Operand operand : node.arguments()) {
      key.push_back(operand.is_constant());
      key.push_back(operand.is_constant()
                        ? std::bit_cast<uint64_t>(graph_.constants[operand.index()])
                        : operand.index());
    }
    return key;
  }

  // Numbers the leaves that are left anew, and the saved values with them.
  void DropUnusedLeaves(Graph& graph) {
    std::vector<LeafOrigin> leaves;
    std::vector<uint32_t> saved;
    for (Instruction& node : graph.nodes) {
      if (!node.is_leaf()) continue;
      LeafOrigin origin = result_.leaves[node.leaf()];
      if (origin.kind == LeafOrigin::kSaved) {
        saved.push_back(result_.saved[origin.number]);
        origin.number = static_cast<uint32_t>(saved.size() - 1);
      }
      node = Instruction::Leaf(static_cast<uint32_t>(leaves.size()));
      leaves.push_back(origin);
    }
    result_.leaves = std::move(leaves);
    result_.saved = std::move(saved);
  }

  // What an iteration carries to the next, its reverse carries to the one before: the adjoint.
  void AddRecurrences(BlockBody& reverse) const {
    for (const Recurrence& recurrence : source_.recurrences) {
      for (uint32_t j = 0; j < result_.leaves.size(); ++j) {
        const LeafOrigin& leaf = result_.leaves[j];
        if (leaf.kind != LeafOrigin::kSeed || leaf.number != recurrence.root) continue;
        for (uint32_t r = 0; r < result_.adjoint_roots.size(); ++r) {
          if (result_.adjoint_roots[r] != recurrence.leaf) continue;
          reverse.order = Order::kDescending;
          reverse.recurrences.push_back({j, r});
        }
      }
    }
  }

  Access AccessOf(const LeafOrigin& origin) const {
    switch (origin.kind) {
      case LeafOrigin::kLeaf:
        return source_.leaves[origin.number];
      case LeafOrigin::kSeed:
        return source_.effects[origin.number].second;
      case LeafOrigin::kSaved:
        break;
    }
    return Access::kStream;
  }

  BlockBody ForwardWithSaved() const {
    BlockBody forward = source_;
    forward.is_clean = false;
    for (uint32_t node : result_.saved) {
      forward.graph.roots.push_back(Operand::Node(node));
      forward.effects.emplace_back(Effect::kStore, Access::kStream);
    }
    return forward;
  }

  const BlockBody& source_;
  const BodyDerivativeOptions& options_;
  const std::vector<bool> active_;
  Graph graph_;
  std::vector<Operand> value_;                       // in graph_, of the body's nodes
  std::vector<std::vector<Operand>> contributions_;  // to the adjoints of the body's nodes
  std::vector<std::pair<Effect, Access>> effects_;
  BodyDerivative result_;
};

}  // namespace

BodyDerivative Differentiate(const BlockBody& body, const BodyDerivativeOptions& options,
                             BodyPool& pool) {
  return Differentiation(body, options).Run(pool);
}

}  // namespace wengert::program
