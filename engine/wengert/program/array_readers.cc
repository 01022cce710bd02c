#include "wengert/program/array_readers.h"

#include <algorithm>

#include "wengert/program/activity.h"

namespace wengert::program {

bool ArrayReaders::IsOnly(Cell cell, uint32_t b) {
  if (arrays_.empty()) FindAll();
  const uint32_t array = pieces_->ArrayOf(cell);
  return array != CellPieces::kNone && readers_[array] == std::vector<uint32_t>{b};
}

void ArrayReaders::Replace(uint32_t a, uint32_t b) {
  for (uint32_t array : arrays_[a]) {
    std::vector<uint32_t>& readers = readers_[array];
    std::erase(readers, a);
    if (std::find(readers.begin(), readers.end(), b) != readers.end()) continue;
    readers.push_back(b);
    arrays_[b].push_back(array);
  }
  arrays_[a].clear();
}

void ArrayReaders::FindAll() {
  pieces_.emplace(blocks_);
  readers_.resize(blocks_.arrays.size());
  arrays_.resize(blocks_.blocks.size());
  for (uint32_t b = 0; b < blocks_.blocks.size(); ++b) {
    const Block& block = blocks_.blocks[b];
    for (const Source& leaf : block.leaves) {
      const uint32_t cells = leaf.access == Access::kStream ? 1 : block.count;  // of one array
      ForCellsOf(blocks_, leaf, cells, [&](Cell cell) { Add(cell, b); });
    }
    for (const Move& move : block.copies) Add(move.from, b);
  }
  for (Cell output : blocks_.outputs) Add(output, kOutside);
}

void ArrayReaders::Add(Cell cell, uint32_t reader) {
  const uint32_t array = pieces_->ArrayOf(cell);
  if (array == CellPieces::kNone) return;
  std::vector<uint32_t>& readers = readers_[array];
  if (!readers.empty() && readers.back() == reader) return;
  if (readers.size() >= kMost) return;
  readers.push_back(readers.size() + 1 < kMost ? reader : kOutside);
  if (readers.back() != kOutside) arrays_[reader].push_back(array);
}

}  // namespace wengert::program
