#include "wengert/program/rows.h"

#include <algorithm>
#include <utility>

namespace wengert::program {
namespace {

using Entries = std::vector<std::pair<uint32_t, const Source*>>;  // leaves or roots

Cell CellAt(const Blocks& blocks, const Source& source, uint32_t k) {
  return source.offset + blocks.tables[source.at][k];
}

// Whether b is the cell behind a in every iteration.
bool IsNext(const Blocks& blocks, const Source& a, const Source& b, uint32_t count) {
  for (uint32_t k = 0; k < count; ++k) {
    if (CellAt(blocks, b, k) != CellAt(blocks, a, k) + 1) return false;
  }
  return true;
}

std::vector<std::vector<uint32_t>> Grouped(const Blocks& blocks, Entries entries, uint32_t count) {
  const auto first_cell = [&](const auto& entry) { return CellAt(blocks, *entry.second, 0); };
  const auto by_cell = [&](const auto& a, const auto& b) { return first_cell(a) < first_cell(b); };
  std::stable_sort(entries.begin(), entries.end(), by_cell);
  std::vector<bool> is_taken(entries.size());
  // The entry behind e, or none.
  const auto next = [&](size_t e) {
    const Cell cell = first_cell(entries[e]) + 1;
    for (size_t f = e + 1; f < entries.size() && first_cell(entries[f]) <= cell; ++f) {
      if (!is_taken[f] && IsNext(blocks, *entries[e].second, *entries[f].second, count)) return f;
    }
    return entries.size();
  };
  std::vector<std::vector<uint32_t>> rows;
  for (size_t e = 0; e < entries.size(); ++e) {
    if (is_taken[e]) continue;
    std::vector<uint32_t> row;
    for (size_t f = e; f < entries.size() && row.size() < Rows::kMaxWidth; f = next(f)) {
      is_taken[f] = true;
      row.push_back(entries[f].first);
    }
    if (row.size() > 1) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Rows RowsOf(const Blocks& blocks, const Block& block) {
  Entries leaves, roots;
  for (const Instruction& node : block.body->graph.nodes) {
    if (!node.is_leaf()) continue;
    const Source& source = block.leaves[node.leaf()];
    if (source.access == Access::kTable) leaves.emplace_back(node.leaf(), &source);
  }
  for (uint32_t r = 0; r < block.targets.size(); ++r) {
    const Target& target = block.targets[r];
    if (target.effect == Effect::kAdd && target.where.access == Access::kTable) {
      roots.emplace_back(r, &target.where);
    }
  }
  return {Grouped(blocks, std::move(leaves), block.count),
          Grouped(blocks, std::move(roots), block.count)};
}

}  // namespace wengert::program
