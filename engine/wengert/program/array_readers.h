#ifndef WENGERT_PROGRAM_ARRAY_READERS_H_
#define WENGERT_PROGRAM_ARRAY_READERS_H_

// Which blocks read an array's cells, found out when it is first asked for.

#include <cstdint>
#include <optional>
#include <vector>

#include "wengert/program/blocks.h"
#include "wengert/program/cell_pieces.h"

namespace wengert::program {

class ArrayReaders {
 public:
  explicit ArrayReaders(const Blocks& blocks) : blocks_(blocks) {}

  // Whether block b reads of the array that has this cell, and nothing else does.
  bool IsOnly(Cell cell, uint32_t b);
  // What block a read is read by block b from now on.
  void Replace(uint32_t a, uint32_t b);

 private:
  static constexpr uint32_t kOutside = ~uint32_t{0};
  static constexpr size_t kMost = 8;  // are told apart; the last stands for all others

  void FindAll();
  void Add(Cell cell, uint32_t reader);  // readers come in ascending order

  const Blocks& blocks_;
  std::vector<std::vector<uint32_t>> readers_;  // of each array
  std::vector<std::vector<uint32_t>> arrays_;   // of each block: those it reads
  std::optional<CellPieces> pieces_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_ARRAY_READERS_H_
