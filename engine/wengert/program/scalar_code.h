#ifndef WENGERT_PROGRAM_SCALAR_CODE_H_
#define WENGERT_PROGRAM_SCALAR_CODE_H_

// Blocks that are executed a number at a time, as words: of each instruction its code, the place of
// its result and those of its operands. All places are in one array of doubles, so that no operand
// asks at run time what it is:
//
//   | memory: the cells of the blocks | temporaries, of one iteration | constants, of all blocks |
//
// The handlers of the codes are generated from the table; each jumps to the next instruction's.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/blocks.h"

namespace wengert::program {

// Hands out the places behind the cells.
class ScalarRoom {
 public:
  // For temporaries of any block of these, behind `cells` cells.
  ScalarRoom(const Blocks& blocks, size_t cells);

  Cell Temporary(size_t number) const;
  Cell Constant(double value);     // the same for the same bits
  void Close() { cell_of_ = {}; }  // all were handed out

  absl::Span<const double> constants() const { return constants_; }
  size_t first_constant() const { return first_constant_; }
  size_t end() const { return first_constant_ + constants_.size(); }

 private:
  size_t first_temporary_, first_constant_;
  std::vector<double> constants_;
  // Of a constant's bits. (Where memory ends, the flat_hash_map of 2022 loses its own.)
  std::unordered_map<uint64_t, Cell> cell_of_;
};

class ScalarCode {
 public:
  ScalarCode(const Blocks& blocks, const Block& block, ScalarRoom& room);

  // Executes the block's iterations in their order. Returns whether all checks passed.
  bool Execute(const Blocks& blocks, const Block& block, double* memory) const;

  size_t instructions() const { return instructions_; }  // of an iteration
  size_t bytes() const { return words_.size() * sizeof(uint32_t); }

 private:
  void CopyLeaf(Cell to, Cell& place);
  void Append(uint32_t code, Cell to, absl::Span<const Cell> operands);
  void AppendTargets(const Blocks& blocks, const Block& block, ScalarRoom& room);

  std::vector<uint32_t> words_;
  std::vector<Cell> leaves_;  // where those that are used stand, if there are several iterations
  std::vector<Cell> roots_;   // likewise
  size_t instructions_ = 0;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SCALAR_CODE_H_
