#include "wengert/program/run_cost.h"

#include <algorithm>
#include <array>
#include <vector>

#include "wengert/program/loop_cost.h"
#include "wengert/program/segments.h"
#include "wengert/program/words.h"

namespace wengert::program {
namespace {

// What an instruction computes: a few operations of the processor, a call into a library, or a
// partial of what such a call made.
struct Kinds {
  double plain = 0.0, calls = 0.0, partials = 0.0;

  double operator*(const Kinds& each) const {
    return plain * each.plain + calls * each.calls + partials * each.partials;
  }
};

constexpr Kinds kInScalarCode = {1.3, 13.0, 4.0};
constexpr Kinds kInAPack = {0.5, 6.0, 1.5};
constexpr double kDispatch = 3.0;    // of an instruction, on each block of lanes
constexpr double kGathered = 5.0;    // of a pack from anywhere
constexpr double kScattered = 16.0;  // added to
constexpr double kLoop = 40.0;       // before the first instruction
constexpr double kRead = 2.2;        // of a leaf, or a root's delivery, by scalar code in a loop
constexpr double kMove = 1.0;        // of a number
constexpr double kChainStep = 1.5;
constexpr double kWait = 4.5;         // for an operand that was just written
constexpr double kWaitForward = 2.0;  // for the record before, which is in a register
constexpr double kGuard = 1.0;
constexpr double kInput = 2.2;  // there, and its adjoint back: by the tape more than by a program

void Count(Op op, int partial, Kinds& kinds) {
  (IsPlain(op) ? kinds.plain : partial < 0 ? kinds.calls : kinds.partials) += 1.0;
}

Kinds KindsOf(const Graph& graph) {
  Kinds kinds;
  for (const Instruction& node : graph.nodes) {
    if (!node.is_leaf()) Count(node.op, node.partial, kinds);
  }
  return kinds;
}

// Of each operation, one more than the deepest of its operands.
uint32_t DepthOf(const Graph& graph) {
  std::vector<uint32_t> depths(graph.nodes.size());
  uint32_t deepest = 0;
  for (size_t i = 0; i < depths.size(); ++i) {
    if (graph.nodes[i].is_leaf()) continue;
    for (Operand x : graph.nodes[i].arguments()) {
      if (!x.is_constant()) depths[i] = std::max(depths[i], depths[x.index()] + 1);
    }
    deepest = std::max(deepest, depths[i]);
  }
  return deepest;
}

constexpr double kJvps = 1.5, kHvps = 3.0;  // as multiples of a gradient

}  // namespace

double CostInLanes(const Block& block, const LoweredBody& code) {
  Kinds kinds = KindsOf(block.body->graph);
  kinds.plain = std::max(0.0, code.instructions - kinds.calls - kinds.partials);
  const double packs = (block.count + kPackWidth - 1) / kPackWidth;
  const double blocks = LaneBlocksOf(block.count, code.packs * kPackWidth);
  const auto entries = static_cast<double>(code.uniforms.size() + code.numbers.size() +
                                           code.streams.size() + 3 * code.accumulators.size());
  const auto scattered =
      static_cast<double>(std::count_if(code.tables.begin(), code.tables.end(), [](uint32_t entry) {
        return (entry & LoweredBody::kRootBit) != 0;
      }));
  const double gathered = static_cast<double>(code.tables.size()) - scattered;
  return kLoop + kMove * entries + kDispatch * code.instructions * blocks +
         packs * (kinds * kInAPack + kGathered * gathered + kScattered * scattered);
}

double CostOfScalarCode(const Block& block) {
  const double iteration =
      std::max(KindsOf(block.body->graph) * kInScalarCode, kWait * DepthOf(block.body->graph));
  const auto roots = static_cast<double>(block.targets.size());
  if (block.count == 1) return iteration + kMove * roots;
  return block.count * (iteration + kRead * (static_cast<double>(block.leaves.size()) + roots));
}

double CostOfChain(uint32_t count) { return kLoop + kChainStep * count; }

double CostOfMoves(const Block& block) {
  double numbers = static_cast<double>(block.copies.size() + block.folds.size());
  for (const CellRange& range : block.zeroed) numbers += 0.1 * (range.end - range.begin);
  return kMove * (numbers + static_cast<double>(block.zeroed.size()));
}

TapeCost::TapeCost(const Tape& tape, const OpCounts& counts)
    : tape_(&tape),
      guards_(static_cast<double>(tape.guards().size())),
      inputs_(static_cast<double>(tape.inputs().size())),
      nodes_(static_cast<double>(tape.size())) {
  for (size_t number = 0; number < kOpCount; ++number) {
    const Op op = static_cast<Op>(number);
    if (ArityOf(op) == 0) continue;
    (IsPlain(op) ? plain_ : calls_) += static_cast<double>(counts[number]);
  }
}

double TapeCost::depth() const {
  std::vector<uint32_t> depths(tape_->size());
  uint32_t deepest = 0;
  for (size_t i = 0; i < depths.size(); ++i) {
    uint32_t depth = 0;
    for (Operand x : tape_->nodes()[i].arguments()) {
      if (!x.is_constant()) depth = std::max(depth, depths[x.index()] + 1);
    }
    depths[i] = depth;
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

TapeCost::Sweeps TapeCost::values() const {
  return {0.8 * plain_ + 12.0 * calls_ + ends(), kWaitForward, ends()};
}

TapeCost::Sweeps TapeCost::gradient() const {
  return {1.9 * plain_ + 17.0 * calls_ + ends(), kWaitForward + kWait, ends()};
}

TapeCost::Sweeps TapeCost::jvp() const { return kJvps * gradient(); }

TapeCost::Sweeps TapeCost::hvp() const { return kHvps * gradient(); }

double TapeCost::ends() const { return kGuard * guards_ + kInput * inputs_; }

double TapeCost::Of(const Sweeps& sweeps) const {
  return std::max(sweeps.work, sweeps.ends + sweeps.wait * depth());
}

bool TapeCost::IsMoreThan(double cost, const Sweeps& sweeps) const {
  return cost < sweeps.work || cost < Of(sweeps);
}

// Vectors of many nodes leave the second-level cache.
double TapeCost::batch() const {
  constexpr double kNear = 4000.0;
  return (nodes_ > kNear ? 2.5 : 1.0) * (0.25 * plain_ + 1.5 * calls_);
}

}  // namespace wengert::program
