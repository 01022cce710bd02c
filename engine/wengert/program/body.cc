#include "wengert/program/body.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace wengert::program {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

// What two of three agree on; any of them where all differ.
template <class T>
T Majority(T a, T b, T c) {
  return a == b || a == c ? a : b;
}

template <class T>
bool TwoAgree(T a, T b, T c) {
  return a == b || a == c || b == c;
}

uint32_t Median(uint32_t a, uint32_t b, uint32_t c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

}  // namespace

double Body::Saving() const {
  const uint32_t run = std::min(count, reach);
  return cost.Saving(run) * (static_cast<double>(count) / run);
}

BodyReader::BodyReader(const Recording& recording)
    : recording_(recording), seen_in_(recording.size(), 0) {}

Operand BodyReader::OperandOf(int sample, uint32_t p, int k) const {
  return recording_.graph.nodes[samples_[sample] + p].operands[k];
}

Operand BodyReader::NextOperandOf(int sample, uint32_t p, int k) const {
  return OperandOf(sample, p + period_, k);
}

bool BodyReader::Read(Interval repeat, uint32_t period, uint32_t min_count, Body& body) {
  repeat_ = repeat;
  period_ = period;
  // Beyond the last sample there is room for a phase and another iteration.
  const uint32_t last = repeat.size() / period - 2;
  for (uint32_t s = 0; s < kSamples; ++s) {
    samples_[s] = repeat.begin + last * (s + 1) / (kSamples + 1) * period;
  }
  visits_ += uint64_t{2 * kSamples} * period;

  body.reach = kNone;
  body.cost = {};
  ReadDistances(body);
  FindLinks(body);
  if (!FindPhase(body) || body.count < min_count) return false;
  ReadExternals(body);
  return body.reach >= min_count;
}

// The distance to a local operand, by two samples; 0 where there is none.
uint32_t BodyReader::AgreedDistance(uint32_t p, int k) const {
  uint32_t distances[kSamples];
  for (int s = 0; s < kSamples; ++s) {
    const Operand operand = OperandOf(s, p, k);
    distances[s] = operand.is_constant() ? 0 : samples_[s] + p - operand.index();
    if (distances[s] > period_) distances[s] = 0;
  }
  const auto [a, b, c] = distances;
  return TwoAgree(a, b, c) ? Majority(a, b, c) : 0;
}

void BodyReader::ReadDistances(Body& body) {
  body.positions.assign(period_, {});
  for (uint32_t p = 0; p < period_; ++p) {
    BodyPosition& position = body.positions[p];
    const Instruction& node = recording_.graph.nodes[samples_[1] + p];
    position.arity = node.arity();
    body.cost.AddNode(node.partial < 0 && HasTrait(node.op, kRing));
    for (int k = 0; k < position.arity; ++k) position.distance[k] = AgreedDistance(p, k);
  }
}

// A value that is only used as an addend leads to the node that adds it; a sum that goes through
// the iterations is a circle of such steps, once around the body.
void BodyReader::FindLinks(Body& body) {
  next_link_.assign(period_, kNone);
  next_operand_.resize(period_);
  const auto before = [this](uint32_t p, uint32_t d) { return p >= d ? p - d : p + period_ - d; };
  for (uint32_t p = 0; p < period_; ++p) {
    const BodyPosition& position = body.positions[p];
    for (int k = 0; k < position.arity; ++k) {
      const uint32_t d = position.distance[k];
      const uint32_t node = samples_[1] + p;
      if (d == 0 || !recording_.IsLink(node, k) || recording_.uses[node - d] != 1) continue;
      next_link_[before(p, d)] = p;
      next_operand_[before(p, d)] = static_cast<uint8_t>(k);
    }
  }
  walk_.assign(period_, kNone);
  for (uint32_t start = 0; start < period_; ++start) {
    uint32_t p = start;
    while (p != kNone && walk_[p] == kNone) {
      walk_[p] = start;
      p = next_link_[p];
    }
    if (p == kNone || walk_[p] != start) continue;
    const uint32_t circle = p;
    uint64_t around = 0;
    do {
      const int k = next_operand_[p];
      p = next_link_[p];
      around += body.positions[p].distance[k];
    } while (p != circle);
    if (around != period_) continue;
    do {
      const int k = next_operand_[p];
      p = next_link_[p];
      body.positions[p].link = static_cast<uint8_t>(1 + k);
    } while (p != circle);
  }
}

// Where iterations begin: where no local operand, but the sum so far, would be on the other side.
bool BodyReader::FindPhase(Body& body) {
  crossings_.assign(period_ + 1, 0);  // differences of how many operands would be
  for (uint32_t p = 0; p < period_; ++p) {
    const BodyPosition& position = body.positions[p];
    for (int k = 0; k < position.arity; ++k) {
      const uint32_t d = position.distance[k];
      if (d == 0 || position.link == k + 1) continue;
      if (d == period_) return false;
      // The phases p - d + 1 .. p, around the body.
      ++crossings_[p >= d ? p - d + 1 : 0];
      --crossings_[p + 1];
      if (p < d) {
        ++crossings_[p + period_ - d + 1];
        --crossings_[period_];
      }
    }
  }
  uint32_t phase = 0;
  int64_t crossing = 0;
  while (phase < period_ && (crossing += crossings_[phase]) != 0) ++phase;
  if (phase == period_) return false;

  body.first = repeat_.begin + phase;
  body.count = (repeat_.end - body.first) / period_;
  std::rotate(body.positions.begin(), body.positions.begin() + phase, body.positions.end());
  for (uint32_t& sample : samples_) sample += phase;
  for (uint32_t p = 0; p < period_; ++p) {
    BodyPosition& position = body.positions[p];
    if (position.link == 0) continue;
    const uint32_t d = position.distance[position.link - 1];
    position.carried = d > p;
    if (position.carried) body.positions[p + period_ - d].last_link = true;
  }
  return true;
}

void BodyReader::ReadExternals(Body& body) {
  ++bodies_;
  for (uint32_t p = 0; p < period_; ++p) {
    const BodyPosition& position = body.positions[p];
    for (int k = 0; k < position.arity; ++k) {
      if (position.distance[k] == 0) ReadExternal(p, k, body);
    }
  }
}

void BodyReader::ReadExternal(uint32_t p, int k, Body& body) {
  const std::vector<double>& constants = recording_.graph.constants;
  const Operand a = OperandOf(0, p, k), b = OperandOf(1, p, k), c = OperandOf(2, p, k);
  if (Majority(a.is_constant(), b.is_constant(), c.is_constant())) {
    const auto bits = [&](Operand operand) {
      return operand.is_constant() ? std::bit_cast<uint64_t>(constants[operand.index()]) : 0;
    };
    if (bits(a) != bits(b) || bits(a) != bits(c)) body.cost.AddOperand(LoopCost::kConstant);
    return;
  }
  if (TwoAgree(a, b, c)) {
    body.cost.AddOperand(LoopCost::kUniform);
    return;
  }
  uint32_t reach[kSamples];
  for (int s = 0; s < kSamples; ++s) {
    const Operand operand = OperandOf(s, p, k);
    const bool is_outside = operand.is_constant() || operand.index() < repeat_.begin;
    reach[s] = is_outside ? kNone : (samples_[s] + p - operand.index()) / period_;
  }
  body.reach = std::min(body.reach, Median(reach[0], reach[1], reach[2]));
  if (IsNewHere(b)) body.cost.AddOperand(CostOfNodes(p, k));
}

// Of nodes that differ from iteration to iteration.
double BodyReader::CostOfNodes(uint32_t p, int k) {
  uint32_t strides[kSamples];
  bool are_leaves = false;
  for (int s = 0; s < kSamples; ++s) {
    const Operand here = OperandOf(s, p, k), next = NextOperandOf(s, p, k);
    if (here.is_constant() || next.is_constant()) return LoopCost::kGather;
    strides[s] = next.index() - here.index();
    are_leaves |= recording_.graph.nodes[here.index()].is_leaf();
  }
  const auto [a, b, c] = strides;
  // The nodes of another loop at one position of its body will be consecutive, whatever its period.
  if (TwoAgree(a, b, c) && (!are_leaves || Majority(a, b, c) == 1)) return LoopCost::kConsecutive;
  return LoopCost::kGather;
}

// Whether this body doesn't load the operand yet.
bool BodyReader::IsNewHere(Operand operand) {
  if (operand.is_constant()) return true;
  return std::exchange(seen_in_[operand.index()], bodies_) != bodies_;
}

}  // namespace wengert::program
