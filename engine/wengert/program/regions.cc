#include "wengert/program/regions.h"

namespace wengert::program {

Regions::Regions(const Recording& recording, const LongSums& sums)
    : recording_(recording), sums_(sums) {
  FindRoots();
  CollectMembers();
  WriteStructures();
}

void Regions::FindRoots() {
  const std::vector<Instruction>& nodes = recording_.graph.nodes;
  constexpr uint32_t kMany = kNone - 1;
  std::vector<uint32_t> user(nodes.size(), kNone), members(nodes.size());
  for (Operand root : recording_.graph.roots) {
    if (!root.is_constant()) user[root.index()] = kMany;
  }
  region_.assign(nodes.size(), kNone);
  for (uint32_t i = static_cast<uint32_t>(nodes.size()); i-- > 0;) {
    if (nodes[i].is_leaf()) continue;
    const bool is_inside = user[i] < kMany && !sums_.IsLink(i) && members[user[i]] < kMostMembers;
    const uint32_t root = region_[i] = is_inside ? user[i] : i;
    ++members[root];
    for (int k = 0; k < nodes[i].arity(); ++k) {
      const Operand x = nodes[i].operands[k];
      if (x.is_constant()) continue;
      uint32_t& of_x = user[x.index()];
      const bool is_first = of_x == kNone || of_x == root;
      of_x = is_first && !sums_.IsSoFar(i, k) ? root : kMany;
    }
  }
}

void Regions::CollectMembers() {
  const auto nodes = static_cast<uint32_t>(region_.size());
  std::vector<uint32_t> number(nodes);
  begin_ = {0};
  std::vector<uint32_t> size(nodes);
  for (uint32_t root : region_) {
    if (root != kNone) ++size[root];
  }
  for (uint32_t i = 0; i < nodes; ++i) {
    if (region_[i] != i) continue;
    number[i] = static_cast<uint32_t>(begin_.size() - 1);
    begin_.push_back(begin_.back() + size[i]);
  }
  members_.resize(begin_.back());
  position_.resize(nodes);
  std::vector<uint32_t> next(begin_.size());
  for (uint32_t i = 0; i < nodes; ++i) {
    if (region_[i] == kNone) continue;
    region_[i] = number[region_[i]];
    position_[i] = next[region_[i]]++;
    members_[begin_[region_[i]] + position_[i]] = i;
  }
}

void Regions::WriteStructures() {
  constexpr uint32_t kOutside = kNone, kSoFar = kNone - 1;
  words_.reserve(4 * members_.size());
  words_begin_.reserve(begin_.size());
  for (uint32_t r = 0; r < size(); ++r) {
    words_begin_.push_back(static_cast<uint32_t>(words_.size()));
    words_.push_back(sums_.SumAt(RootOf(r)));
    for (uint32_t i : MembersOf(r)) {
      words_.push_back(recording_.codes[i]);
      const Instruction& node = recording_.graph.nodes[i];
      for (int k = 0; k < node.arity(); ++k) {
        const Operand x = node.operands[k];
        words_.push_back(sums_.IsSoFar(i, k) ? kSoFar
                         : IsInside(r, x)    ? position_[x.index()]
                                             : kOutside);
      }
    }
  }
  words_begin_.push_back(static_cast<uint32_t>(words_.size()));
}

}  // namespace wengert::program
