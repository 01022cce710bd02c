#include "wengert/program/run_cost.h"

#include <algorithm>
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

Kinds KindsOf(const Tape& tape) {
  Kinds kinds;
  for (const Node& node : tape.nodes()) {
    if (ArityOf(node.op) > 0) Count(node.op, -1, kinds);
  }
  return kinds;
}

// Of each operation, one more than the deepest of its operands.
template <class Nodes, class F>
uint32_t DepthOf(const Nodes& nodes, F for_operands) {
  std::vector<uint32_t> depths(nodes.size());
  uint32_t deepest = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    uint32_t depth = 0;
    for_operands(nodes[i], [&](Operand x) {
      if (!x.is_constant()) depth = std::max(depth, depths[x.index()] + 1);
    });
    depths[i] = depth;
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

uint32_t DepthOf(const Graph& graph) {
  return DepthOf(graph.nodes, [](const Instruction& node, auto take) {
    if (node.is_leaf()) return;
    for (Operand x : node.arguments()) take(x);
  });
}

uint32_t DepthOf(const Tape& tape) {
  return DepthOf(tape.nodes(), [](const Node& node, auto take) {
    const Operand operands[] = {node.a, node.b, node.c};
    for (int k = 0; k < ArityOf(node.op); ++k) take(operands[k]);
  });
}

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

double CostOfSweeps(const Tape& tape, Sweeps sweeps) {
  constexpr Kinds kForward = {0.8, 12.0, 0.0}, kGradient = {1.9, 17.0, 0.0};
  constexpr double kJvps = 1.5, kHvps = 3.0;  // as multiples
  const Kinds kinds = KindsOf(tape);
  const bool is_forward = sweeps == Sweeps::kValues;
  const double waits = (is_forward ? kWaitForward : kWaitForward + kWait) * DepthOf(tape);
  const double cost = std::max(kinds * (is_forward ? kForward : kGradient), waits) +
                      kGuard * static_cast<double>(tape.guards().size()) +
                      kInput * static_cast<double>(tape.inputs().size());
  return cost * (sweeps == Sweeps::kHvp ? kHvps : sweeps == Sweeps::kJvp ? kJvps : 1.0);
}

// Vectors of many nodes leave the second-level cache.
double CostInBatch(const Tape& tape) {
  constexpr Kinds kInALane = {0.25, 1.5, 0.0};
  constexpr size_t kNear = 4000;
  const double far = tape.size() > kNear ? 2.5 : 1.0;
  return far * (KindsOf(tape) * kInALane);
}

}  // namespace wengert::program
