#include "wengert/program/differentiate.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "wengert/program/activity.h"
#include "wengert/program/body_derivative.h"

namespace wengert::program {
namespace {

using LeafOrigin = BodyDerivative::LeafOrigin;

class Reversal {
 public:
  Reversal(const Blocks& primal, const DifferentiateOptions& options)
      : primal_(primal),
        options_(options),
        active_(ActiveCells(primal, options.active_inputs)),
        adjoint_(primal.cells) {}

  DifferentiatedBlocks Run() && {
    LayOut();
    SeedOutputs();
    std::vector<Block> forward = primal_.blocks, reverse = {std::move(seeding_)};
    for (size_t b = forward.size(); b-- > 0;) ReverseBlock(forward[b], reverse);
    Blocks& blocks = result_.blocks;
    blocks.blocks = std::move(forward);
    for (Block& block : reverse) blocks.blocks.push_back(std::move(block));
    return std::move(result_);
  }

 private:
  // What is known of a cell's adjoint so far, while the code is written backwards.
  struct Adjoint {
    Seed::Kind kind = Seed::kZero;
    double constant = 0.0;

    void Add(double value) {
      if (kind == Seed::kZero) kind = Seed::kConstant;
      constant += value;
    }
    void AddUnknown() { kind = Seed::kUnknown; }
  };

  void LayOut() {
    Blocks& blocks = result_.blocks;
    blocks.inputs = primal_.inputs;
    blocks.tables = primal_.tables;
    blocks.columns = primal_.columns;
    blocks.presets = primal_.presets;
    blocks.outputs = primal_.outputs;
    result_.shift = RoundedUp(primal_.cells);
    result_.zeroed = {result_.shift, 2 * result_.shift};
    blocks.cells = 2 * result_.shift;
    blocks.arrays = primal_.arrays;
    for (const CellRange& array : primal_.arrays) {
      blocks.arrays.push_back({array.begin + result_.shift, array.end + result_.shift});
    }
  }

  // The adjoint of an output is set by the caller, or is 1. An output may be given twice, so each
  // has a cell of its own for its seed.
  void SeedOutputs() {
    Block seeding;
    for (Cell output : primal_.outputs) {
      const Cell seed = result_.blocks.cells++;
      if (options_.unit_seed) {
        result_.blocks.presets.emplace_back(seed, 1.0);
        adjoint_[output].Add(1.0);
      } else {
        result_.seeds.push_back(seed);
        adjoint_[output].AddUnknown();
      }
      seeding.folds.push_back({output + result_.shift, seed});
    }
    seeding_ = std::move(seeding);
  }

  Seed SeedOf(const Block& block, const Target& target) {
    if (target.effect == Effect::kCheck) return {};
    Seed seed;
    bool is_first = true;
    ForCellsOf(primal_, target.where, block.count, [&](Cell cell) {
      const Adjoint& adjoint = adjoint_[cell];
      const Seed here{adjoint.kind, adjoint.kind == Seed::kConstant ? adjoint.constant : 0.0};
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
    const std::vector<bool> active = ActiveLeaves(primal_, block, active_);
    std::vector<Seed> seeds;
    bool any = false, known = true;
    for (const Target& target : block.targets) {
      seeds.push_back(SeedOf(block, target));
      any |= seeds.back().kind != Seed::kZero;
      known &= seeds.back().kind != Seed::kUnknown;
    }
    // Adjoints that the iterations hand on to each other aren't known before they are made.
    for (const Recurrence& recurrence : block.body->recurrences) {
      seeds[recurrence.root] = {Seed::kUnknown, 0.0};
      known = false;
    }
    const std::vector<Move> copies = block.copies;
    if (any) {
      const bool fuse = known && block.count > 1;
      const BodyDerivative& derivative = DerivativeOf(block, seeds, active, fuse);
      NoteAdjoints(block, derivative);
      Block reversed = Bind(block, derivative);
      if (fuse) {
        block = std::move(reversed);
      } else {
        if (!derivative.saved.empty()) SaveValues(block, derivative, reversed);
        reverse.push_back(std::move(reversed));
      }
    }
    FoldCopies(copies, reverse);
  }

  const BodyDerivative& DerivativeOf(const Block& block, const std::vector<Seed>& seeds,
                                     const std::vector<bool>& active, bool fuse) {
    std::vector<double> key;
    for (const Seed& seed : seeds) {
      key.push_back(seed.kind);
      key.push_back(seed.constant);
    }
    for (bool a : active) key.push_back(a ? 1.0 : 0.0);
    key.push_back(fuse ? 1.0 : 0.0);
    const auto [place, is_new] = derivatives_.try_emplace({block.body.get(), std::move(key)});
    if (is_new) {
      place->second = Differentiate(*block.body, seeds, active, {.with_forward = fuse}, pool_);
    }
    return place->second;
  }

  // What the derivative adds to the adjoints of the block's leaves. Only what is added once and is
  // a constant stays known.
  void NoteAdjoints(const Block& block, const BodyDerivative& derivative) {
    const size_t forward = derivative.forward_roots.size();
    const Graph& graph = derivative.body->graph;
    for (size_t r = 0; r < derivative.adjoint_roots.size(); ++r) {
      const Operand root = graph.roots[forward + r];
      ForCellsOf(primal_, block.leaves[derivative.adjoint_roots[r]], block.count, [&](Cell cell) {
        if (root.is_constant() && block.count == 1) {
          adjoint_[cell].Add(graph.constants[root.index()]);
        } else {
          adjoint_[cell].AddUnknown();
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
      result_.blocks.cells = begin + RoundedUp(block.count);
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
    for (uint32_t leaf : derivative.adjoint_roots) {
      bound.targets.push_back({Effect::kAdd, AdjointOf(block.leaves[leaf])});
    }
    if (!derivative.forward_roots.empty()) bound.copies = block.copies;
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
      const Adjoint& adjoint = adjoint_[copy->to];
      if (adjoint.kind == Seed::kZero || !active_[copy->from]) continue;
      if (adjoint.kind == Seed::kConstant) {
        adjoint_[copy->from].Add(adjoint.constant);
      } else {
        adjoint_[copy->from].AddUnknown();
      }
      folding.folds.push_back({copy->from + result_.shift, copy->to + result_.shift});
    }
    if (!folding.folds.empty()) reverse.push_back(std::move(folding));
  }

  const Blocks& primal_;
  const DifferentiateOptions options_;
  const std::vector<bool> active_;
  std::vector<Adjoint> adjoint_;
  std::map<std::pair<const BlockBody*, std::vector<double>>, BodyDerivative> derivatives_;
  BodyPool pool_;
  Block seeding_;
  DifferentiatedBlocks result_;
};

}  // namespace

DifferentiatedBlocks Differentiate(const Blocks& primal, const DifferentiateOptions& options) {
  return Reversal(primal, options).Run();
}

}  // namespace wengert::program
