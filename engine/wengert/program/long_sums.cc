#include "wengert/program/long_sums.h"

#include "wengert/program/large_array.h"

namespace wengert::program {

LongSums::LongSums(const Recording& recording)
    : links_(LargeArray<uint32_t>(recording.size())),
      sum_(LargeArray<uint32_t>(recording.size(), kNone)),
      slot_(LargeArray<uint8_t>(recording.size())) {
  for (uint32_t i = 0; i < recording.size(); ++i) links_[i] = LinksTo(recording, i);
  for (uint32_t i = recording.size(); i > 0;) {
    --i;
    if (links_[i] < kFewestLinks || IsLink(i)) continue;
    Operand link = Operand::Node(i);
    do {
      sum_[link.index()] = static_cast<uint32_t>(starts_.size());
      link = recording.graph.nodes[link.index()].operands[slot_[link.index()]];
    } while (IsContinued(recording, link));
    starts_.push_back(link);
  }
}

bool LongSums::IsContinued(const Recording& recording, Operand operand) const {
  return !operand.is_constant() && recording.uses[operand.index()] == 1 &&
         links_[operand.index()] > 0;
}

uint32_t LongSums::LinksTo(const Recording& recording, uint32_t i) {
  const Node& node = recording.graph.nodes[i];
  if (node.is_leaf()) return 0;
  uint32_t most = 0;
  const int arity = node.arity();
  for (int k = 0; k < arity; ++k) {
    if (!recording.IsLink(i, k)) continue;
    const Operand operand = node.operands[k];
    const uint32_t links = 1 + (IsContinued(recording, operand) ? links_[operand.index()] : 0);
    if (links <= most) continue;
    most = links;
    slot_[i] = static_cast<uint8_t>(k);
  }
  return most;
}

}  // namespace wengert::program
