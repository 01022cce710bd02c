#include "wengert/program/storage.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "wengert/program/activity.h"
#include "wengert/program/cell_pieces.h"

namespace wengert::program {
namespace {

constexpr uint32_t kNever = ~uint32_t{0};

class Storage {
 public:
  explicit Storage(DifferentiatedBlocks& program)
      : program_(program),
        blocks_(program.blocks),
        lives_(blocks_.arrays.size()),
        pieces_(blocks_, {program.shift, 2 * program.shift}),  // where adjoints begin and end
        moved_(pieces_.size()) {}

  void Run() && {
    FindLives();
    PackSingleCells();
    PlaceArrays();
    MoveAll();
  }

 private:
  struct Life {
    uint32_t first = kNever, last = 0;
    bool is_stored = false;  // whole, by the first
  };

  void Touch(Cell cell, uint32_t block) {
    const uint32_t array = pieces_.ArrayOf(cell);
    if (array == CellPieces::kNone) return;
    Life& life = lives_[array];
    life.first = std::min(life.first, block);
    life.last = std::max(life.last, block);
  }

  void Touch(const Source& source, uint32_t block) {
    if (source.access == Access::kTable) {
      ForCellsOf(blocks_, source, 0, [&](Cell cell) { Touch(cell, block); });
    } else if (source.access != Access::kColumn) {
      Touch(source.at, block);  // a stream stays in one array
    }
  }

  void NoteStore(const Target& target, uint32_t block) {
    if (target.effect != Effect::kStore || target.where.access != Access::kStream) return;
    const uint32_t array = pieces_.ArrayOf(target.where.at);
    if (array != CellPieces::kNone && lives_[array].first == block) lives_[array].is_stored = true;
  }

  void FindLives() {
    for (uint32_t b = 0; b < blocks_.blocks.size(); ++b) {
      const Block& block = blocks_.blocks[b];
      for (const Source& leaf : block.leaves) Touch(leaf, b);
      for (const Target& target : block.targets) {
        Touch(target.where, b);
        NoteStore(target, b);
      }
      for (const std::vector<wengert::program::Move>* moves : {&block.copies, &block.folds}) {
        for (const auto& move : *moves) {
          Touch(move.to, b);
          Touch(move.from, b);
        }
      }
    }
    const auto end = static_cast<uint32_t>(blocks_.blocks.size());
    for (Cell output : blocks_.outputs) Touch(output, end);
  }

  void PackSingleCells() {
    Cell next = 0;
    for (uint32_t p = 0; p < pieces_.size(); ++p) {
      const CellPieces::Piece& piece = pieces_[p];
      if (piece.begin == program_.shift) program_.zeroed.begin = next = RoundedUp(next);
      if (piece.begin == 2 * program_.shift) program_.zeroed.end = next;
      if (piece.array != CellPieces::kNone) continue;
      moved_[p] = next;
      next += pieces_[p + 1].begin - piece.begin;
    }
    cells_ = RoundedUp(next);
    for (Block& block : blocks_.blocks) {
      for (CellRange& range : block.zeroed) {
        range = {Moved(range.begin), Moved(range.end - 1) + 1};
      }
    }
  }

  bool IsOfAdjoints(const CellRange& array) const {
    return array.begin >= program_.shift && array.begin < 2 * program_.shift;
  }

  void PlaceArrays() {
    std::vector<std::vector<uint32_t>> born(blocks_.blocks.size() + 1), dead(born.size() + 1);
    for (uint32_t a = 0; a < lives_.size(); ++a) {
      if (lives_[a].first == kNever) continue;
      born[lives_[a].first].push_back(a);
      dead[lives_[a].last + 1].push_back(a);
    }
    std::unordered_map<Cell, std::vector<Cell>> free;
    std::vector<CellRange> placed;
    for (uint32_t b = 0; b < born.size(); ++b) {
      for (uint32_t a : dead[b]) {
        const CellRange& array = blocks_.arrays[a];
        free[array.end - array.begin].push_back(Moved(array.begin));
      }
      for (uint32_t a : born[b]) {
        const CellRange& array = blocks_.arrays[a];
        const Cell length = array.end - array.begin;
        std::vector<Cell>& candidates = free[length];
        if (candidates.empty()) {
          candidates.push_back(cells_);
          placed.push_back({cells_, cells_ + length});
          cells_ += RoundedUp(length);
        }
        const Cell begin = candidates.back();
        candidates.pop_back();
        moved_[pieces_.PieceOf(array.begin)] = begin;
        if (IsOfAdjoints(array) && !lives_[a].is_stored)
          blocks_.blocks[b].zeroed.push_back({begin, begin + length});
      }
    }
    placed_ = std::move(placed);
  }

  Cell Moved(Cell cell) const {
    const uint32_t piece = pieces_.PieceOf(cell);
    return moved_[piece] + (cell - pieces_[piece].begin);
  }

  void Move(Source& source) {
    if (source.access == Access::kTable) {
      source.at = MovedTable(source);
      source.offset = 0;
    } else if (source.access != Access::kColumn) {
      source.at = Moved(source.at);
    }
  }

  uint32_t MovedTable(const Source& source) {
    const auto [place, is_new] = tables_.try_emplace({source.at, source.offset},
                                                     static_cast<uint32_t>(moved_tables_.size()));
    if (is_new) {
      std::vector<uint32_t> table = blocks_.tables[source.at];
      for (uint32_t& cell : table) cell = Moved(cell + source.offset);
      moved_tables_.push_back(std::move(table));
    }
    return place->second;
  }

  void MoveAll() {
    for (Block& block : blocks_.blocks) {
      for (Source& leaf : block.leaves) Move(leaf);
      for (Target& target : block.targets) Move(target.where);
      for (std::vector<wengert::program::Move>* moves : {&block.copies, &block.folds}) {
        for (auto& move : *moves) move = {Moved(move.to), Moved(move.from)};
      }
    }
    for (auto& [cell, value] : blocks_.presets) cell = Moved(cell);
    for (Cell& output : blocks_.outputs) output = Moved(output);
    for (Cell& seed : program_.seeds) seed = Moved(seed);
    blocks_.tables = std::move(moved_tables_);
    blocks_.arrays = std::move(placed_);
    blocks_.cells = cells_;
    program_.shift = Moved(CellOfInput(0) + program_.shift) - CellOfInput(0);
  }

  DifferentiatedBlocks& program_;
  Blocks& blocks_;
  std::vector<Life> lives_;  // of each array
  const CellPieces pieces_;
  std::vector<Cell> moved_;  // where each piece goes
  std::vector<CellRange> placed_;
  Cell cells_ = 0;
  std::map<std::pair<uint32_t, Cell>, uint32_t> tables_;
  std::vector<std::vector<uint32_t>> moved_tables_;
};

}  // namespace

void ReuseStorage(DifferentiatedBlocks& program) { Storage(program).Run(); }

}  // namespace wengert::program
