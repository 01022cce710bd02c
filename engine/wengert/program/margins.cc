#include "wengert/program/margins.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wengert/program/append.h"
#include "wengert/program/expand.h"

namespace wengert::program {
namespace {

// What a result is off by, in units of the last place, of the recording and of the program; and as
// much again for what is of second order.
constexpr double kUlps = 2 * (4 + 4);
constexpr double kUnderflow = 0x1p-1022;  // times 2^-53: what a product loses that is subnormal
constexpr double kStraight = 0x1p-10;     // of an operand: over this much of it a curve is a line
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool IsCurved(Op op) {
  return HasTrait(op, kCurvedA) || HasTrait(op, kCurvedAB) || HasTrait(op, kCurvedB) ||
         HasTrait(op, kCurvedAC) || HasTrait(op, kCurvedBC) || HasTrait(op, kCurvedC);
}

bool IsCurvedIn(Op op, int k) {
  return HasTrait(op, k == 0 ? kCurvedA : k == 1 ? kCurvedB : kCurvedC);
}

// A product, perhaps with a sum: its second partial is 1.
bool IsBilinear(Op op) {
  return HasTrait(op, kCurvedAB) && !IsCurvedIn(op, 0) && !IsCurvedIn(op, 1) && !IsCurvedIn(op, 2);
}

bool JumpsIn(Op op, int k) {
  return (k == 0 && HasTrait(op, kJumpsA)) || (k == 1 && HasTrait(op, kJumpsB));
}

class Margins {
 public:
  explicit Margins(Recorded& recording) : recording_(recording), source_(recording.graph) {}

  void Run() {
    if (!FindRounded()) return;
    graph_.constants.assign(source_.constants.begin(), source_.constants.end());
    scale_ = AddConstant(graph_, 0.0);
    for (uint32_t i = 0; i < source_.nodes.size(); ++i) Copy(i);
    for (Operand root : source_.roots) graph_.roots.push_back(Value(root));
    graph_.roots.insert(graph_.roots.end(), margins_.begin(), margins_.end());
    recording_.outcomes.insert(recording_.outcomes.end(), margins_.size(), 1.0);
    graph_.constants[scale_.index()] = kUlps * 0x1p-53 * static_cast<double>(max_depth_);
    recording_.graph = RecordedGraph::Of(ExpandAll(std::move(graph_), true));
  }

 private:
  // Inputs as they are, and what is flat over them, aren't rounded.
  bool IsExact(Operand operand) const { return operand.is_constant() || exact_[operand.index()]; }
  bool AllExact(const Node& node) const {
    const absl::Span<const Operand> operands = node.arguments();
    return std::all_of(operands.begin(), operands.end(),
                       [this](Operand operand) { return IsExact(operand); });
  }

  // The guards, and what is rounded on the way to them. False: nothing is.
  bool FindRounded() {
    if (recording_.outcomes.empty()) return false;
    for (const Node& node : source_.nodes) {
      exact_.push_back(node.is_leaf() || (HasTrait(node.op, kFlat) && AllExact(node)));
    }
    bool found = false;
    is_checked_.resize(source_.nodes.size());
    for (size_t r = recording_.dependents; r < source_.roots.size(); ++r) {
      const Operand guard = source_.roots[r];
      if (!IsExact(guard)) is_checked_[guard.index()] = found = true;
    }
    for (size_t i = source_.nodes.size(); i > 0;) {
      --i;
      if (!is_checked_[i]) continue;
      for (Operand operand : source_.nodes[i].arguments()) {
        if (!IsExact(operand)) is_checked_[operand.index()] = true;
      }
    }
    return found;
  }

  Operand Constant(double value) {
    const auto [place, is_new] = constant_.try_emplace(value);
    if (is_new) place->second = AddConstant(graph_, value);
    return place->second;
  }
  bool IsConstant(Operand operand, double value) const {
    return operand.is_constant() && graph_.constants[operand.index()] == value;
  }
  Operand Append(Op op, Operand a, Operand b = {}) { return AppendNode(graph_, {op, -1, {a, b}}); }
  Operand Abs(Operand operand) {
    if (!operand.is_constant()) return Append(Op::kAbs, operand);
    return Constant(std::abs(graph_.constants[operand.index()]));
  }
  Operand Product(Operand a, Operand b) { return IsConstant(a, 1.0) ? b : Append(Op::kMul, a, b); }
  Operand Sum(const std::vector<Operand>& terms) {
    Operand sum = terms.empty() ? Constant(0.0) : terms.front();
    for (size_t t = 1; t < terms.size(); ++t) sum = Append(Op::kAdd, sum, terms[t]);
    return sum;
  }

  Operand Value(Operand operand) const {
    return operand.is_constant() ? operand : value_[operand.index()];
  }
  bool IsFlatIn(Operand y, int k) { return IsConstant(AppendPartial(graph_, y, k, true), 0.0); }

  // Once what is flat is known to be far from its jumps, it is exact.
  void Copy(uint32_t i) {
    const Node& node = source_.nodes[i];
    Instruction copy = node.is_leaf() ? Instruction::Leaf(i) : Instruction::Of(node);
    for (Operand& operand : copy.arguments()) operand = Value(operand);
    value_.push_back(AppendNode(graph_, copy));
    bound_.emplace_back();
    depth_.push_back(0);
    if (!is_checked_[i]) return;
    depth_here_ = DepthOf(node);
    if (HasTrait(node.op, kFlat)) {
      if (!AllExact(node)) KeepFromJumps(node, copy);
      exact_[i] = true;
    } else {
      bound_[i] = BoundOf(node, copy);
      depth_[i] = depth_here_ + 1;
    }
  }

  uint32_t DepthOf(const Node& node) const {
    uint32_t depth = 0;
    for (Operand operand : node.arguments()) {
      if (!IsExact(operand)) depth = std::max(depth, depth_[operand.index()]);
    }
    return depth;
  }

  // Without |y| where the other terms amount to it, as |x_k| <= X_k. What has kinks, but neither
  // curves nor jumps, changes by no more than its operands do; of those that are exact, as where a
  // maximum starts, it may have the size.
  Operand BoundOf(const Node& node, const Instruction& copy) {
    const Operand y = value_.back();
    const bool only_kinks = HasTrait(node.op, kKink) && !IsCurved(node.op);
    std::vector<Operand> terms;
    bool chosen_from_exact = false;
    if (IsCurved(node.op)) terms.push_back(Constant(kUnderflow));
    if (!HasTrait(node.op, kRing) && !only_kinks) terms.push_back(Abs(y));
    for (int k = 0; k < node.arity(); ++k) {
      const bool is_exact = IsExact(node.operands[k]);
      if (is_exact && only_kinks) {
        chosen_from_exact |= !JumpsIn(node.op, k);
        continue;
      }
      const Operand partial = only_kinks ? Constant(1.0) : Abs(AppendPartial(graph_, y, k, true));
      const Operand bound =
          is_exact ? Abs(Value(node.operands[k])) : bound_[node.operands[k].index()];
      if (JumpsIn(node.op, k) && !is_exact) {
        if (!IsFlatIn(y, k)) return Constant(kInfinity);
        AppendNeighbours(copy, k, bound);
      } else {
        terms.push_back(Product(partial, bound));
      }
    }
    if (chosen_from_exact) terms.push_back(Abs(y));
    AppendSecondOrder(node, terms);
    return Sum(terms);
  }

  // Where digits cancelled, an operand may be off by more than it is. A polynomial has its second
  // order added; what is curved otherwise is refused where the operand isn't nearly known.
  void AppendSecondOrder(const Node& node, std::vector<Operand>& terms) {
    const auto add_product = [&](int j, int k) {
      if (IsExact(node.operands[j]) || IsExact(node.operands[k])) return;
      const Operand bound = bound_[node.operands[j].index()];
      terms.push_back(Product(Distance(bound), bound_[node.operands[k].index()]));
    };
    if (IsBilinear(node.op)) return add_product(0, 1);
    if (HasTrait(node.op, kRing) && IsCurvedIn(node.op, 0)) return add_product(0, 0);
    for (int k = 0; k < node.arity(); ++k) {
      if (!IsCurvedIn(node.op, k) || IsExact(node.operands[k])) continue;
      const Operand size = Append(Op::kMul, Constant(kStraight), Abs(Value(node.operands[k])));
      const Operand reach = Append(Op::kAdd, Constant(kUnderflow), size);
      margins_.push_back(Append(Op::kLess, Distance(bound_[node.operands[k].index()]), reach));
    }
  }

  // Of two operands only the sign of the difference matters, of one it is a step.
  void KeepFromJumps(const Node& node, const Instruction& copy) {
    if (node.arity() == 1) return AppendNeighbours(copy, 0, bound_[node.operands[0].index()]);
    std::vector<Operand> bounds;
    for (Operand operand : node.arguments()) {
      if (!IsExact(operand)) bounds.push_back(bound_[operand.index()]);
    }
    const Operand gap = Abs(Append(Op::kSub, copy.operands[0], copy.operands[1]));
    margins_.push_back(Append(Op::kLess, Distance(Sum(bounds)), gap));
  }

  // What is a step and the same on both sides is the same between.
  void AppendNeighbours(const Instruction& node, int k, Operand bound) {
    const Operand y = value_.back(), distance = Distance(bound);
    for (Op side : {Op::kAdd, Op::kSub}) {
      Instruction neighbour = node;
      neighbour.operands[k] = Append(side, node.operands[k], distance);
      margins_.push_back(Append(Op::kEqual, AppendNode(graph_, neighbour), y));
    }
  }

  // The scale is known when all depths are; it is the same everywhere, so that the iterations of a
  // loop stay alike.
  Operand Distance(Operand bound) {
    max_depth_ = std::max(max_depth_, depth_here_);
    return Append(Op::kMul, scale_, bound);
  }

  Recorded& recording_;
  const RecordedGraph& source_;
  Graph graph_;
  std::vector<bool> exact_, is_checked_;  // of the source's nodes
  std::vector<Operand> value_, bound_;    // of those so far; the bounds of what is rounded
  std::vector<uint32_t> depth_;           // roundings on the longest way to them
  uint32_t depth_here_ = 0, max_depth_ = 0;
  Operand scale_;
  std::unordered_map<double, Operand> constant_;
  std::vector<Operand> margins_;  // must be 1
};

}  // namespace

Recorded WithMargins(Recorded recording) {
  Margins(recording).Run();
  return recording;
}

}  // namespace wengert::program
