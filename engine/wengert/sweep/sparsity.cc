#include "wengert/sweep/sparsity.h"

#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "wengert/sweep/node_set.h"

namespace wengert {
namespace {

constexpr size_t kBlock = 64;                  // rows a mask
constexpr uint32_t kParameter = ~uint32_t{0};  // in place of an independent's number
constexpr size_t kCopied = ~size_t{0};         // in place of an operand's number

// f(k, node) for the operands of a node that are nodes. A user-defined operation without a pattern
// is one operation of all operands, its first output, from which the others are copies; with one,
// each output is an operation of its own row of operands.
template <class F>
void ForCallOperands(const View& view, uint32_t i, F f) {
  const CustomCall& call = view.CallOf(view.nodes[i]);
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  const auto visit = [&](size_t k) {
    if (!operands[k].is_constant()) f(k, operands[k].index());
  };
  if (call.rules->jacobian.has_value()) {
    for (uint32_t k : call.rules->jacobian->Row(i - call.first)) visit(k);
  } else if (i == call.first) {
    for (size_t k = 0; k < operands.size(); ++k) visit(k);
  } else {
    f(kCopied, call.first);
  }
}

template <class F>
void ForActiveOperandsOf(const View& view, uint32_t i, F f) {
  const Node& node = view.nodes[i];
  if (node.op == Op::kCustom) return ForCallOperands(view, i, f);
  const absl::Span<const Operand> operands = node.arguments();
  for (size_t k = 0; k < operands.size(); ++k) {
    if (!operands[k].is_constant()) f(k, operands[k].index());
  }
}

// For every pair of operands whose mixed second partial can be non-zero: its trait, its operands.
struct Curvature {
  OpTraits trait;
  size_t left, right;
};
constexpr Curvature kCurvatures[] = {{kCurvedA, 0, 0},  {kCurvedAB, 0, 1}, {kCurvedB, 1, 1},
                                     {kCurvedAC, 0, 2}, {kCurvedBC, 1, 2}, {kCurvedC, 2, 2}};

bool IsCurvedIn(const View& view, size_t i, size_t k) {
  const Node& node = view.nodes[i];
  if (node.op == Op::kCustom) {
    const std::optional<SparsityPattern>& hessian = view.CallOf(node).rules->hessian;
    return k != kCopied && (!hessian.has_value() || !hessian->Row(k).empty());
  }
  for (const Curvature& each : kCurvatures) {
    if (HasTrait(node.op, each.trait) && (each.left == k || each.right == k)) return true;
  }
  return false;
}

// The rows of a block while they are found, largest column first.
class RowBlock {
 public:
  void Add(uint64_t rows, uint32_t column) {
    if (column == kParameter) return;
    for (; rows != 0; rows &= rows - 1) {
      rows_[static_cast<size_t>(std::countr_zero(rows))].push_back(column);
    }
  }
  void MoveTo(SparsityPattern& pattern, size_t count) {
    for (size_t k = 0; k < count; ++k) {
      pattern.column.insert(pattern.column.end(), rows_[k].rbegin(), rows_[k].rend());
      pattern.row_begin.push_back(pattern.column.size());
      rows_[k].clear();
    }
  }

 private:
  std::array<std::vector<uint32_t>, kBlock> rows_;
};

// The number of each independent, by its node; kParameter for an input that isn't one of the view.
std::vector<uint32_t> InputNumbers(const View& view) {
  std::vector<uint32_t> numbers(view.nodes.size(), kParameter);
  for (size_t k = 0; k < view.inputs.size(); ++k) {
    numbers[view.inputs[k]] = static_cast<uint32_t>(k);
  }
  return numbers;
}

// What the Hessian sweeps need to know of every node.
struct CurvatureMap {
  std::vector<bool> feeds;         // a live curved operation is computed from it
  std::vector<size_t> user_begin;  // the live operations through which it does
  std::vector<uint32_t> users;
};

template <class F>
void ForFeedingEdges(const View& view, const std::vector<bool>& live,
                     const std::vector<bool>& feeds, F f) {
  for (size_t i = view.nodes.size(); i > 0;) {
    --i;
    const Node& node = view.nodes[i];
    if (!live[i] || HasTrait(node.op, kFlat)) continue;
    ForActiveOperandsOf(view, static_cast<uint32_t>(i), [&](size_t k, uint32_t operand) {
      if (feeds[i] || IsCurvedIn(view, i, k)) f(i, operand);
    });
  }
}

std::vector<bool> LiveNodes(const View& view, absl::Span<const Operand> dependents) {
  std::vector<bool> live(view.nodes.size());
  for (Operand y : dependents) {
    if (!y.is_constant()) live[y.index()] = true;
  }
  for (size_t i = live.size(); i > 0;) {
    --i;
    if (!live[i] || HasTrait(view.nodes[i].op, kFlat)) continue;
    ForActiveOperandsOf(view, static_cast<uint32_t>(i),
                        [&](size_t, uint32_t operand) { live[operand] = true; });
  }
  return live;
}

CurvatureMap MapCurvature(const View& view, absl::Span<const Operand> dependents) {
  const std::vector<bool> live = LiveNodes(view, dependents);
  CurvatureMap map;
  map.feeds.resize(view.nodes.size());
  map.user_begin.resize(view.nodes.size() + 1);
  ForFeedingEdges(view, live, map.feeds, [&](size_t, uint32_t operand) {
    map.feeds[operand] = true;
    ++map.user_begin[operand + 1];
  });
  for (size_t i = 0; i < view.nodes.size(); ++i) map.user_begin[i + 1] += map.user_begin[i];
  map.users.resize(map.user_begin.back());
  std::vector<size_t> next = map.user_begin;
  ForFeedingEdges(view, live, map.feeds, [&](size_t user, uint32_t operand) {
    map.users[next[operand]++] = static_cast<uint32_t>(user);
  });
  return map;
}

// A Hessian-vector sweep over sets, for a block of inputs at a time: `moves_` is which of them a
// node's tangent depends on, `rows_of_` on which of them its adjoint's tangent does. Tangents are
// followed only where they lead to curvature, so a long sum at the end of a function costs nothing.
class HessianSweep {
 public:
  HessianSweep(const View& view, absl::Span<const Operand> dependents)
      : view_(view),
        map_(MapCurvature(view, dependents)),
        moves_(view.nodes.size()),
        rows_of_(view.nodes.size()),
        moving_(view.nodes.size()),
        reached_(view.nodes.size()) {}

  // f(rows, node) for every input node of a block's rows.
  template <class F>
  void Sweep(size_t first, size_t count, F f) {
    for (size_t k = 0; k < count; ++k) {
      const uint32_t input = view_.inputs[first + k];
      if (!map_.feeds[input]) continue;
      moves_[input] = uint64_t{1} << k;
      moving_.Insert(input);
    }
    moving_.Ascend([&](uint32_t i) { Move(i); });
    reached_.Descend([&](uint32_t i) {
      const uint64_t rows = std::exchange(rows_of_[i], 0);
      if (view_.nodes[i].op == Op::kInput) f(rows, i);
      Push(i, rows);
    });
    for (uint32_t i : moved_) moves_[i] = 0;
    moved_.clear();
  }

  size_t visits() const { return visits_; }

 private:
  void Move(uint32_t i) {
    ++visits_;
    moved_.push_back(i);
    for (size_t edge = map_.user_begin[i]; edge < map_.user_begin[i + 1]; ++edge) {
      const uint32_t user = map_.users[edge];
      reached_.Insert(user);
      if (!map_.feeds[user]) continue;
      moves_[user] |= moves_[i];
      moving_.Insert(user);
    }
  }

  // y_bar_dot partial + y_bar partial_dot, in sets: what comes from above goes to every operand,
  // and where an operand's partial moves, new rows join.
  void Push(uint32_t i, uint64_t rows) {
    ++visits_;
    const Node& node = view_.nodes[i];
    if (HasTrait(node.op, kFlat)) return;
    if (node.op == Op::kCustom) return PushCall(i, rows);
    std::array<uint64_t, 3> moves = {}, contribution = {rows, rows, rows};
    ForActiveOperandsOf(view_, i, [&](size_t k, uint32_t operand) { moves[k] = moves_[operand]; });
    for (const Curvature& each : kCurvatures) {
      if (!HasTrait(node.op, each.trait)) continue;
      contribution[each.left] |= moves[each.right];
      contribution[each.right] |= moves[each.left];
    }
    ForActiveOperandsOf(view_, i,
                        [&](size_t k, uint32_t operand) { Reach(operand, contribution[k]); });
  }

  // Without a Hessian's pattern every operand bends every other.
  void PushCall(uint32_t i, uint64_t rows) {
    const CustomCall& call = view_.CallOf(view_.nodes[i]);
    const absl::Span<const Operand> operands = view_.OperandsOf(call);
    const std::optional<SparsityPattern>& hessian = call.rules->hessian;
    uint64_t any = 0;
    call_moves_.assign(operands.size(), 0);
    ForCallOperands(view_, i, [&](size_t k, uint32_t operand) {
      if (k == kCopied) return;
      call_moves_[k] = moves_[operand];
      any |= moves_[operand];
    });
    ForCallOperands(view_, i, [&](size_t k, uint32_t operand) {
      uint64_t contribution = rows;
      if (k != kCopied && hessian.has_value()) {
        for (uint32_t other : hessian->Row(k)) contribution |= call_moves_[other];
      } else if (k != kCopied) {
        contribution |= any;
      }
      Reach(operand, contribution);
    });
  }

  void Reach(uint32_t operand, uint64_t rows) {
    if (rows == 0) return;
    rows_of_[operand] |= rows;
    reached_.Insert(operand);
  }

  const View& view_;
  const CurvatureMap map_;
  std::vector<uint64_t> moves_, rows_of_;
  std::vector<uint64_t> call_moves_;  // of a call's operands
  std::vector<uint32_t> moved_;
  NodeSet moving_, reached_;
  size_t visits_ = 0;
};

}  // namespace

SparsityPattern Transposed(const SparsityPattern& pattern) {
  SparsityPattern result;
  result.columns = pattern.rows();
  result.row_begin.assign(pattern.columns + 1, 0);
  result.column.resize(pattern.size());
  for (uint32_t j : pattern.column) ++result.row_begin[j + 1];
  for (size_t j = 0; j < pattern.columns; ++j) result.row_begin[j + 1] += result.row_begin[j];
  std::vector<size_t> next = result.row_begin;
  for (size_t i = 0; i < pattern.rows(); ++i) {
    for (uint32_t j : pattern.Row(i)) result.column[next[j]++] = static_cast<uint32_t>(i);
  }
  return result;
}

SparsityPattern JacobianPattern(const View& view, absl::Span<const Operand> dependents,
                                size_t* visits) {
  const std::vector<uint32_t> input_number = InputNumbers(view);
  std::vector<uint64_t> rows_of(view.nodes.size());
  NodeSet reached(view.nodes.size());
  RowBlock block;
  SparsityPattern pattern;
  pattern.columns = view.inputs.size();
  size_t visited = 0;
  for (size_t first = 0; first < dependents.size(); first += kBlock) {
    const size_t count = std::min(kBlock, dependents.size() - first);
    for (size_t k = 0; k < count; ++k) {
      const Operand y = dependents[first + k];
      if (y.is_constant()) continue;
      rows_of[y.index()] |= uint64_t{1} << k;
      reached.Insert(y.index());
    }
    reached.Descend([&](uint32_t i) {
      ++visited;
      const uint64_t rows = std::exchange(rows_of[i], 0);
      const Node& node = view.nodes[i];
      if (node.op == Op::kInput) block.Add(rows, input_number[i]);
      if (HasTrait(node.op, kFlat)) return;
      ForActiveOperandsOf(view, i, [&](size_t, uint32_t operand) {
        rows_of[operand] |= rows;
        reached.Insert(operand);
      });
    });
    block.MoveTo(pattern, count);
  }
  if (visits != nullptr) *visits += visited;
  return pattern;
}

SparsityPattern HessianPattern(const View& view, absl::Span<const Operand> dependents,
                               size_t* visits) {
  const std::vector<uint32_t> input_number = InputNumbers(view);
  HessianSweep sweep(view, dependents);
  RowBlock block;
  SparsityPattern pattern;
  pattern.columns = view.inputs.size();
  for (size_t first = 0; first < view.inputs.size(); first += kBlock) {
    const size_t count = std::min(kBlock, view.inputs.size() - first);
    sweep.Sweep(first, count,
                [&](uint64_t rows, uint32_t node) { block.Add(rows, input_number[node]); });
    block.MoveTo(pattern, count);
  }
  if (visits != nullptr) *visits += sweep.visits();
  return pattern;
}

}  // namespace wengert
