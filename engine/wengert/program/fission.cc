#include "wengert/program/fission.h"

#include <cmath>
#include <optional>
#include <utility>

#include "wengert/ops/ring.h"
#include "wengert/program/graph_builder.h"

namespace wengert::program {
namespace {

// One of the loops a loop is split into, while its body is written. Its nodes are copies of the
// original's.
class Part {
 public:
  Part(const Block& whole) : whole_(whole), copy_(whole.body->graph.nodes.size()) {}

  bool has(Operand operand) const {
    return operand.is_constant() || copy_[operand.index()].has_value();
  }
  // The copy of an operand that is a constant, a leaf, or here already.
  Operand Copied(Operand operand) {
    const Graph& graph = whole_.body->graph;
    if (operand.is_constant()) return body.Constant(graph.constants[operand.index()]);
    std::optional<Operand>& copy = copy_[operand.index()];
    const Instruction& node = graph.nodes[operand.index()];
    if (!copy.has_value()) copy = body.Leaf(whole_.leaves[node.leaf()]);
    return *copy;
  }
  void Copy(uint32_t i) {
    Instruction node = whole_.body->graph.nodes[i];
    for (Operand& operand : node.arguments()) operand = Copied(operand);
    copy_[i] = body.Append(node);
  }
  void Load(uint32_t i, Source source) { copy_[i] = body.Leaf(source); }

  BodyBuilder body;

 private:
  const Block& whole_;
  std::vector<std::optional<Operand>> copy_;
};

class Fission {
 public:
  Fission(Block block, Blocks& blocks, BodyPool& pool)
      : block_(std::move(block)),
        graph_(block_.body->graph),
        blocks_(blocks),
        pool_(pool),
        depends_(graph_.nodes.size()),
        spine_(graph_.nodes.size()),
        kept_(graph_.nodes.size()),
        before_(block_),
        chain_(block_),
        after_(block_) {}

  std::vector<Block> Split() && {
    Classify();
    WriteBefore();
    if (IsLongSum() || !WriteLinearChain()) WriteChain();
    WriteAfter();
    std::vector<Block> parts;
    parts.push_back(std::move(before_.body).Finished(block_.count, pool_));
    parts.push_back(std::move(chain_.body).Finished(block_.count, pool_, block_.body->order));
    parts.push_back(std::move(after_.body).Finished(block_.count, pool_));
    parts.front().copies = std::move(block_.copies);
    parts.front().zeroed = std::move(block_.zeroed);
    parts.back().folds = std::move(block_.folds);
    return parts;
  }

 private:
  static constexpr double kHalfScale = 0x1p500;

  // What depends on the iteration before, and of that what the iteration after depends on.
  void Classify() {
    std::vector<bool> carried(block_.leaves.size()), reaches(graph_.nodes.size());
    for (const Recurrence& recurrence : block_.body->recurrences) {
      carried[recurrence.leaf] = true;
      const Operand root = graph_.roots[recurrence.root];
      if (!root.is_constant()) reaches[root.index()] = true;
    }
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      const Instruction& node = graph_.nodes[i];
      depends_[i] = node.is_leaf() && carried[node.leaf()];
      for (Operand operand : node.arguments()) {
        depends_[i] = depends_[i] || (!operand.is_constant() && depends_[operand.index()]);
      }
    }
    for (uint32_t i = static_cast<uint32_t>(graph_.nodes.size()); i > 0;) {
      --i;
      if (!reaches[i]) continue;
      spine_[i] = depends_[i];
      for (Operand operand : graph_.nodes[i].arguments()) {
        if (!operand.is_constant()) reaches[operand.index()] = true;
      }
    }
  }

  bool IsRecurrence(uint32_t root) const {
    for (const Recurrence& recurrence : block_.body->recurrences) {
      if (recurrence.root == root) return true;
    }
    return false;
  }
  bool DependsOn(Operand operand) const {
    return !operand.is_constant() && depends_[operand.index()];
  }
  bool IsLeaf(Operand operand) const {
    return operand.is_constant() || graph_.nodes[operand.index()].is_leaf();
  }

  Source NewStream() {
    const Cell begin = RoundedUp(blocks_.cells);
    blocks_.cells = CheckedCells(uint64_t{begin} + RoundedUp(block_.count));
    blocks_.arrays.push_back({begin, blocks_.cells});
    return {Access::kStream, begin};
  }

  // A value of the first loop, as the later ones read it.
  Source Kept(uint32_t i) {
    std::optional<Source>& kept = kept_[i];
    if (!kept.has_value()) {
      kept = NewStream();
      before_.body.Root(before_.Copied(Operand::Node(i)), {Effect::kStore, *kept});
    }
    return *kept;
  }

  void WriteBefore() {
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!depends_[i] && !graph_.nodes[i].is_leaf()) before_.Copy(i);
    }
    for (uint32_t r = 0; r < graph_.roots.size(); ++r) {
      if (!DependsOn(graph_.roots[r]) && !IsRecurrence(r)) {
        before_.body.Root(before_.Copied(graph_.roots[r]), block_.targets[r]);
      }
    }
  }

  // Makes an operand available in a later loop.
  void Provide(Operand operand, Part& part) {
    if (part.has(operand) || IsLeaf(operand)) return;
    if (!depends_[operand.index()]) part.Load(operand.index(), Kept(operand.index()));
  }

  void FinishChain(const Recurrence& recurrence, Operand root) {
    chain_.body.Root(root, block_.targets[recurrence.root]);
    chain_.body.Recur(chain_.body.Leaf(block_.leaves[recurrence.leaf]));
  }

  void WriteChain() {
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!spine_[i] || graph_.nodes[i].is_leaf()) continue;
      for (Operand operand : graph_.nodes[i].arguments()) Provide(operand, chain_);
      chain_.Copy(i);
    }
    for (const Recurrence& recurrence : block_.body->recurrences) {
      const Operand root = graph_.roots[recurrence.root];
      Provide(root, chain_);
      FinishChain(recurrence, chain_.Copied(root));
    }
  }

  // Whether an iteration adds several terms to what is carried, or one by fma: they are rounded as
  // they were recorded, which error-compensating code relies on. In a reverse there is none.
  bool IsLongSum() const {
    if (block_.body->recurrences.size() != 1) return false;
    const uint32_t root = block_.body->recurrences[0].root;
    if (block_.targets[root].effect != Effect::kStore) return false;
    int length = 0;
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      const Instruction& node = graph_.nodes[i];
      if (!spine_[i] || node.is_leaf()) continue;
      for (int k = 0; k < node.arity(); ++k) {
        if (DependsOn(node.operands[k]) && (node.partial >= 0 || !IsAddend(node.op, k))) {
          return false;
        }
      }
      length += HasTrait(node.op, kRing) ? 1 : 2;
    }
    return length > 1;
  }

  // coefficient * carried + rest; absent is zero. Both are values of the first loop. A coefficient
  // of several factors has a twin, 2^1000 times as large.
  struct Linear {
    std::optional<Operand> coefficient, rest, twin;
  };

  Operand Product(Operand a, Operand b) { return before_.body.Append({Op::kMul, -1, {a, b}}); }

  // An operation whose value is known where one operand is missing: x op nothing is x.
  std::optional<Operand> Combined(Op op, std::optional<Operand> a, std::optional<Operand> b) {
    if (!a.has_value()) return b;
    if (!b.has_value()) return a;
    return before_.body.Append({op, -1, {*a, *b}});
  }
  std::optional<Operand> Times(std::optional<Operand> a, Operand b) {
    if (!a.has_value()) return a;
    return Product(*a, b);
  }
  Linear Times(const Linear& x, Operand factor) {
    if (x.coefficient.has_value() && x.rest.has_value()) spread_.push_back(factor);
    Linear product = {Times(x.coefficient, factor), Times(x.rest, factor), Times(x.twin, factor)};
    if (!x.coefficient.has_value() || x.twin.has_value()) return product;
    const std::optional<double> sign = before_.body.ConstantOf(*x.coefficient);
    if (sign == 1.0) {
      product.coefficient = factor;
    } else if (sign != -1.0) {
      const Operand half = before_.body.Constant(kHalfScale);
      product.twin = Product(Product(*x.coefficient, half), Product(factor, half));
    }
    return product;
  }
  Linear Negated(const Linear& x) {
    const Operand minus = before_.body.Constant(-1.0);
    const bool is_one = x.coefficient == before_.body.Constant(1.0);
    return {is_one ? minus : Times(x.coefficient, minus), Times(x.rest, minus),
            Times(x.twin, minus)};
  }
  Linear Sum(const Linear& x, const Linear& y) {
    const bool both = x.coefficient.has_value() && y.coefficient.has_value();
    if (both) products_.insert(products_.end(), {x, y});
    return {Combined(Op::kAdd, x.coefficient, y.coefficient), Combined(Op::kAdd, x.rest, y.rest),
            both                 ? std::nullopt
            : x.twin.has_value() ? x.twin
                                 : y.twin};
  }

  // A product of factors may underflow where what is carried, times one after the other, doesn't.
  // Then the twin isn't a multiple, and all is left to the nodes.
  void Check(const Linear& x) {
    if (!x.twin.has_value()) return;
    const Operand half = before_.body.Constant(kHalfScale);
    const Operand scaled = Product(Product(*x.coefficient, half), half);
    CheckIsTrue(before_.body.Append({Op::kEqual, -1, {scaled, *x.twin}}));
  }
  void CheckIsTrue(Operand condition) {
    blocks_.columns.emplace_back(block_.count, 1.0);
    const auto column = static_cast<uint32_t>(blocks_.columns.size() - 1);
    before_.body.Root(condition, {Effect::kCheck, {Access::kColumn, column}});
  }

  // Of (h - m) c, c h - c m loses what h and m have in common: no more than rounding h once more
  // where c isn't above 1, but what is larger lets it grow. False if one surely is; what may be is
  // left to the nodes where it is. An adjoint isn't looked at so closely.
  bool CheckSpread(Effect effect) {
    if (effect != Effect::kStore) return true;
    const Operand one = before_.body.Constant(1.0);
    for (Operand factor : spread_) {
      if (const std::optional<double> constant = before_.body.ConstantOf(factor)) {
        if (!(std::fabs(*constant) <= 1.0)) return false;
        continue;
      }
      const Operand magnitude = before_.body.Append({Op::kAbs, -1, {factor}});
      CheckIsTrue(before_.body.Append({Op::kLessEqual, -1, {magnitude, one}}));
    }
    return true;
  }

  std::optional<Linear> LinearOf(const Instruction& node,
                                 const std::vector<std::optional<Linear>>& linear) {
    const absl::Span<const RingTerm> terms =
        node.partial < 0 ? RingTermsOf(node.op) : absl::Span<const RingTerm>();
    if (terms.empty()) return std::nullopt;
    const auto of = [&](int k) -> std::optional<Linear> {
      const Operand x = node.operands[k];
      if (DependsOn(x)) return linear[x.index()];
      return Linear{std::nullopt, before_.Copied(x), std::nullopt};
    };
    Linear sum;
    for (const RingTerm& term : terms) {
      std::optional<Linear> x = of(term.x);
      if (!x.has_value()) return std::nullopt;
      if (term.y >= 0) {
        std::optional<Linear> y = of(term.y);
        if (!y.has_value()) return std::nullopt;
        if (y->coefficient.has_value()) std::swap(x, y);
        if (y->coefficient.has_value()) return std::nullopt;  // the square of what is carried
        x = Times(*x, *y->rest);
      }
      sum = Sum(sum, term.sign < 0 ? Negated(*x) : *x);
    }
    return sum;
  }

  bool WriteLinearChain() {
    if (block_.body->recurrences.size() != 1) return false;
    const Recurrence& recurrence = block_.body->recurrences[0];
    const Operand root = graph_.roots[recurrence.root];
    if (!DependsOn(root)) return false;
    std::vector<std::optional<Linear>> linear(graph_.nodes.size());
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!spine_[i]) continue;
      linear[i] = graph_.nodes[i].is_leaf()
                      ? Linear{before_.body.Constant(1.0), std::nullopt, std::nullopt}
                      : LinearOf(graph_.nodes[i], linear);
      if (!linear[i].has_value()) return false;
    }
    const Linear& whole = *linear[root.index()];
    if (!CheckSpread(block_.targets[recurrence.root].effect)) return false;
    for (const Linear& product : products_) Check(product);
    Check(whole);
    const Operand leaf = chain_.body.Leaf(block_.leaves[recurrence.leaf]);
    Operand value = chain_.body.Append({Op::kMul, -1, {Passed(*whole.coefficient), leaf}});
    if (whole.rest.has_value()) {
      value = chain_.body.Append({Op::kAdd, -1, {value, Passed(*whole.rest)}});
    }
    FinishChain(recurrence, value);
    return true;
  }

  // A value that was written for the first loop, in the chain: a uniform as itself, else kept.
  Operand Passed(Operand value) {
    if (const std::optional<Source> leaf = before_.body.SourceOf(value)) {
      return chain_.body.Leaf(*leaf);
    }
    if (const std::optional<double> constant = before_.body.ConstantOf(value)) {
      return chain_.body.Constant(*constant);
    }
    const Source kept = NewStream();
    before_.body.Root(value, {Effect::kStore, kept});
    return chain_.body.Leaf(kept);
  }

  // What the chain stores is read from there: computed again it would be rounded otherwise.
  void LoadChain() {
    for (const Recurrence& recurrence : block_.body->recurrences) {
      const Operand root = graph_.roots[recurrence.root];
      const Target& target = block_.targets[recurrence.root];
      if (IsLeaf(root) || target.effect != Effect::kStore) continue;
      after_.Load(root.index(), target.where);
    }
  }

  // What hangs off the chain: its values are computed again from what is carried.
  void WriteAfter() {
    LoadChain();
    std::vector<bool> needed(graph_.nodes.size());
    const auto need = [&](Operand operand) {
      if (!operand.is_constant()) needed[operand.index()] = true;
    };
    for (uint32_t r = 0; r < graph_.roots.size(); ++r) {
      if (DependsOn(graph_.roots[r]) && !IsRecurrence(r)) need(graph_.roots[r]);
    }
    for (uint32_t i = static_cast<uint32_t>(graph_.nodes.size()); i > 0;) {
      --i;
      if (!needed[i] || !depends_[i] || after_.has(Operand::Node(i))) continue;
      for (Operand operand : graph_.nodes[i].arguments()) need(operand);
    }
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!needed[i] || !depends_[i] || IsLeaf(Operand::Node(i))) continue;
      if (after_.has(Operand::Node(i))) continue;
      for (Operand operand : graph_.nodes[i].arguments()) Provide(operand, after_);
      after_.Copy(i);
    }
    for (uint32_t r = 0; r < graph_.roots.size(); ++r) {
      if (DependsOn(graph_.roots[r]) && !IsRecurrence(r)) {
        after_.body.Root(after_.Copied(graph_.roots[r]), block_.targets[r]);
      }
    }
  }

  Block block_;
  const Graph& graph_;
  Blocks& blocks_;
  BodyPool& pool_;
  std::vector<bool> depends_, spine_;
  std::vector<std::optional<Source>> kept_;
  std::vector<Linear> products_;  // whose coefficients are added
  std::vector<Operand> spread_;   // factors of what is carried and more
  Part before_, chain_, after_;
};

}  // namespace

void SplitRecurrences(Blocks& blocks) {
  BodyPool pool;
  std::vector<Block> split;
  for (Block& block : blocks.blocks) {
    if (block.body == nullptr || block.body->order == Order::kAny || block.count == 1) {
      split.push_back(std::move(block));
      continue;
    }
    for (Block& part : Fission(std::move(block), blocks, pool).Split()) {
      split.push_back(std::move(part));
    }
  }
  blocks.blocks = std::move(split);
}

}  // namespace wengert::program
