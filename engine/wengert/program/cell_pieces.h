#ifndef WENGERT_PROGRAM_CELL_PIECES_H_
#define WENGERT_PROGRAM_CELL_PIECES_H_

// The cells of a program in pieces: its arrays, and what is between them. What is known of whole
// arrays needs no table of all cells, of which a program can have as many as a recording has nodes.

#include <cstdint>
#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

class CellPieces {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  struct Piece {
    Cell begin;      // the next one's is its end
    uint32_t array;  // of blocks.arrays; kNone: it is between them
  };

  // What is between arrays is cut at these cells, too, which ascend. No array is empty.
  explicit CellPieces(const Blocks& blocks, const std::vector<Cell>& cuts = {});

  uint32_t size() const { return static_cast<uint32_t>(pieces_.size()) - 1; }
  // Ascending; behind the last there is one that begins where the cells end.
  const Piece& operator[](uint32_t piece) const { return pieces_[piece]; }

  uint32_t PieceOf(Cell cell) const {  // cell < blocks.cells
    uint32_t piece = near_[cell / kStride];
    while (pieces_[piece + 1].begin <= cell) ++piece;
    return piece;
  }
  uint32_t ArrayOf(Cell cell) const { return pieces_[PieceOf(cell)].array; }

 private:
  static constexpr Cell kStride = 64;

  std::vector<Piece> pieces_;
  std::vector<uint32_t> near_;  // the piece of every kStride-th cell
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_CELL_PIECES_H_
