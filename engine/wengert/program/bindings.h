#ifndef WENGERT_PROGRAM_BINDINGS_H_
#define WENGERT_PROGRAM_BINDINGS_H_

// What an operand is over the iterations of a loop: given what it is in each, a Source. Sequences
// of cells that are one after the other are streams, also where a few at either end aren't, as at
// the border of a periodic grid: those are copied to the spare cells beside the array, once.

#include <functional>
#include <optional>
#include <string>
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

class Bindings {
 public:
  explicit Bindings(Blocks& blocks) : blocks_(blocks) {}

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
    readings_.clear();
    for (uint32_t k = 0; k < count; ++k) readings_.push_back(at(k));
    return Bind(copies);
  }

 private:
  struct Array {
    Cell first;
    uint32_t length;
  };

  Bound Bind(std::vector<Move>& copies);
  std::optional<Source> BindStream(std::vector<Move>& copies);
  const Array* ArrayOf(Cell cell) const;
  Source BindTable();

  Blocks& blocks_;
  std::vector<Reading> readings_;
  std::vector<Array> arrays_;             // ascending
  std::unordered_map<Cell, Cell> spare_;  // what the spare cells in use are copies of
  std::unordered_map<uint64_t, Cell> constant_cells_;
  std::unordered_map<std::string, uint32_t> columns_, tables_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BINDINGS_H_
