#include "wengert/program/lower.h"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <unordered_set>

#include "absl/status/status.h"
#include "wengert/program/drafts.h"
#include "wengert/program/selection.h"
#include "wengert/program/words.h"

namespace wengert::program {
namespace {

constexpr uint32_t kNone = Draft::kNone;

// A row whose roots are computed one after the other.
struct PendingRow {
  uint32_t missing = 0;
  std::vector<uint32_t> roots;
};

class Lowering {
 public:
  Lowering(const BlockBody& body, uint32_t packs, const Rows& rows)
      : body_(body),
        graph_(body.graph),
        rows_(rows),
        selection_(body),
        place_(graph_.nodes.size(), kNone) {
    result_.packs = packs;
    PrepareRows();
  }

  absl::StatusOr<LoweredBody> Run() && {
    PlaceLeaves();
    DraftAll();
    result_.slots = PlaceSlots(drafts_, result_.packs, place_);
    for (size_t d = 0; d < drafts_.size(); ++d) Emit(drafts_[d], d);
    result_.instructions = static_cast<uint32_t>(drafts_.size());
    const uint64_t vectors =
        std::max<uint64_t>({result_.slots, result_.columns.size(), graph_.roots.size()});
    const size_t numbers = std::max({result_.uniforms.size(), result_.numbers.size(),
                                     result_.constants.size(), result_.accumulators.size()});
    const bool fits = kFirstStream + result_.streams.size() <= kMaxBases &&
                      vectors * result_.packs <= kMaxOffset && numbers <= kMaxOffset;
    if (!fits) return absl::ResourceExhaustedError("the loop's body is too large for lanes");
    return std::move(result_);
  }

 private:
  void PrepareRows() {
    for (const std::vector<uint32_t>& row : rows_.leaves) {
      for (uint32_t leaf : row) row_of_leaf_[leaf] = &row;
    }
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      const Instruction& node = graph_.nodes[i];
      if (node.is_leaf()) node_of_leaf_[node.leaf()] = i;
    }
    pending_.reserve(rows_.roots.size());
    for (const std::vector<uint32_t>& row : rows_.roots) {
      pending_.push_back({static_cast<uint32_t>(row.size()), row});
      for (uint32_t root : row) row_of_root_[root] = &pending_.back();
    }
  }

  // Leaves that are read where they are, and values that are written where they go.
  void PlaceLeaves() {
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      const Instruction& node = graph_.nodes[i];
      if (!node.is_leaf()) continue;
      const Access access = body_.leaves[node.leaf()];
      if (access == Access::kStream) place_[i] = Stream(node.leaf());
      if (access == Access::kColumn) place_[i] = Column(node.leaf());
      // A cell is read as a pack, a number or both: by who reads it.
    }
  }

  static uint32_t Number(std::vector<uint32_t>& list, uint32_t entry) {
    list.push_back(entry);
    return static_cast<uint32_t>(list.size() - 1);
  }
  uint32_t Stream(uint32_t entry) {
    return PlaceOf(kFirstStream + Number(result_.streams, entry), 0);
  }
  uint32_t Stored(uint32_t root) {
    if (body_.effects[root].second != Access::kColumn) return Stream(root | LoweredBody::kRootBit);
    return PlaceOf(kOutputs, root * result_.packs);
  }
  uint32_t Column(uint32_t entry) {
    return PlaceOf(kColumns, Number(result_.columns, entry) * result_.packs);
  }

  bool IsUniform(Operand operand) const {
    if (operand.is_constant()) return true;
    const Instruction& node = graph_.nodes[operand.index()];
    return node.is_leaf() && body_.leaves[node.leaf()] == Access::kCell;
  }

  // In order of the nodes; the end of a root as soon as what it needs is there.
  void DraftAll() {
    std::vector<std::vector<uint32_t>> ends(graph_.nodes.size() + 1);
    for (uint32_t r = 0; r < graph_.roots.size(); ++r) {
      const Operand root = graph_.roots[r];
      const auto& [effect, access] = body_.effects[r];
      const bool is_stored = effect == Effect::kStore && !root.is_constant() &&
                             !graph_.nodes[root.index()].is_leaf() && place_[root.index()] == kNone;
      if (is_stored) {
        place_[root.index()] = Stored(r);
      } else {
        ends[ReadyAt(root)].push_back(r);
      }
    }
    for (uint32_t r : ends[0]) DraftEnd(r);
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!selection_.is_absorbed(i)) DraftNode(i);
      for (uint32_t r : ends[i + 1]) DraftEnd(r);
    }
  }

  // One more than the last node that a root is computed from directly.
  uint32_t ReadyAt(Operand root) const {
    if (root.is_constant()) return 0;
    if (!selection_.is_absorbed(root.index())) return root.index() + 1;
    uint32_t ready = 0;
    const auto need = [&](Operand x) {
      if (!x.is_constant()) ready = std::max(ready, x.index() + 1);
    };
    for (const Product& product : selection_.SumOf(root)) {
      need(product.x);
      if (product.has_y) need(product.y);
    }
    return ready;
  }

  void DraftNode(uint32_t i) {
    const Instruction& node = graph_.nodes[i];
    if (node.is_leaf()) {
      if (body_.leaves[node.leaf()] == Access::kTable) DraftGather(i);
      return;
    }
    if (selection_.is_sum(i)) {
      drafts_.push_back(
          {Draft::kSumOf, kSum, i, kNone, {}, selection_.SumOf(Operand::Node(i)), {}});
      return;
    }
    const auto op = static_cast<uint32_t>(node.op);
    const uint32_t code =
        node.partial < 0 ? kValue + op : kPartial + 3 * op + static_cast<uint32_t>(node.partial);
    drafts_.push_back({Draft::kOperation,
                       code,
                       i,
                       kNone,
                       {node.arguments().begin(), node.arguments().end()},
                       {},
                       {}});
  }

  // A row with the first of its leaves.
  void DraftGather(uint32_t i) {
    if (is_gathered_[i]) return;
    const uint32_t leaf = graph_.nodes[i].leaf();
    const auto row = row_of_leaf_.find(leaf);
    if (row == row_of_leaf_.end() || node_of_leaf_[leaf] != i) {
      drafts_.push_back({Draft::kGatherLeaf, kGather, i, kNone, {}, {}, {}});
      return;
    }
    Draft draft{Draft::kGatherRow, kGatherRows, kNone, kNone, {}, {}, {}};
    for (uint32_t other : *row->second) {
      draft.row.push_back(node_of_leaf_[other]);
      is_gathered_[draft.row.back()] = true;
    }
    drafts_.push_back(std::move(draft));
  }

  void DraftEnd(uint32_t r) {
    const Operand root = graph_.roots[r];
    const auto& [effect, access] = body_.effects[r];
    if (effect == Effect::kCheck) {
      drafts_.push_back({Draft::kCheckRoot, kCheck, kNone, r, {root}, {}, {}});
    } else if (effect == Effect::kStore) {
      drafts_.push_back({Draft::kSumOf, kSum, kNone, r, {}, {{1, root}}, {}});
    } else if (access == Access::kTable) {
      DraftScatter(r, root);
    } else {
      const uint32_t code = access == Access::kCell ? kAccumulate : kAddSum;
      const bool absorbed = !root.is_constant() && selection_.is_absorbed(root.index());
      std::vector<Product> sum = {{1, root}};
      if (absorbed) sum = selection_.SumOf(root);
      drafts_.push_back({Draft::kSumOf, code, kNone, r, {}, std::move(sum), {}});
    }
  }

  // A scatter takes a vector with a place, so an absorbed sum gets one after all.
  void DraftScatter(uint32_t r, Operand root) {
    if (!root.is_constant() && selection_.is_absorbed(root.index())) {
      drafts_.push_back({Draft::kSumOf, kSum, root.index(), kNone, {}, selection_.SumOf(root), {}});
    }
    const auto row = row_of_root_.find(r);
    if (row == row_of_root_.end()) {
      drafts_.push_back({Draft::kScatterRoot, kScatterAdd, kNone, r, {root}, {}, {}});
    } else if (--row->second->missing == 0) {
      const std::vector<uint32_t>& roots = row->second->roots;
      Draft draft{Draft::kScatterRow, kScatterAddRows, kNone, roots.front(), {}, {}, {}};
      for (uint32_t each : roots) draft.operands.push_back(graph_.roots[each]);
      drafts_.push_back(std::move(draft));
    }
  }

  uint32_t Place(Operand operand) {
    if (operand.is_constant()) {
      return FixedPlaceOf(kConstants, Constant(graph_.constants[operand.index()]));
    }
    uint32_t& place = place_[operand.index()];
    if (place == kNone) {
      place = FixedPlaceOf(kUniforms, Number(result_.uniforms, LeafOf(operand)));
    }
    return place;
  }

  // Of what is uniform.
  uint32_t NumberPlace(Operand operand) {
    if (operand.is_constant()) {
      const uint32_t pack = Constant(graph_.constants[operand.index()]);
      return FixedPlaceOf(kConstants, pack * kPackWidth);
    }
    const auto [place, is_new] = number_of_leaf_.try_emplace(LeafOf(operand));
    if (is_new) place->second = Number(result_.numbers, place->first);
    return FixedPlaceOf(kNumbers, place->second);
  }

  uint32_t LeafOf(Operand operand) const { return graph_.nodes[operand.index()].leaf(); }

  uint32_t Constant(double value) {
    const auto [pack, is_new] =
        constants_.try_emplace(std::bit_cast<uint64_t>(value),
                               static_cast<uint32_t>(result_.constants.size() / kPackWidth));
    if (is_new) result_.constants.insert(result_.constants.end(), kPackWidth, value);
    return pack->second;
  }

  void Emit(const Draft& draft, size_t d) {
    if (draft.kind == Draft::kSumOf) {
      EmitSum(draft, d);
      return;
    }
    Put(draft.code);
    switch (draft.kind) {
      case Draft::kOperation:
        Put(place_[draft.node]);
        for (Operand operand : draft.operands) Put(Place(operand));
        break;
      case Draft::kGatherLeaf:
        Put(place_[draft.node]);
        Put(Number(result_.tables, graph_.nodes[draft.node].leaf()));
        break;
      case Draft::kScatterRoot:
        Put(Number(result_.tables, draft.root | LoweredBody::kRootBit));
        Put(Place(draft.operands[0]));
        break;
      case Draft::kGatherRow:
        Put(static_cast<uint32_t>(draft.row.size()));
        Put(Number(result_.tables, graph_.nodes[draft.row.front()].leaf()));
        for (uint32_t node : draft.row) Put(place_[node]);
        break;
      case Draft::kScatterRow:
        Put(static_cast<uint32_t>(draft.operands.size()));
        Put(Number(result_.tables, draft.root | LoweredBody::kRootBit));
        for (Operand operand : draft.operands) Put(Place(operand));
        break;
      case Draft::kCheckRoot:
        Put(Place(draft.operands[0]));
        Put(Column(draft.root | LoweredBody::kRootBit));
        break;
      case Draft::kSumOf:
        break;
    }
  }

  uint32_t DestinationOf(const Draft& draft) {
    if (draft.node != kNone) return place_[draft.node];
    if (draft.code == kAccumulate) {
      return FixedPlaceOf(kAccumulators, Number(result_.accumulators, draft.root));
    }
    return Stored(draft.root);
  }

  bool IsProductOfVectors(const Draft& draft) const {
    return draft.kind == Draft::kSumOf && draft.code == kAccumulate && draft.sum.size() == 1 &&
           draft.sum[0].has_y && draft.sum[0].sign > 0;
  }

  // Accumulates one after the other that share a factor are one instruction: the factor stays in
  // registers.
  bool EmitProducts(size_t d) {
    if (emitted_ > d) return true;
    if (!IsProductOfVectors(drafts_[d])) return false;
    for (Operand shared : {drafts_[d].sum[0].x, drafts_[d].sum[0].y}) {
      const auto shares = [&](const Draft& draft) {
        return IsProductOfVectors(draft) && (draft.sum[0].x == shared || draft.sum[0].y == shared);
      };
      size_t end = d;
      while (end < drafts_.size() && shares(drafts_[end])) ++end;
      if (end - d < 2) continue;
      Put(kAccumulateProducts);
      Put(Place(shared));
      Put(static_cast<uint32_t>(end - d));
      for (size_t e = d; e < end; ++e) {
        const Product& product = drafts_[e].sum[0];
        Put(Place(product.x == shared ? product.y : product.x));
        Put(DestinationOf(drafts_[e]));
      }
      emitted_ = end;
      return true;
    }
    return false;
  }

  void EmitSum(const Draft& draft, size_t d) {
    if (EmitProducts(d)) return;
    Put(draft.code);
    Put(DestinationOf(draft));
    const size_t groups = result_.words.size();
    Put(0);
    size_t group = 0;  // the word of the last one
    const auto add = [&](TermKind kind, std::initializer_list<uint32_t> places) {
      if (group == 0 || result_.words[group] % 8 != kind) {
        group = result_.words.size();
        Put(GroupOf(kind, 0));
        ++result_.words[groups];
      }
      result_.words[group] += GroupOf(kind, 1) - GroupOf(kind, 0);
      for (uint32_t place : places) Put(place);
    };
    for (const Product& product : draft.sum) {
      const bool positive = product.sign > 0;
      if (product.has_y) {
        EmitProduct(product, add);
      } else if (IsZero(product.x) && draft.sum.size() > 1) {
        continue;
      } else if (IsUniform(product.x)) {
        add(positive ? kU : kMinusU, {NumberPlace(product.x)});
      } else {
        add(positive ? kX : kMinusX, {Place(product.x)});
      }
    }
  }

  template <class Add>
  void EmitProduct(const Product& product, Add add) {
    const bool x_uniform = IsUniform(product.x), positive = product.sign > 0;
    if (x_uniform == IsUniform(product.y)) {
      add(positive ? kXY : kMinusXY, {Place(product.x), Place(product.y)});
    } else {
      const Operand vector = x_uniform ? product.y : product.x;
      const Operand number = x_uniform ? product.x : product.y;
      add(positive ? kXU : kMinusXU, {Place(vector), NumberPlace(number)});
    }
  }

  bool IsZero(Operand x) const { return x.is_constant() && graph_.constants[x.index()] == 0.0; }

  void Put(uint32_t word) { result_.words.push_back(word); }

  const BlockBody& body_;
  const Graph& graph_;
  const Rows& rows_;
  const Selection selection_;
  std::vector<uint32_t> place_;  // of each node
  std::vector<Draft> drafts_;
  std::unordered_map<uint32_t, const std::vector<uint32_t>*> row_of_leaf_;
  std::unordered_map<uint32_t, uint32_t> node_of_leaf_;
  std::unordered_map<uint32_t, PendingRow*> row_of_root_;
  std::vector<PendingRow> pending_;
  std::vector<bool> is_gathered_ = std::vector<bool>(graph_.nodes.size());
  std::unordered_map<uint64_t, uint32_t> constants_;  // packs, by their bits
  std::unordered_map<uint32_t, uint32_t> number_of_leaf_;
  size_t emitted_ = 0;  // the drafts before it are emitted
  LoweredBody result_;
};

}  // namespace

size_t LoweredBody::uniform_leaves() const {
  std::unordered_set<uint32_t> leaves(uniforms.begin(), uniforms.end());
  leaves.insert(numbers.begin(), numbers.end());
  return leaves.size();
}

absl::StatusOr<LoweredBody> Lower(const BlockBody& body, uint32_t packs, const Rows& rows) {
  return Lowering(body, packs, rows).Run();
}

}  // namespace wengert::program
