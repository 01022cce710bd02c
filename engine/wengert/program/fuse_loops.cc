#include "wengert/program/fuse_loops.h"

#include <algorithm>
#include <map>
#include <utility>

#include "wengert/program/activity.h"
#include "wengert/program/array_readers.h"
#include "wengert/program/graph_builder.h"

namespace wengert::program {
namespace {

constexpr size_t kMostNodes = 256;
constexpr size_t kMostBetween = 4;

bool IsStoredStream(const Target& target) {
  return target.effect == Effect::kStore && target.where.access == Access::kStream;
}

// The cells that a loop writes: those of its arrays and its sums.
std::vector<CellRange> WritesOf(const Block& loop) {
  std::vector<CellRange> writes;
  for (const Target& target : loop.targets) {
    if (target.effect == Effect::kCheck) continue;
    const Cell at = target.where.at;
    writes.push_back({at, at + (target.where.access == Access::kStream ? loop.count : 1)});
  }
  return writes;
}

class Pair {
 public:
  Pair(const Blocks& blocks, const Block& first, const Block& second)
      : blocks_(blocks), first_(first), second_(second), writes_(WritesOf(first)) {}

  // Whether iteration k of the second needs of the first no more than its iteration k.
  bool AreInStep() const {
    if (first_.count != second_.count) return false;
    if (first_.body->graph.nodes.size() + second_.body->graph.nodes.size() > kMostNodes) {
      return false;
    }
    bool any = false;
    for (const Source& leaf : second_.leaves) {
      if (IsHandedOn(leaf)) {
        any = true;
      } else if (Meets(leaf)) {
        return false;
      }
    }
    return any && !CopiesMeet();
  }

  // Whether the second needs anything of the first.
  bool AreApart() const {
    return !CopiesMeet() && std::none_of(second_.leaves.begin(), second_.leaves.end(),
                                         [this](const Source& leaf) { return Meets(leaf); });
  }

 private:
  bool IsHandedOn(const Source& leaf) const {
    if (leaf.access != Access::kStream) return false;
    return std::any_of(first_.targets.begin(), first_.targets.end(), [&](const Target& target) {
      return IsStoredStream(target) && target.where.at == leaf.at;
    });
  }

  bool IsWritten(Cell cell) const {
    return std::any_of(writes_.begin(), writes_.end(), [cell](const CellRange& range) {
      return cell >= range.begin && cell < range.end;
    });
  }

  bool Meets(const Source& leaf) const {
    if (leaf.access != Access::kStream) {
      return AnyCellOf(blocks_, leaf, second_.count, [this](Cell cell) { return IsWritten(cell); });
    }
    return std::any_of(writes_.begin(), writes_.end(), [&](const CellRange& range) {
      return leaf.at < range.end && range.begin < leaf.at + second_.count;
    });
  }

  bool CopiesMeet() const {
    return std::any_of(second_.copies.begin(), second_.copies.end(),
                       [this](const Move& move) { return IsWritten(move.from); });
  }

  const Blocks& blocks_;
  const Block &first_, &second_;
  const std::vector<CellRange> writes_;
};

class Fusing {
 public:
  explicit Fusing(Blocks& blocks) : blocks_(blocks), readers_(blocks) {}

  // Backwards: what only the last of three loops reads is found out first.
  void Run() && {
    std::vector<Block>& all = blocks_.blocks;
    for (size_t a = all.size(); a > 0;) {
      --a;
      if (!IsInLanes(all[a])) continue;
      const size_t b = NextLoop(a);
      if (b == all.size() || !Pair(blocks_, all[a], all[b]).AreInStep() || !OnlyReader(a, b)) {
        continue;
      }
      all[b] = Fused(all[a], all[b]);
      readers_.Replace(static_cast<uint32_t>(a), static_cast<uint32_t>(b));
      all[a] = Block();
    }
    std::erase_if(all, [](const Block& block) { return IsEmpty(block); });
  }

 private:
  static bool IsEmpty(const Block& block) {
    return block.body == nullptr && block.zeroed.empty() && block.copies.empty() &&
           block.folds.empty();
  }

  // The next block that is a loop in lanes, if all that is between can be executed before loop a.
  size_t NextLoop(size_t a) const {
    const std::vector<Block>& all = blocks_.blocks;
    size_t between = 0;
    for (size_t b = a + 1; b < all.size(); ++b) {
      if (IsInLanes(all[b])) return b;
      if (IsEmpty(all[b])) continue;
      if (++between > kMostBetween || all[b].count > 1) break;
      if (!Pair(blocks_, all[a], all[b]).AreApart()) break;
    }
    return all.size();
  }

  // Whether nothing but block b reads what loop a stores.
  bool OnlyReader(size_t a, size_t b) {
    const std::vector<Target>& targets = blocks_.blocks[a].targets;
    return std::all_of(targets.begin(), targets.end(), [&](const Target& target) {
      return !IsStoredStream(target) || readers_.IsOnly(target.where.at, static_cast<uint32_t>(b));
    });
  }

  // `known` is what stands for a stream.
  static std::vector<Operand> Copied(const Block& block, const std::map<Cell, Operand>& known,
                                     BodyBuilder& body) {
    const Graph& graph = block.body->graph;
    std::vector<Operand> copies;
    const auto copy_of = [&](Operand operand) {
      return operand.is_constant() ? body.Constant(graph.constants[operand.index()])
                                   : copies[operand.index()];
    };
    for (const Instruction& node : graph.nodes) {
      if (node.is_leaf()) {
        const Source& source = block.leaves[node.leaf()];
        const auto stream = source.access == Access::kStream ? known.find(source.at) : known.end();
        copies.push_back(stream == known.end() ? body.Leaf(source) : stream->second);
        continue;
      }
      Instruction copy = node;
      for (Operand& operand : copy.arguments()) operand = copy_of(operand);
      copies.push_back(body.Append(copy));
    }
    std::vector<Operand> roots;
    for (Operand root : graph.roots) roots.push_back(copy_of(root));
    return roots;
  }

  Block Fused(const Block& first, const Block& second) {
    BodyBuilder body;
    const std::vector<Operand> handing = Copied(first, {}, body);
    std::map<Cell, Operand> handed;
    for (size_t r = 0; r < handing.size(); ++r) {
      if (IsStoredStream(first.targets[r])) handed[first.targets[r].where.at] = handing[r];
    }
    const std::vector<Operand> taking = Copied(second, handed, body);
    for (size_t r = 0; r < handing.size(); ++r) {
      if (!IsStoredStream(first.targets[r])) body.Root(handing[r], first.targets[r]);
    }
    for (size_t r = 0; r < taking.size(); ++r) body.Root(taking[r], second.targets[r]);
    Block fused = std::move(body).Finished(first.count, pool_);
    fused.copies = first.copies;
    fused.copies.insert(fused.copies.end(), second.copies.begin(), second.copies.end());
    return fused;
  }

  Blocks& blocks_;
  ArrayReaders readers_;
  BodyPool pool_;
};

}  // namespace

void FuseLoops(Blocks& blocks) { Fusing(blocks).Run(); }

}  // namespace wengert::program
