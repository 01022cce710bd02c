#ifndef WENGERT_PROGRAM_BINDINGS_H_
#define WENGERT_PROGRAM_BINDINGS_H_

// What an operand is over the iterations of a loop: given what it is in each, a Source. Sequences
// of cells that are one after the other are streams, also where a few at either end aren't, as at
// the border of a periodic grid: those are copied to the spare cells beside the array, once.

#include <optional>
#include <unordered_map>
#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

// An operand in one iteration: a cell, or a constant.
struct Reading {
  bool is_constant;
  Cell cell;
  double constant;
};

// The numbers of vectors of which equal ones are kept once.
template <class T>
class Interned {
 public:
  explicit Interned(std::vector<std::vector<T>>& all) : all_(all) {}
  uint32_t NumberOf(std::vector<T> values);

 private:
  std::vector<std::vector<T>>& all_;
  std::unordered_multimap<uint64_t, uint32_t> number_;  // by what the values' bytes hash to
};

class Bindings {
 public:
  explicit Bindings(Blocks& blocks)
      : blocks_(blocks), columns_(blocks.columns), tables_(blocks.tables) {}

  // Room for an array with spare cells on both sides.
  Cell NewArray(uint32_t length);
  // A cell that holds a constant.
  Cell ConstantCell(double value);
  uint32_t Column(std::vector<double> values);

  struct Bound {
    std::optional<double> immediate;  // the same constant in all iterations
    Source source;
  };
  // `copies` takes what must be copied before the loop.
  template <class ReadingAt>
  Bound Bind(uint32_t count, const ReadingAt& at, std::vector<Move>& copies) {
    cells_.resize(count);
    constants_.resize(count);
    Cell* const cells = cells_.data();
    uint32_t constants = 0;
    for (uint32_t k = 0; k < count; ++k) {
      const Reading reading = at(k);
      cells[k] = reading.is_constant ? kConstant : reading.cell;
      if (!reading.is_constant) continue;
      constants_[k] = reading.constant;
      ++constants;
    }
    return Bind(constants, copies);
  }

 private:
  struct Array {
    Cell first;
    uint32_t length;
  };

  static constexpr Cell kConstant = ~Cell{0};

  Bound Bind(uint32_t constants, std::vector<Move>& copies);
  Bound BindConstants();
  std::optional<Source> BindStream(std::vector<Move>& copies);
  const Array* ArrayOf(Cell cell) const;
  Source BindTable();

  Blocks& blocks_;
  // Of the operand in each iteration: its cell or kConstant, and then the constant.
  std::vector<Cell> cells_;
  std::vector<double> constants_;
  std::vector<Array> arrays_;             // ascending
  std::unordered_map<Cell, Cell> spare_;  // what the spare cells in use are copies of
  std::unordered_map<uint64_t, Cell> constant_cells_;
  Interned<double> columns_;
  Interned<uint32_t> tables_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BINDINGS_H_
