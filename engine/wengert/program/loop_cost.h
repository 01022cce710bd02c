#ifndef WENGERT_PROGRAM_LOOP_COST_H_
#define WENGERT_PROGRAM_LOOP_COST_H_

// What a gradient by a loop in lanes costs beside one by single nodes. Inner and outer loops are
// chosen by it; it need not be right, only to rank them rightly. In nanoseconds, roughly:
//
//   loop(count) = kSetUp + instructions * (kDispatch * blocks + kLane * lanes) + operands * lanes
//
// blocks of kBlockLanes iterations; lanes: the iterations, in full packs. The body's length decides
// where there are few iterations, what the operands cost where there are many: one that is the same
// node in all iterations is a broadcast, whose adjoint is summed up; consecutive inputs, or nodes
// of another loop, are loaded and their adjoints added as vectors; anything else is gathered and
// scattered. bench/replay and bench/reroll are what the numbers are to be compared with.

#include <algorithm>
#include <cstdint>

#include "wengert/ops/op.h"

namespace wengert::program {

// A few operations of the processor, no call into a library. Of two operands, only arithmetic
// shares records.
inline bool IsPlain(Op op) {
  return HasTrait(op, kRing) || HasTrait(op, kCheap) || HasTrait(op, kKink) ||
         (ArityOf(op) == 2 && HasTrait(op, kJoins));
}

struct LoopCost {
  static constexpr uint32_t kBlockLanes = 128;
  static constexpr uint32_t kPackLanes = 8;
  static constexpr double kSetUp = 30.0;           // of a loop
  static constexpr double kScalarNode = 4.0;       // a node outside of loops, there and back
  static constexpr double kScalarFunction = 20.0;  // the same of a call
  static constexpr double kDispatch = 4.0;         // of an instruction, on each block
  static constexpr double kLane = 0.1;             // of a node in a lane, there and back
  static constexpr double kLaneFunction = 1.5;     // the same of a call
  static constexpr double kConstant = 0.05;        // of an operand in a lane: a different constant
  static constexpr double kUniform = 0.03;         // one node for all iterations
  static constexpr double kConsecutive = 0.15;     // consecutive nodes
  static constexpr double kGather = 1.0;           // any nodes
  static constexpr double kFar = 0.04;             // of an instruction in a lane, where the values
  static constexpr double kNearBytes = 1 << 22;    // of a block take more than these

  // A node of a recurrence's spine, beside one outside of loops: of a spine that is linear in what
  // it carries, which becomes a multiply-add, and of any other, which is interpreted.
  static constexpr double kLinearSpine = 0.3, kSpine = 1.7;

  void AddNode(bool is_plain) {
    scalar += Alone(is_plain);
    lane += is_plain ? kLane : kLaneFunction;
    instructions += 1;
  }
  void AddSpineNode(bool is_plain, bool is_linear) {
    scalar += Alone(is_plain);
    lane += (is_linear ? kLinearSpine : kSpine) * Alone(is_plain);
  }
  void AddOperand(double cost) {
    lane += cost;
    instructions += 1;
  }

  // What `count` iterations in lanes save.
  double Saving(uint32_t count) const {
    const double blocks = (count + kBlockLanes - 1) / kBlockLanes;
    const double lanes = (count + kPackLanes - 1) / kPackLanes * kPackLanes;
    const bool is_far = instructions * std::min<double>(lanes, kBlockLanes) * 8.0 > kNearBytes;
    const double each = lane + (is_far ? kFar * instructions : 0.0);
    return scalar * count - (kSetUp + kDispatch * instructions * blocks + each * lanes);
  }

  // What a node of `count` iterations in lanes costs, and what it costs at least whatever its body
  // of `period` nodes is.
  double EachNode(uint32_t period, uint32_t count) const {
    return scalar / period - Saving(count) / (static_cast<double>(period) * count);
  }
  static double EachNodeAtLeast(uint32_t period, uint32_t count) {
    const double blocks = (count + kBlockLanes - 1) / kBlockLanes;
    return kLane + (kSetUp / period + kDispatch * blocks) / count;
  }

  static double Alone(bool is_plain) { return is_plain ? kScalarNode : kScalarFunction; }

  double scalar = 0.0;        // an iteration of single nodes
  double lane = 0.0;          // an iteration in a lane
  double instructions = 0.0;  // of the body
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LOOP_COST_H_
