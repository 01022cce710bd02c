#include "wengert/program/block_listing.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/program/listing.h"

namespace wengert::program {
namespace {

constexpr char kMargin[] = "  ";

std::string CellText(Cell cell) { return absl::StrCat("cell[", cell, "]"); }

std::string SourceText(const Block& block, const Source& source) {
  const char* const k = block.count == 1 ? "[0]" : "[k]";
  switch (source.access) {
    case Access::kCell:
      break;
    case Access::kStream:
      if (block.count > 1) return absl::StrCat("cell[", source.at, " + k]");
      break;
    case Access::kTable:
      return source.offset == 0 ? absl::StrCat("cell[t", source.at, k, "]")
                                : absl::StrCat("cell[t", source.at, k, " + ", source.offset, "]");
    case Access::kColumn:
      return absl::StrCat("c", source.at, k);
  }
  return CellText(source.at);
}

std::string TargetText(const Block& block, const Target& target, const std::string& root) {
  const std::string where = SourceText(block, target.where);
  if (target.effect == Effect::kCheck) return absl::StrCat("check ", root, " == ", where);
  return absl::StrCat(where, target.effect == Effect::kAdd ? " += " : " = ", root);
}

std::string TimesText(const Block& block) {
  if (block.count == 1) return "once, a number at a time";
  if (IsInLanes(block)) return absl::StrCat(block.count, " times in lanes");
  const bool is_backwards = block.body->order == Order::kDescending;
  return absl::StrCat(block.count, " times, one after the other",
                      is_backwards ? ", the last one first" : "");
}

void AppendMoves(const std::vector<Move>& moves, const char* sign, std::string& text) {
  for (const Move& move : moves) {
    absl::StrAppend(&text, kMargin, CellText(move.to), sign, CellText(move.from), "\n");
  }
}

// "t0 = 8 10 12 .. 46"
template <class T>
void AppendSequence(const char* kind, size_t number, const std::vector<T>& sequence,
                    std::string& text) {
  constexpr size_t kShown = 4;
  absl::StrAppend(&text, kind, number, " =");
  for (size_t k = 0; k < sequence.size(); ++k) {
    const bool is_left_out = k >= kShown && k + 1 < sequence.size();
    if (is_left_out && k > kShown) continue;
    absl::StrAppend(&text, " ", is_left_out ? ".." : absl::StrCat(sequence[k]));
  }
  text += "\n";
}

class Lister {
 public:
  explicit Lister(const Blocks& blocks) : blocks_(blocks) {}

  std::string Text() && {
    for (size_t b = 0; b < blocks_.blocks.size(); ++b) AppendBlock(b);
    return std::move(text_);
  }

 private:
  void AppendBlock(size_t b) {
    const Block& block = blocks_.blocks[b];
    absl::StrAppend(&text_, "block ", b);
    if (block.body == nullptr) {
      absl::StrAppend(&text_, ", moves\n");
    } else {
      AppendHead(b, block);
    }
    for (CellRange range : block.zeroed) {
      absl::StrAppend(&text_, kMargin, CellsText(range), " = 0\n");
    }
    AppendMoves(block.copies, " = ", text_);
    if (block.body != nullptr) AppendBody(b, block);
    AppendMoves(block.folds, " += ", text_);
  }

  void AppendHead(size_t b, const Block& block) {
    const auto [place, is_new] = listed_.try_emplace(block.body.get(), b);
    absl::StrAppend(&text_, ", ", TimesText(block));
    if (!is_new) absl::StrAppend(&text_, ", the operations of block ", place->second);
    text_ += "\n";
  }

  void AppendBody(size_t b, const Block& block) {
    const Graph& graph = block.body->graph;
    if (listed_.at(block.body.get()) == b) {
      text_ += NodeListing(graph, kMargin,
                           [&](uint32_t leaf) { return SourceText(block, block.leaves[leaf]); });
    } else if (!block.leaves.empty()) {
      absl::StrAppend(&text_, kMargin, "leaves");
      for (const Source& leaf : block.leaves) absl::StrAppend(&text_, " ", SourceText(block, leaf));
      text_ += "\n";
    }
    for (size_t r = 0; r < block.targets.size(); ++r) {
      absl::StrAppend(&text_, kMargin,
                      TargetText(block, block.targets[r], OperandText(graph, graph.roots[r])),
                      "\n");
    }
  }

  const Blocks& blocks_;
  std::map<const BlockBody*, size_t> listed_;
  std::string text_;
};

}  // namespace

std::string CellsText(CellRange range) {
  if (range.end == range.begin) return "no cells";
  if (range.end - range.begin == 1) return CellText(range.begin);
  return absl::StrCat(CellText(range.begin), " .. ", CellText(range.end - 1));
}

std::string Listing(const Blocks& blocks, CellRange zeroed) {
  const Cell first = CellOfInput(0);
  std::string text = absl::StrCat("inputs in ", CellsText({first, first + blocks.inputs}));
  for (size_t i = 0; i < blocks.outputs.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? ", outputs in " : " ", CellText(blocks.outputs[i]));
  }
  text += "\n";
  if (zeroed.begin < zeroed.end) absl::StrAppend(&text, CellsText(zeroed), " = 0\n");
  for (const auto& [cell, value] : blocks.presets) {
    absl::StrAppendFormat(&text, "%s = %.6g\n", CellText(cell), value);
  }
  text += Lister(blocks).Text();
  for (size_t t = 0; t < blocks.tables.size(); ++t) {
    AppendSequence("t", t, blocks.tables[t], text);
  }
  for (size_t c = 0; c < blocks.columns.size(); ++c) {
    AppendSequence("c", c, blocks.columns[c], text);
  }
  return text;
}

}  // namespace wengert::program
