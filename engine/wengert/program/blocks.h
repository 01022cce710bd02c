#ifndef WENGERT_PROGRAM_BLOCKS_H_
#define WENGERT_PROGRAM_BLOCKS_H_

// A program: blocks over a memory of doubles (cells), executed in order. A block is a body,
// executed `count` times; one that isn't a loop has the count 1. What changes from iteration to
// iteration is only where the body's leaves are read and where its roots go:
//
//   leaf        kCell     cell[at]             the same in all iterations (a uniform)
//               kStream   cell[at + k]         one after the other
//               kTable    cell[offset + tables[at][k]]
//               kColumn   columns[at][k]       a constant that differs
//   root        kStore    cell[at + k] = root
//               kAdd      cell += root, where a leaf of the same kind would be read;
//                         for kCell that is the sum over the iterations
//               kCheck    root == columns[at][k], or nothing of what was computed counts
//
// The iterations of a block are independent, but for its recurrences: values that an iteration has
// from the one before (or, in a reverse, from the one after). Programs are closed under
// differentiation: the reverse of a block is a block whose adjoints are cells, too
// (differentiate.h).

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "wengert/program/graph.h"
#include "wengert/program/limits.h"

namespace wengert::program {

using Cell = uint32_t;

enum class Access : uint8_t { kCell, kStream, kTable, kColumn };

struct Source {
  Access access = Access::kCell;
  uint32_t at = 0;  // a cell, or the number of a table or column
  Cell offset = 0;  // of a table's cells

  friend bool operator==(const Source&, const Source&) = default;
};

enum class Effect : uint8_t { kStore, kAdd, kCheck };

struct Target {
  Effect effect = Effect::kStore;
  Source where;

  friend bool operator==(const Target&, const Target&) = default;
};

enum class Order : uint8_t { kAny, kAscending, kDescending };

// `leaf` of an iteration is what `root` made in the one before it: they are streams whose cells are
// the same, an iteration apart.
struct Recurrence {
  uint32_t leaf, root;
};

// A loop's code, shared by the blocks that differ only in where it reads and writes.
struct BlockBody {
  Graph graph;
  std::vector<Access> leaves;                      // how each leaf is read
  std::vector<std::pair<Effect, Access>> effects;  // what becomes of each root
  Order order = Order::kAny;                       // of the iterations
  std::vector<Recurrence> recurrences;             // none if the order is any
  bool is_clean = false;                           // Clean would change nothing (clean.h)
};

struct Move {
  Cell to, from;
};

struct CellRange {
  Cell begin, end;
};

struct Block {
  uint32_t count = 1;
  std::shared_ptr<const BlockBody> body;
  std::vector<Source> leaves;     // of the body
  std::vector<Target> targets;    // of the body's roots
  std::vector<CellRange> zeroed;  // before everything else: cell = 0
  std::vector<Move> copies;       // before the iterations: cell[to] = cell[from]
  std::vector<Move> folds;        // after them: cell[to] += cell[from]
};

// The others are executed a number at a time.
inline bool IsInLanes(const Block& block) {
  return block.body != nullptr && block.count > 1 && block.body->order == Order::kAny;
}

struct Blocks {
  uint32_t inputs = 0;  // the first of the cells, after `kHalo` spare ones
  Cell cells = 0;
  std::vector<Block> blocks;
  std::vector<std::vector<uint32_t>> tables;
  std::vector<std::vector<double>> columns;
  std::vector<CellRange> arrays;  // ascending, spare cells included; the inputs aren't among them
  std::vector<std::pair<Cell, double>> presets;  // constants that stand in cells
  std::vector<Cell> outputs;
};

// An array of cells has this many spare ones on both sides: copies of what a stream that runs over
// its end reads there (the neighbours in a periodic grid). Arrays begin at multiples of it, at a
// cache line.
inline constexpr Cell kHalo = 8;

constexpr Cell RoundedUp(Cell cell) { return (cell + kHalo - 1) / kHalo * kHalo; }

// The first of so many cells more, behind the others.
inline Cell NewCells(Blocks& blocks, uint32_t count) {
  const Cell first = blocks.cells;
  blocks.cells = CheckedCells(uint64_t{first} + count);
  return first;
}

constexpr Cell CellOfInput(uint32_t number) { return kHalo + number; }
inline std::vector<Cell> CellsOfInputs(uint32_t first) {
  std::vector<Cell> cells;
  for (uint32_t i = 0; i < first; ++i) cells.push_back(CellOfInput(i));
  return cells;
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BLOCKS_H_
