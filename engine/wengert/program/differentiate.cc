#include "wengert/program/differentiate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "wengert/program/activity.h"
#include "wengert/program/body_derivative.h"
#include "wengert/program/large_array.h"

namespace wengert::program {
namespace {

using LeafOrigin = BodyDerivative::LeafOrigin;

class Reversal {
 public:
  Reversal(Blocks primal, const DifferentiateOptions& options)
      : primal_(std::move(primal)),
        options_(options),
        active_(ActiveCells(primal_, CellsOfInputs(options.active_inputs))),
        known_(LargeArray<Seed::Kind>(primal_.cells)),
        is_spare_in_use_(primal_.cells),
        arrays_(ArrayUses(primal_)) {
    for (const Block& block : primal_.blocks) {
      for (const Move& copy : block.copies) is_spare_in_use_[copy.to] = true;
    }
  }

  DifferentiatedBlocks Run() && {
    LayOut();
    SeedOutputs();
    std::vector<Block> forward = std::move(primal_.blocks), reverse = {std::move(seeding_)};
    for (block_ = static_cast<uint32_t>(forward.size()); block_ > 0;) {
      --block_;
      ReverseBlock(forward[block_], reverse);
    }
    Blocks& blocks = result_.blocks;
    blocks.blocks = std::move(forward);
    for (Block& block : reverse) blocks.blocks.push_back(std::move(block));
    return std::move(result_);
  }

 private:
  // What is known of a cell's adjoint so far, as the code is written backwards.
  Seed AdjointAt(Cell cell) const {
    const bool is_constant = known_[cell] == Seed::kConstant;
    return {known_[cell], is_constant ? constants_.at(cell) : 0.0};
  }
  void AddConstant(Cell cell, double value) {
    if (known_[cell] == Seed::kUnknown) return;
    constants_[cell] += value;
    known_[cell] = Seed::kConstant;
  }
  void AddUnknown(Cell cell) { known_[cell] = Seed::kUnknown; }

  void LayOut() {
    Blocks& blocks = result_.blocks;
    blocks.inputs = primal_.inputs;
    blocks.tables = std::move(primal_.tables);
    blocks.columns = std::move(primal_.columns);
    blocks.presets = std::move(primal_.presets);
    blocks.outputs = primal_.outputs;
    result_.shift = RoundedUp(primal_.cells);
    result_.zeroed = {result_.shift, 2 * result_.shift};
    blocks.cells = CheckedCells(2 * uint64_t{result_.shift});
    blocks.arrays = primal_.arrays;
    for (const CellRange& array : primal_.arrays) {
      blocks.arrays.push_back({array.begin + result_.shift, array.end + result_.shift});
    }
  }

  // The adjoint of an output is set by the caller, or is 1. An output may be given twice, so each
  // has a cell of its own for its seed.
  void SeedOutputs() {
    Block seeding;
    for (size_t i = options_.first_output; i < primal_.outputs.size(); ++i) {
      const Cell output = primal_.outputs[i];
      const Cell seed = NewCells(result_.blocks, 1);
      if (options_.unit_seed) {
        result_.blocks.presets.emplace_back(seed, 1.0);
        AddConstant(output, 1.0);
      } else {
        result_.seeds.push_back(seed);
        AddUnknown(output);
      }
      seeding.folds.push_back({output + result_.shift, seed});
    }
    seeding_ = std::move(seeding);
  }

  Seed SeedOf(const Block& block, const Target& target) {
    if (target.effect == Effect::kCheck) return {};
    Seed seed;
    bool is_first = true;
    ForCellsOf(result_.blocks, target.where, block.count, [&](Cell cell) {
      const Seed here = AdjointAt(cell);
      if (is_first) {
        seed = here;
      } else if (!(here == seed)) {
        seed = {Seed::kUnknown, 0.0};
      }
      is_first = false;
    });
    return seed;
  }

  // `block` becomes what runs in its place in the forward half; its reverse is appended.
  void ReverseBlock(Block& block, std::vector<Block>& reverse) {
    BodyDerivativeOptions options;
    options.active = ActiveLeaves(result_.blocks, block, active_);
    bool any = false, known = true;
    for (const Target& target : block.targets) {
      options.seeds.push_back(SeedOf(block, target));
      any |= options.seeds.back().kind != Seed::kZero;
      known &= options.seeds.back().kind != Seed::kUnknown;
    }
    // Adjoints that the iterations hand on to each other aren't known before they are made.
    for (const Recurrence& recurrence : block.body->recurrences) {
      options.seeds[recurrence.root] = {Seed::kUnknown, 0.0};
      known = false;
    }
    const std::vector<Move> copies = block.copies;
    const std::optional<Cell> sum = any && !known ? OnlySum(block, options) : std::nullopt;
    if (sum.has_value()) {
      FuseLinear(block, *sum, std::move(options), reverse);
    } else if (any) {
      options.with_forward = known && block.count > 1;
      options.fresh = FreshLeaves(block);
      const BodyDerivative& derivative = DerivativeOf(block, options);
      NoteAdjoints(block, derivative);
      Block reversed = Bind(block, derivative);
      if (options.with_forward) {
        block = std::move(reversed);
      } else {
        if (!derivative.saved.empty()) SaveValues(block, derivative, reversed);
        reverse.push_back(std::move(reversed));
      }
    }
    FoldCopies(copies, reverse);
  }

  // The cell of the one sum that a loop is there for, if besides that it reads only uniforms of
  // whose adjoints something is wanted: then those are linear in the adjoint of the sum.
  static std::optional<Cell> OnlySum(const Block& block, const BodyDerivativeOptions& options) {
    if (block.count == 1 || block.body->order != Order::kAny) return std::nullopt;
    for (size_t j = 0; j < block.leaves.size(); ++j) {
      if (options.active[j] && block.leaves[j].access != Access::kCell) return std::nullopt;
    }
    std::optional<Cell> sum;
    for (size_t r = 0; r < block.targets.size(); ++r) {
      if (options.seeds[r].kind == Seed::kZero) continue;
      const Source& where = block.targets[r].where;
      if (where.access != Access::kCell || sum.value_or(where.at) != where.at) return std::nullopt;
      sum = where.at;
    }
    return sum;
  }

  // Forward and reverse back to back, as if the adjoint of the sum were 1, into cells of their own;
  // once it is known, those are scaled by it.
  void FuseLinear(Block& block, Cell sum, BodyDerivativeOptions options,
                  std::vector<Block>& reverse) {
    for (Seed& seed : options.seeds) {
      if (seed.kind != Seed::kZero) seed = {Seed::kConstant, 1.0};
    }
    options.with_forward = true;
    options.fresh.assign(block.leaves.size(), false);
    const BodyDerivative& derivative = DerivativeOf(block, options);
    NoteAdjoints(block, derivative);

    Block fused = Bind(block, derivative);
    BodyBuilder scaling;
    const Operand sum_bar = scaling.Leaf({Access::kCell, sum + result_.shift});
    std::map<uint32_t, Cell> unscaled;  // of each leaf
    const Cell begin = result_.blocks.cells;
    for (size_t r = 0; r < derivative.adjoint_roots.size(); ++r) {
      Target& target = fused.targets[derivative.forward_roots.size() + r];
      const auto [place, is_new] =
          unscaled.try_emplace(derivative.adjoint_roots[r], result_.blocks.cells);
      if (is_new) {
        const Operand part = scaling.Leaf({Access::kCell, NewCells(result_.blocks, 1)});
        scaling.Root(scaling.Append({Op::kMul, -1, {sum_bar, part}}), target);
      }
      target.where = {Access::kCell, place->second};
    }
    if (begin < result_.blocks.cells) fused.zeroed.push_back({begin, result_.blocks.cells});
    block = std::move(fused);
    reverse.push_back(std::move(scaling).Finished(1, pool_));
  }

  const BodyDerivative& DerivativeOf(const Block& block, const BodyDerivativeOptions& options) {
    const auto [place, is_new] = derivatives_.try_emplace({block.body.get(), options});
    if (is_new) place->second = Differentiate(*block.body, options, pool_);
    return place->second;
  }

  // The array that a stream runs through from its first cell to its last, if no spare cell of it is
  // in use and this block reads nothing else of it. An earlier loop that reads it, too, may be
  // executed first, for it may be fused with its reverse.
  bool IsFresh(const Block& block, const Source& stream) const {
    const std::vector<CellRange>& arrays = primal_.arrays;
    const auto array = std::partition_point(arrays.begin(), arrays.end(),
                                            [&](const CellRange& a) { return a.end <= stream.at; });
    if (array == arrays.end() || stream.at != array->begin + kHalo) return false;
    const ArrayUse& use = arrays_[static_cast<size_t>(array - arrays.begin())];
    if (use.length != block.count || use.first_reader != block_) return false;
    const auto is_inside = [&](Cell cell) { return cell >= array->begin && cell < array->end; };
    size_t readers = 0;
    for (const Source& leaf : block.leaves) {
      ForCellsOf(result_.blocks, leaf, 1, [&](Cell cell) { readers += is_inside(cell) ? 1 : 0; });
    }
    if (readers != 1) return false;
    for (Cell cell = array->begin; cell < array->end; ++cell) {
      if (known_[cell] != Seed::kZero || is_spare_in_use_[cell]) return false;
    }
    return true;
  }

  std::vector<bool> FreshLeaves(const Block& block) const {
    std::vector<bool> fresh(block.leaves.size());
    if (block.count == 1 || block.body->order != Order::kAny) return fresh;
    for (size_t j = 0; j < fresh.size(); ++j) {
      fresh[j] = block.leaves[j].access == Access::kStream && IsFresh(block, block.leaves[j]);
    }
    return fresh;
  }

  // What the derivative adds to the adjoints of the block's leaves. Only what is added once and is
  // a constant stays known.
  void NoteAdjoints(const Block& block, const BodyDerivative& derivative) {
    const size_t forward = derivative.forward_roots.size();
    const Graph& graph = derivative.body->graph;
    for (size_t r = 0; r < derivative.adjoint_roots.size(); ++r) {
      const Operand root = graph.roots[forward + r];
      ForCellsOf(result_.blocks, block.leaves[derivative.adjoint_roots[r]], block.count,
                 [&](Cell cell) {
                   if (root.is_constant() && block.count == 1) {
                     AddConstant(cell, graph.constants[root.index()]);
                   } else {
                     AddUnknown(cell);
                   }
                 });
    }
  }

  Source AdjointOf(Source source) const {
    (source.access == Access::kTable ? source.offset : source.at) += result_.shift;
    return source;
  }

  Block Bind(const Block& block, const BodyDerivative& derivative) {
    Block bound;
    bound.count = block.count;
    bound.body = derivative.body;
    std::vector<Source> saved(derivative.saved.size());
    for (Source& source : saved) {
      const Cell begin = RoundedUp(result_.blocks.cells);
      source = {Access::kStream, begin};
      result_.blocks.cells = CheckedCells(uint64_t{begin} + RoundedUp(block.count));
      result_.blocks.arrays.push_back({begin, result_.blocks.cells});
    }
    for (const LeafOrigin& origin : derivative.leaves) {
      switch (origin.kind) {
        case LeafOrigin::kLeaf:
          bound.leaves.push_back(block.leaves[origin.number]);
          break;
        case LeafOrigin::kSeed:
          bound.leaves.push_back(AdjointOf(block.targets[origin.number].where));
          break;
        case LeafOrigin::kSaved:
          bound.leaves.push_back(saved[origin.number]);
          break;
      }
    }
    for (uint32_t root : derivative.forward_roots) bound.targets.push_back(block.targets[root]);
    for (size_t r = 0; r < derivative.adjoint_roots.size(); ++r) {
      const Effect effect = derivative.body->effects[derivative.forward_roots.size() + r].first;
      bound.targets.push_back({effect, AdjointOf(block.leaves[derivative.adjoint_roots[r]])});
    }
    if (!derivative.forward_roots.empty()) {
      bound.zeroed = block.zeroed;
      bound.copies = block.copies;
    }
    return bound;
  }

  void SaveValues(Block& block, const BodyDerivative& derivative, const Block& reversed) {
    block.body = derivative.forward;
    std::vector<Source> saved(derivative.saved.size());
    for (size_t j = 0; j < derivative.leaves.size(); ++j) {
      const LeafOrigin& origin = derivative.leaves[j];
      if (origin.kind == LeafOrigin::kSaved) saved[origin.number] = reversed.leaves[j];
    }
    for (const Source& source : saved) block.targets.push_back({Effect::kStore, source});
  }

  // A copy's adjoint belongs to what was copied.
  void FoldCopies(const std::vector<Move>& copies, std::vector<Block>& reverse) {
    Block folding;
    for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
      const Seed adjoint = AdjointAt(copy->to);
      if (adjoint.kind == Seed::kZero || !active_[copy->from]) continue;
      if (adjoint.kind == Seed::kConstant) {
        AddConstant(copy->from, adjoint.constant);
      } else {
        AddUnknown(copy->from);
      }
      folding.folds.push_back({copy->from + result_.shift, copy->to + result_.shift});
    }
    if (!folding.folds.empty()) reverse.push_back(std::move(folding));
  }

  Blocks primal_;  // its blocks, tables, columns and presets go to the result first
  const DifferentiateOptions options_;
  const std::vector<bool> active_;
  std::vector<Seed::Kind> known_;               // of each cell's adjoint
  std::unordered_map<Cell, double> constants_;  // of kConstant; others may be left behind
  std::vector<bool> is_spare_in_use_;           // of each cell
  const std::vector<ArrayUse> arrays_;
  uint32_t block_ = 0;  // the one that is reversed
  std::map<std::pair<const BlockBody*, BodyDerivativeOptions>, BodyDerivative> derivatives_;
  BodyPool pool_;
  Block seeding_;
  DifferentiatedBlocks result_;
};

}  // namespace

DifferentiatedBlocks Differentiate(Blocks primal, const DifferentiateOptions& options) {
  return Reversal(std::move(primal), options).Run();
}

}  // namespace wengert::program
