#include "wengert/program/summary.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace wengert::program {
namespace {

constexpr size_t kMaxLines = 12;

std::string Counted(size_t count, const char* what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

void AppendCounted(size_t count, const char* what, std::string& list) {
  if (count > 0) absl::StrAppend(&list, list.empty() ? "" : ", ", Counted(count, what));
}

std::string OperandsOf(const BlockBody& body) {
  std::array<size_t, 4> leaves = {};
  for (const Instruction& node : body.graph.nodes) {
    if (node.is_leaf()) ++leaves[static_cast<size_t>(body.leaves[node.leaf()])];
  }
  std::string list;
  AppendCounted(leaves[static_cast<size_t>(Access::kCell)], "uniform", list);
  AppendCounted(leaves[static_cast<size_t>(Access::kStream)], "stream", list);
  AppendCounted(leaves[static_cast<size_t>(Access::kTable)], "table", list);
  AppendCounted(leaves[static_cast<size_t>(Access::kColumn)], "column", list);
  return list.empty() ? "constants" : list;
}

std::string EffectsOf(const BlockBody& body) {
  size_t sums = 0, stored = 0, added = 0, checked = 0;
  for (const auto& [effect, access] : body.effects) {
    if (effect == Effect::kStore) ++stored;
    if (effect == Effect::kCheck) ++checked;
    if (effect == Effect::kAdd) ++(access == Access::kCell ? sums : added);
  }
  std::string list;
  if (sums > 0) list = Counted(sums, "sum");
  const auto append = [&](size_t count, const char* what) {
    if (count > 0) absl::StrAppend(&list, list.empty() ? "" : ", ", count, " ", what);
  };
  append(stored, "stored");
  append(added, "added");
  append(checked, "checked");
  return list.empty() ? "nothing" : list;
}

std::string LineOf(const Block& block) {
  const BlockBody& body = *block.body;
  const auto operations =
      static_cast<size_t>(std::count_if(body.graph.nodes.begin(), body.graph.nodes.end(),
                                        [](const Instruction& node) { return !node.is_leaf(); }));
  return absl::StrCat(block.count == 1 ? "" : absl::StrCat(block.count, " x "),
                      Counted(operations, "operation"), " of ", OperandsOf(body),
                      body.order == Order::kAny ? "" : ", one after the other", "; ",
                      EffectsOf(body));
}

}  // namespace

std::string Summary(const Blocks& blocks) {
  std::string text, last;
  size_t times = 0, lines = 0;
  const auto end_line = [&] {
    if (times > 0 && ++lines <= kMaxLines) {
      absl::StrAppend(&text, last, times > 1 ? absl::StrCat(", ", times, " times") : "", "\n");
    }
    times = 0;
  };
  for (const Block& block : blocks.blocks) {
    if (block.body == nullptr) continue;
    std::string line = LineOf(block);
    if (line != last) end_line();
    last = std::move(line);
    ++times;
  }
  end_line();
  if (lines > kMaxLines) absl::StrAppend(&text, "and ", lines - kMaxLines, " more\n");
  return text;
}

}  // namespace wengert::program
