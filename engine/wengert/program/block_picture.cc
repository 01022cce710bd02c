#include "wengert/program/block_picture.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/base/graphviz.h"
#include "wengert/program/summary.h"
#include "wengert/program/turns.h"

namespace wengert::program {
namespace {

constexpr size_t kMaxNodes = 60;

std::string ManyText(size_t count, const char* what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// A chain's summary says it.
std::string OrderText(const Block& block) {
  return IsInLanes(block) ? " | in lanes" : block.count == 1 ? " | a number at a time" : "";
}

// f(cell) for each that the source is in some iteration.
template <class F>
void ForCells(const Blocks& blocks, const Block& block, const Source& source, F&& f) {
  if (source.access == Access::kCell) f(source.at);
  if (source.access == Access::kStream) {
    for (uint32_t k = 0; k < block.count; ++k) f(source.at + k);
  }
  if (source.access == Access::kTable) {
    for (uint32_t entry : blocks.tables[source.at]) f(entry + source.offset);
  }
}

class Picture {
 public:
  Picture(const Blocks& blocks, std::string prefix)
      : blocks_(blocks), prefix_(std::move(prefix)), writer_(blocks.cells, kNone) {
    Group();
    last_use_.assign(groups_.size() + 2, kNone);
  }

  std::string Text(CellRange adjoints) && {
    AppendInputs();
    for (uint32_t b = 0; b < blocks_.blocks.size(); ++b) AppendBlock(b);
    AppendResults(adjoints);
    return std::move(text_);
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  // Writers are blocks by number, and behind them:
  uint32_t Inputs() const { return static_cast<uint32_t>(blocks_.blocks.size()); }
  uint32_t Results() const { return Inputs() + 1; }

  // Blocks that share a node: `count` of them, `step` apart.
  struct Alike {
    uint32_t first, count = 0, step = 1;
  };

  void Group() {
    for (const Turns& turns : TurnsOf(KindsOfBlocks())) {
      const size_t groups = groups_.size();
      for (size_t b = turns.first; b < turns.end(); ++b) {
        const size_t group = std::min(groups + (b - turns.first) % turns.period, kMaxNodes);
        if (group == groups_.size()) {
          groups_.push_back({static_cast<uint32_t>(b), 0, static_cast<uint32_t>(turns.period)});
        }
        ++groups_[group].count;
        group_of_.push_back(static_cast<uint32_t>(group));
      }
    }
  }

  // Equal for equal bodies and counts.
  std::vector<uint32_t> KindsOfBlocks() const {
    std::map<std::pair<const BlockBody*, uint32_t>, uint32_t> numbers;
    std::vector<uint32_t> kinds;
    for (const Block& block : blocks_.blocks) {
      const auto number = static_cast<uint32_t>(numbers.size());
      kinds.push_back(numbers.try_emplace({block.body.get(), block.count}, number).first->second);
    }
    return kinds;
  }
  bool IsRest(uint32_t group) const { return group == kMaxNodes; }

  // As a node of the picture: a group, or one of the two behind them.
  uint32_t NodeOf(uint32_t writer) const {
    const auto groups = static_cast<uint32_t>(groups_.size());
    return writer < Inputs() ? group_of_[writer] : writer - Inputs() + groups;
  }
  std::string Name(uint32_t node) const {
    if (node >= groups_.size()) return absl::StrCat(prefix_, node == groups_.size() ? "x" : "y");
    return absl::StrCat(prefix_, "b", groups_[node].first);
  }
  void AppendNode(uint32_t node, const std::string& label) {
    absl::StrAppend(&text_, "  ", Name(node), " [label=\"", label, "\"];\n");
  }

  void AppendInputs() {
    AppendNode(NodeOf(Inputs()), ManyText(blocks_.inputs, "input"));
    for (uint32_t i = 0; i < blocks_.inputs; ++i) writer_[CellOfInput(i)] = Inputs();
  }

  void AppendBlock(uint32_t b) {
    const Block& block = blocks_.blocks[b];
    const uint32_t group = group_of_[b];
    if (groups_[group].first == b) AppendNode(group, LabelOf(group));
    for (CellRange range : block.zeroed) {
      std::fill(writer_.begin() + range.begin, writer_.begin() + range.end, kNone);
    }
    for (const Move& move : block.copies) writer_[move.to] = writer_[move.from];
    if (block.body != nullptr) AppendEffects(b, block);
    for (const Move& move : block.folds) {
      Read(b, move.from);
      Read(b, move.to);
      writer_[move.to] = b;
    }
  }

  void AppendEffects(uint32_t b, const Block& block) {
    const auto read = [&](Cell cell) { Read(b, cell); };
    for (const Source& leaf : block.leaves) ForCells(blocks_, block, leaf, read);
    for (const Target& target : block.targets) {
      if (target.effect == Effect::kAdd) ForCells(blocks_, block, target.where, read);
    }
    for (const Target& target : block.targets) {
      if (target.effect == Effect::kCheck) continue;
      ForCells(blocks_, block, target.where, [&](Cell cell) { writer_[cell] = b; });
    }
  }

  void AppendResults(CellRange adjoints) {
    const size_t outputs = blocks_.outputs.size(), gradient = adjoints.end - adjoints.begin;
    std::string label = ManyText(outputs, "output");
    if (gradient > 0) absl::StrAppend(&label, " | ", ManyText(gradient, "adjoint"));
    AppendNode(NodeOf(Results()), label);
    for (Cell cell : blocks_.outputs) Read(Results(), cell);
    for (Cell cell = adjoints.begin; cell < adjoints.end; ++cell) Read(Results(), cell);
  }

  // "block 3", "blocks 3, 4, alike", "blocks 3 .. 9, alike", "blocks 3, 5 .. 9, alike".
  static std::string NumbersText(const Alike& alike) {
    const auto& [first, count, step] = alike;
    if (count == 1) return absl::StrCat("block ", first);
    const uint32_t last = first + (count - 1) * step;
    const std::string second = step > 1 && count > 2 ? absl::StrCat(", ", first + step) : "";
    return absl::StrCat("blocks ", first, second, count > 2 ? " .. " : ", ", last, ", alike");
  }

  std::string LabelOf(uint32_t group) const {
    const auto& [first, count, step] = groups_[group];
    if (IsRest(group)) return ManyText(count, "more block");
    const Block& block = blocks_.blocks[first];
    const std::string label = NumbersText(groups_[group]);
    if (block.body == nullptr) return label + " | moves";
    return absl::StrCat(label, " | ", LabelText(Summary(block)), OrderText(block));
  }

  // The edge from who wrote the cell, once; none from a block to itself.
  void Read(uint32_t reader, Cell cell) {
    const uint32_t writer = writer_[cell];
    if (writer == kNone || writer == reader) return;
    const uint32_t from = NodeOf(writer), to = NodeOf(reader);
    if (last_use_[from] == to) return;
    last_use_[from] = to;
    if (!edges_.emplace(from, to).second) return;
    absl::StrAppend(&text_, "  ", Name(from), " -> ", Name(to), ";\n");
  }

  const Blocks& blocks_;
  const std::string prefix_;
  std::vector<Alike> groups_;
  std::vector<uint32_t> group_of_;  // each block
  std::vector<uint32_t> writer_;    // of each cell, the last one
  std::vector<uint32_t> last_use_;  // of each node, the last one that an edge goes to
  std::set<std::pair<uint32_t, uint32_t>> edges_;
  std::string text_;
};

}  // namespace

std::string Dot(const Blocks& blocks, CellRange adjoints, const std::string& prefix) {
  return Picture(blocks, prefix).Text(adjoints);
}

}  // namespace wengert::program
