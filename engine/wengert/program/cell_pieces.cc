#include "wengert/program/cell_pieces.h"

namespace wengert::program {

CellPieces::CellPieces(const Blocks& blocks, const std::vector<Cell>& cuts) {
  auto cut = cuts.begin();
  Cell at = 0;
  const auto add_between = [&](Cell end) {
    for (; cut != cuts.end() && *cut < end; ++cut) {
      if (*cut <= at) continue;
      pieces_.push_back({at, kNone});
      at = *cut;
    }
    if (at < end) pieces_.push_back({at, kNone});
  };
  for (uint32_t a = 0; a < blocks.arrays.size(); ++a) {
    add_between(blocks.arrays[a].begin);
    pieces_.push_back({blocks.arrays[a].begin, a});
    at = blocks.arrays[a].end;
  }
  add_between(blocks.cells);
  pieces_.push_back({blocks.cells, kNone});

  uint32_t piece = 0;
  for (Cell cell = 0; cell < blocks.cells; cell += kStride) {
    while (pieces_[piece + 1].begin <= cell) ++piece;
    near_.push_back(piece);
  }
}

}  // namespace wengert::program
