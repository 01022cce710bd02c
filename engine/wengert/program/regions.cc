#include "wengert/program/regions.h"

#include "wengert/program/large_array.h"

namespace wengert::program {

Regions::Regions(const Recording& recording, const LongSums& sums)
    : recording_(recording), sums_(sums) {
  CollectMembers(FindRoots());
}

// Notes of each node the root of its region; answers how many nodes each region has, by its root.
std::vector<uint32_t> Regions::FindRoots() {
  const absl::Span<const Node> nodes = recording_.graph.nodes;
  constexpr uint32_t kMany = kNone - 1;
  auto user = LargeArray<uint32_t>(nodes.size(), kNone);
  auto sizes = LargeArray<uint32_t>(nodes.size());
  for (Operand root : recording_.graph.roots) {
    if (!root.is_constant()) user[root.index()] = kMany;
  }
  region_ = LargeArray<uint32_t>(nodes.size(), kNone);
  for (uint32_t i = static_cast<uint32_t>(nodes.size()); i > 0;) {
    --i;
    if (nodes[i].is_leaf()) continue;
    const bool is_inside = user[i] < kMany && !sums_.IsLink(i) && sizes[user[i]] < kMostMembers;
    const uint32_t root = region_[i] = is_inside ? user[i] : i;
    ++sizes[root];
    const int arity = nodes[i].arity();
    for (int k = 0; k < arity; ++k) {
      const Operand x = nodes[i].operands[k];
      if (x.is_constant()) continue;
      uint32_t& of_x = user[x.index()];
      const bool is_first = of_x == kNone || of_x == root;
      of_x = is_first && !sums_.IsSoFar(i, k) ? root : kMany;
    }
  }
  return sizes;
}

void Regions::CollectMembers(std::vector<uint32_t> sizes) {
  const auto nodes = static_cast<uint32_t>(region_.size());
  std::vector<uint32_t>& number = sizes;  // in place of a root's size, once that is read
  begin_ = {0};
  for (uint32_t i = 0; i < nodes; ++i) {
    if (region_[i] != i) continue;
    begin_.push_back(begin_.back() + sizes[i]);
    number[i] = static_cast<uint32_t>(begin_.size() - 2);
  }
  members_ = LargeArray<uint32_t>(begin_.back());
  position_ = LargeArray<uint32_t>(nodes);
  std::vector<uint32_t> next(begin_.size());
  for (uint32_t i = 0; i < nodes; ++i) {
    if (region_[i] == kNone) continue;
    region_[i] = number[region_[i]];
    position_[i] = next[region_[i]]++;
    members_[begin_[region_[i]] + position_[i]] = i;
  }
}

// What operand k of a member is, in a number: the place of another member, the sum so far, or what
// comes from outside.
uint32_t Regions::WordOf(uint32_t r, uint32_t node, int k) const {
  constexpr uint32_t kOutside = kNone, kSoFar = kNone - 1;
  if (sums_.IsSoFar(node, k)) return kSoFar;
  const Operand x = recording_.graph.nodes[node].operands[k];
  return IsInside(r, x) ? position_[x.index()] : kOutside;
}

bool Regions::AreAlike(uint32_t r, uint32_t s) const {
  const absl::Span<const uint32_t> of_r = MembersOf(r), of_s = MembersOf(s);
  if (of_r.size() != of_s.size() || sums_.SumAt(of_r.back()) != sums_.SumAt(of_s.back())) {
    return false;
  }
  for (size_t m = 0; m < of_r.size(); ++m) {
    if (recording_.ops[of_r[m]] != recording_.ops[of_s[m]]) return false;
    const int arity = recording_.graph.nodes[of_r[m]].arity();
    for (int k = 0; k < arity; ++k) {
      if (WordOf(r, of_r[m], k) != WordOf(s, of_s[m], k)) return false;
    }
  }
  return true;
}

uint64_t Regions::HashOf(uint32_t r) const {
  uint64_t hash = sums_.SumAt(RootOf(r));
  const auto add = [&](uint32_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  };
  for (uint32_t i : MembersOf(r)) {
    add(static_cast<uint32_t>(recording_.ops[i]));
    const int arity = recording_.graph.nodes[i].arity();
    for (int k = 0; k < arity; ++k) add(WordOf(r, i, k));
  }
  return hash;
}

}  // namespace wengert::program
