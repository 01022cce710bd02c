#include "wengert/program/body.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "wengert/ops/ring.h"
#include "wengert/program/spine.h"

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
  return cost.Saving(iterations()) * (static_cast<double>(count) / iterations());
}

BodyReader::BodyReader(const Recording& recording, bool recurrences)
    : recording_(recording), recurrences_(recurrences), seen_(kSeen) {}

Operand BodyReader::OperandOf(int sample, uint32_t p, int k) const {
  return recording_.graph.nodes[samples_[sample] + p].operands[k];
}

Operand BodyReader::NextOperandOf(int sample, uint32_t p, int k) const {
  return OperandOf(sample, p + period_, k);
}

bool BodyReader::Read(Interval repeat, uint32_t period, uint32_t min_count, Body& body) {
  repeat_ = repeat;
  period_ = period;
  for (bool recurrence : {false, true}) {
    if (recurrence && !recurrences_) continue;
    if (ReadAs(recurrence, body) && body.count >= min_count && body.reach >= min_count) return true;
  }
  return false;
}

bool BodyReader::ReadAs(bool recurrence, Body& body) {
  // Beyond the last sample there is room for a phase and another iteration.
  const uint32_t last = repeat_.size() / period_ - 2;
  for (uint32_t s = 0; s < kSamples; ++s) {
    samples_[s] = repeat_.begin + last * (s + 1) / (kSamples + 1) * period_;
  }
  visits_ += uint64_t{2 * kSamples} * period_;
  ReadDistances(recurrence ? 2 * period_ - 1 : period_, body);
  FindLinks(body);
  if (!FindPhase(recurrence, body)) return false;
  body.is_recurrence = recurrence;
  ReadCosts(body);
  return true;
}

// The distance to an operand that is near, by two samples; 0 where it is not.
uint32_t BodyReader::AgreedDistance(uint32_t p, int k, uint32_t limit) const {
  uint32_t distances[kSamples];
  for (int s = 0; s < kSamples; ++s) {
    const Operand operand = OperandOf(s, p, k);
    distances[s] = operand.is_constant() ? 0 : samples_[s] + p - operand.index();
    if (distances[s] > limit) distances[s] = 0;
  }
  const auto [a, b, c] = distances;
  return TwoAgree(a, b, c) ? Majority(a, b, c) : 0;
}

void BodyReader::ReadDistances(uint32_t limit, Body& body) {
  body.positions.assign(period_, {});
  for (uint32_t p = 0; p < period_; ++p) {
    BodyPosition& position = body.positions[p];
    position.arity = recording_.graph.nodes[samples_[1] + p].arity();
    for (int k = 0; k < position.arity; ++k) position.distance[k] = AgreedDistance(p, k, limit);
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
      if (d == 0 || d > period_ || !recording_.IsLink(node, k) || recording_.uses[node - d] != 1)
        continue;
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

// Where iterations begin: where no value, but a sum, is used on the other side; of a recurrence,
// where the fewest are, by the fewest operands, and none two iterations later.
bool BodyReader::FindPhase(bool recurrence, Body& body) {
  const int64_t value_weight = 4 * int64_t{period_} + 1;  // more than there are operands
  const int64_t too_far = value_weight * (period_ + 2);
  longest_use_.assign(period_, 0);
  crossings_.assign(period_ + 1, 0);  // differences of what crosses each phase
  const auto add = [this](uint32_t begin, uint32_t end, int64_t weight) {
    crossings_[begin] += weight;
    crossings_[end] -= weight;
  };
  // A use of position q's value d nodes later crosses the phases q + 1 .. q + d, around the body.
  const auto cross = [&](uint32_t q, uint32_t d, int64_t weight) {
    if (d >= period_) {
      add(0, period_, weight);
      d -= period_;
      weight = too_far;
    }
    add(q + 1, std::min(q + 1 + d, period_), weight);
    if (q + 1 + d > period_) add(0, q + 1 + d - period_, weight);
  };
  for (uint32_t p = 0; p < period_; ++p) {
    const BodyPosition& position = body.positions[p];
    for (int k = 0; k < position.arity; ++k) {
      const uint32_t d = position.distance[k];
      if (d == 0 || position.link == k + 1) continue;
      const uint32_t q = (p + 2 * period_ - d) % period_;
      cross(q, d, 1);
      longest_use_[q] = std::max(longest_use_[q], d);
    }
  }
  for (uint32_t q = 0; q < period_; ++q) cross(q, longest_use_[q], value_weight);

  uint32_t best = 0;
  int64_t crossing = 0, fewest = recurrence ? too_far : 1;
  for (uint32_t phase = 0; phase < period_; ++phase) {
    crossing += crossings_[phase];
    if (crossing >= fewest) continue;
    best = phase;
    fewest = crossing;
    if (fewest == 0) break;
  }
  return fewest < (recurrence ? too_far : 1) && RotateTo(best, body);
}

bool BodyReader::RotateTo(uint32_t phase, Body& body) {
  body.first = repeat_.begin + phase;
  body.count = (repeat_.end - body.first) / period_;
  std::rotate(body.positions.begin(), body.positions.begin() + phase, body.positions.end());
  for (uint32_t& sample : samples_) sample += phase;
  for (uint32_t p = 0; p < period_; ++p) {
    BodyPosition& position = body.positions[p];
    for (int k = 0; k < position.arity; ++k) {
      if (position.distance[k] <= p) continue;
      position.carried = static_cast<uint8_t>(position.carried | 1 << k);
      if (position.link == k + 1) {
        body.positions[p + period_ - position.distance[k]].last_link = true;
      }
    }
  }
  return true;
}

void BodyReader::ReadCosts(Body& body) {
  const std::vector<bool> spine =
      body.is_recurrence ? SpineOf(body.positions) : std::vector<bool>(period_);
  const bool is_linear = body.is_recurrence && IsLinear(spine, body);
  body.reach = kNone;
  body.cost = {};
  ++bodies_;
  for (uint32_t p = 0; p < period_; ++p) {
    const BodyPosition& position = body.positions[p];
    const Node& node = recording_.graph.nodes[samples_[1] + p];
    const bool is_plain = IsPlain(node.op);
    if (spine[p]) {
      body.cost.AddSpineNode(is_plain, is_linear);
    } else {
      body.cost.AddNode(is_plain);
    }
    for (int k = 0; k < position.arity; ++k) {
      if (position.distance[k] == 0) ReadExternal(p, k, body);
    }
  }
}

// Whether the spine is linear in what it carries: sums of products of at most one of its values.
bool BodyReader::IsLinear(const std::vector<bool>& spine, const Body& body) const {
  for (uint32_t p = 0; p < period_; ++p) {
    if (!spine[p]) continue;
    const BodyPosition& position = body.positions[p];
    const Node& node = recording_.graph.nodes[samples_[1] + p];
    const auto is_of_spine = [&](int k) {
      return k >= 0 && position.distance[k] != 0 &&
             spine[(p + 2 * period_ - position.distance[k]) % period_];
    };
    const absl::Span<const RingTerm> terms = RingTermsOf(node.op);
    if (terms.empty()) return false;
    for (const RingTerm& term : terms) {
      if (is_of_spine(term.x) && is_of_spine(term.y)) return false;
    }
  }
  return true;
}

void BodyReader::ReadExternal(uint32_t p, int k, Body& body) {
  const absl::Span<const double> constants = recording_.graph.constants;
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
  int64_t strides[kSamples];
  bool are_leaves = false;
  for (int s = 0; s < kSamples; ++s) {
    const Operand here = OperandOf(s, p, k), next = NextOperandOf(s, p, k);
    if (here.is_constant() || next.is_constant()) return LoopCost::kGather;
    strides[s] = int64_t{next.index()} - here.index();
    are_leaves |= recording_.graph.nodes[here.index()].is_leaf();
  }
  const auto [a, b, c] = strides;
  // The nodes of another loop at one position of its body will be consecutive, whatever its period.
  if (TwoAgree(a, b, c) && (!are_leaves || Majority(a, b, c) == 1)) return LoopCost::kConsecutive;
  return LoopCost::kGather;
}

// Whether this body doesn't load the operand yet, as far as is remembered.
bool BodyReader::IsNewHere(Operand operand) {
  if (operand.is_constant()) return true;
  const std::pair<uint32_t, uint32_t> load(bodies_, operand.index());
  return std::exchange(seen_[operand.index() % kSeen], load) != load;
}

}  // namespace wengert::program
