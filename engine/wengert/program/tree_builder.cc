#include "wengert/program/tree_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "wengert/program/limits.h"
#include "wengert/program/loop_cost.h"

namespace wengert::program {
namespace {

constexpr size_t kLargestGroup = 8;
constexpr size_t kFewestGroups = 8;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kHuge = 0x1p900, kTiny = 0x1p-900;
constexpr double kSmallestProduct = 0x1p-700;
constexpr double kLargestLog = 0x1p20;

size_t GroupOf(size_t parts) { return std::min(parts / kFewestGroups, kLargestGroup); }

// What is checked beside the result, by the operation's traits.
enum class Doubt { kTies, kProducts, kNorms, kLogs };

Doubt DoubtOf(Op op) {
  const bool is_curved = HasTrait(op, kCurvedA) || HasTrait(op, kCurvedAB);
  if (HasTrait(op, kKink)) return is_curved ? Doubt::kNorms : Doubt::kTies;
  return HasTrait(op, kRing) ? Doubt::kProducts : Doubt::kLogs;
}

bool IsStartInRange(Doubt doubt, double start) {
  const double size = std::abs(start);
  if (doubt == Doubt::kNorms) return size == 0.0 || (size > kTiny && size < kHuge);
  // Along with the products of terms.
  if (doubt == Doubt::kProducts) return size > 0x1p-100 && size < 0x1p100;
  return size < (doubt == Doubt::kLogs ? kLargestLog : kInfinity);
}

// Operations beside those of the tree, a term.
int NodesOfBound(Doubt doubt) {
  return doubt == Doubt::kProducts ? 3 : doubt == Doubt::kNorms ? 2 : 0;
}

// The loop of a level over the terms themselves.
LoopCost CostOfLevel(const LongChain& chain, size_t group, double reading) {
  const int bounds = NodesOfBound(DoubtOf(chain.op));
  LoopCost cost;
  for (size_t k = 0; k < group; ++k) {
    cost.AddOperand(reading);
    if (k > 0) cost.AddNode(IsPlain(chain.op));
    for (int b = 0; b < bounds; ++b) cost.AddNode(true);
  }
  return cost;
}

// The ties of each term with the result, and their sum.
LoopCost CostOfCount(double reading) {
  LoopCost cost;
  cost.AddOperand(reading);
  cost.AddNode(true);
  cost.AddNode(true);
  return cost;
}

double Cost(const LoopCost& cost, size_t count) {
  return cost.scalar * static_cast<double>(count) - cost.Saving(static_cast<uint32_t>(count));
}

}  // namespace

bool IsTreeCheaper(const LongChain& chain, absl::Span<const TermPiece> pieces) {
  const Doubt doubt = DoubtOf(chain.op);
  if (chain.start.has_value() && !IsStartInRange(doubt, *chain.start)) return false;
  double chain_cost = 0.0, tree_cost = 0.0;
  for (const TermPiece& piece : pieces) {
    const size_t terms = piece.terms.size(), group = GroupOf(terms);
    chain_cost += LoopCost::Alone(IsPlain(chain.op)) * static_cast<double>(terms);
    const double reading = piece.is_even ? LoopCost::kConsecutive : LoopCost::kGather;
    size_t left = terms;
    if (group >= 2) {
      tree_cost += Cost(CostOfLevel(chain, group, reading), terms / group);
      left = terms / group + terms % group;
    }
    tree_cost += LoopCost::Alone(IsPlain(chain.op)) * static_cast<double>(left);
    if (doubt == Doubt::kTies) tree_cost += Cost(CostOfCount(reading), terms);
  }
  return tree_cost < chain_cost;
}

bool HoldsWhereRecorded(const LongChain& chain, const Tape& tape) {
  if (DoubtOf(chain.op) != Doubt::kProducts) return true;
  const absl::Span<const double> primals = tape.primals();
  double above = 0.0, below = 0.0;
  for (Operand term : chain.terms) {
    const double size = std::log2(std::abs(primals[term.index()]));
    (size > 0.0 ? above : below) += std::abs(size);
  }
  return std::max(above, below) < -std::log2(kSmallestProduct) / 2.0;
}

TreeBuilder::TreeBuilder(Op op, RecordedGraph::Store& store, std::vector<Run>& runs)
    : op_(op), store_(store), runs_(runs), one_(Constant(1.0)) {}

Operand TreeBuilder::Append(Op op, Operand a, Operand b) {
  const Operand appended = Operand::Node(NextIndex(store_.nodes.size()));
  store_.nodes.push_back({op, {a, b}});
  return appended;
}

Operand TreeBuilder::Constant(double value) {
  const Operand constant = Operand::Constant(NextIndex(store_.constants.size()));
  store_.constants.push_back(value);
  return constant;
}

TreeBuilder::Part TreeBuilder::BoundedPart(Operand term) {
  switch (DoubtOf(op_)) {
    case Doubt::kProducts:
      return {term, Append(Op::kMax, Append(Op::kAbs, term), one_)};
    case Doubt::kNorms:
      return {term, Append(Op::kAbs, term)};
    default:
      return {term, {}};
  }
}

TreeBuilder::Part TreeBuilder::Joined(const Part& a, const Part& b) {
  const Operand value = Append(op_, a.value, b.value);
  switch (DoubtOf(op_)) {
    case Doubt::kProducts:
      return {value, Append(Op::kMul, a.bound, b.bound)};
    case Doubt::kNorms:
      return {value, Append(Op::kMin, a.bound, b.bound)};
    default:
      return {value, {}};
  }
}

void TreeBuilder::AddRun(size_t first, size_t count, std::vector<uint8_t> links) {
  Run run;
  run.first = static_cast<uint32_t>(first);
  run.count = static_cast<uint32_t>(count);
  run.period = static_cast<uint32_t>((store_.nodes.size() - first) / count);
  run.links = std::move(links);
  run.links.resize(run.period);
  runs_.push_back(std::move(run));
}

TreeBuilder::Parts TreeBuilder::Level(const Parts& parts, bool are_terms) {
  const auto part = [&](size_t k) { return are_terms ? BoundedPart(parts[k].value) : parts[k]; };
  const size_t group = GroupOf(parts.size());
  Parts results;
  size_t used = 0;
  if (group >= 2) {
    const size_t groups = parts.size() / group, first = store_.nodes.size();
    for (size_t i = 0; i < groups; ++i) {
      Part all = part(i);
      for (size_t q = 1; q < group; ++q) all = Joined(all, part(i + q * groups));
      results.push_back(all);
    }
    AddRun(first, groups);
    used = groups * group;
  }
  for (size_t k = used; k < parts.size(); ++k) results.push_back(part(k));
  return results;
}

// By single nodes, which wait less for each other in pairs.
TreeBuilder::Part TreeBuilder::Rest(Parts parts) {
  while (parts.size() > 1) {
    Parts pairs;
    for (size_t k = 0; k + 1 < parts.size(); k += 2)
      pairs.push_back(Joined(parts[k], parts[k + 1]));
    if (parts.size() % 2 == 1) pairs.push_back(parts.back());
    parts = std::move(pairs);
  }
  return parts.front();
}

Operand TreeBuilder::Grow(std::optional<double> start, absl::Span<const TermPiece> pieces) {
  Parts parts;
  for (const TermPiece& piece : pieces) {
    Parts terms;
    for (Operand term : piece.terms) terms.push_back({term, {}});
    const Parts results = Level(terms, true);
    parts.insert(parts.end(), results.begin(), results.end());
  }
  while (GroupOf(parts.size()) >= 2) parts = Level(parts, false);
  const Part all = Rest(std::move(parts));
  const Operand result = start.has_value() ? Append(op_, Constant(*start), all.value) : all.value;
  switch (DoubtOf(op_)) {
    case Doubt::kTies:
      CheckTies(start, result, pieces);
      break;
    case Doubt::kProducts:
      CheckProduct(all);
      break;
    case Doubt::kNorms:
      CheckNorm(all.bound, result);
      break;
    case Doubt::kLogs:
      checks_.push_back(Append(Op::kLess, Append(Op::kAbs, result), Constant(kLargestLog)));
      break;
  }
  return result;
}

Operand TreeBuilder::CountOf(Operand value, Operand sum, absl::Span<const Operand> terms) {
  const size_t first = store_.nodes.size();
  for (Operand term : terms) sum = Append(Op::kAdd, sum, Append(Op::kEqual, term, value));
  if (terms.size() >= kFewestGroups) AddRun(first, terms.size(), {0, 1});
  return sum;
}

void TreeBuilder::CheckTies(std::optional<double> start, Operand result,
                            absl::Span<const TermPiece> pieces) {
  Operand ties = Constant(0.0);
  if (start.has_value()) ties = Append(Op::kEqual, Constant(*start), result);
  for (const TermPiece& piece : pieces) ties = CountOf(result, ties, piece.terms);
  const Operand from_one_or_two = Append(Op::kAbs, Append(Op::kSub, ties, Constant(1.5)));
  checks_.push_back(Append(Op::kLess, from_one_or_two, one_));
}

void TreeBuilder::CheckProduct(const Part& all) {
  const Operand least = Append(Op::kMul, Constant(kSmallestProduct), all.bound);
  checks_.push_back(Append(Op::kLess, least, Append(Op::kAbs, all.value)));
}

void TreeBuilder::CheckNorm(Operand least_term, Operand result) {
  checks_.push_back(Append(Op::kLess, Constant(kTiny), least_term));
  checks_.push_back(Append(Op::kLess, result, Constant(kHuge)));
}

}  // namespace wengert::program
