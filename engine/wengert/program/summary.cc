#include "wengert/program/summary.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/program/turns.h"

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

size_t OperationsOf(const BlockBody& body) {
  const std::vector<Instruction>& nodes = body.graph.nodes;
  return static_cast<size_t>(std::count_if(
      nodes.begin(), nodes.end(), [](const Instruction& node) { return !node.is_leaf(); }));
}

}  // namespace

std::string Summary(const Block& block) {
  const BlockBody& body = *block.body;
  return absl::StrCat(block.count == 1 ? "" : absl::StrCat(block.count, " x "),
                      Counted(OperationsOf(body), "operation"), " of ", OperandsOf(body),
                      body.order == Order::kAny ? "" : ", one after the other", "; ",
                      EffectsOf(body));
}

std::string SharesOf(const Blocks& blocks) {
  size_t lanes = 0, chained = 0, chains = 0, alone = 0;
  for (const Block& block : blocks.blocks) {
    if (block.body == nullptr) continue;
    const size_t operations = OperationsOf(*block.body) * block.count;
    const bool is_chain = block.count > 1 && !IsInLanes(block);
    chains += is_chain ? 1 : 0;
    (is_chain ? chained : IsInLanes(block) ? lanes : alone) += operations;
  }
  std::string text = absl::StrCat("of a run's ", Counted(lanes + chained + alone, "operation"),
                                  ": ", lanes, " in lanes");
  if (alone > 0) absl::StrAppend(&text, ", ", alone, " in no loop");
  if (chains > 0) {
    absl::StrAppend(&text, ", ", chained, " in ", Counted(chains, "chain"),
                    ", whose iterations need the one before");
  }
  return text;
}

std::string Summary(const Blocks& blocks) {
  std::map<std::string, uint32_t> numbers;
  std::vector<uint32_t> sequence;
  std::vector<std::string> summaries;  // by number
  for (const Block& block : blocks.blocks) {
    if (block.body == nullptr) continue;
    std::string summary = Summary(block);
    const auto [place, is_new] =
        numbers.try_emplace(summary, static_cast<uint32_t>(summaries.size()));
    if (is_new) summaries.push_back(std::move(summary));
    sequence.push_back(place->second);
  }
  std::vector<std::string> lines;
  for (const Turns& turns : TurnsOf(sequence)) {
    const std::string times = turns.times > 1 ? absl::StrCat(", ", turns.times, " times") : "";
    for (size_t k = 0; k < turns.period; ++k) {
      const char* const in_turn = k == 0 ? "" : ", in turn with that";
      lines.push_back(absl::StrCat(summaries[sequence[turns.first + k]], times, in_turn, "\n"));
    }
  }
  std::string text;
  for (size_t k = 0; k < std::min(lines.size(), kMaxLines); ++k) text += lines[k];
  if (lines.size() > kMaxLines) absl::StrAppend(&text, "and ", lines.size() - kMaxLines, " more\n");
  return text;
}

}  // namespace wengert::program
