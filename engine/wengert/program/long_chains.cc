#include "wengert/program/long_chains.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wengert/program/large_array.h"
#include "wengert/program/node_set.h"

namespace wengert::program {
namespace {

class Chains {
 public:
  explicit Chains(const Recording& recording)
      : recording_(recording), nodes_(recording.graph.nodes) {}

  std::vector<LongChain> Find(absl::Span<const Run> runs) && {
    if (!FindLinks(runs)) return {};
    std::vector<LongChain> chains;
    NodeSet taken(recording_.size());
    for (uint32_t end = recording_.size(); end > 0; --end) {
      const uint32_t i = end - 1;
      if (links_[i] < kFewestChainLinks || taken.Has(i)) continue;
      chains.push_back(ChainTo(i));
      for (uint32_t link : chains.back().links) taken.Add(link);
    }
    std::reverse(chains.begin(), chains.end());
    return chains;
  }

 private:
  static constexpr uint8_t kMany = 255;

  // How many links end in each node, as far as they are counted. Whether any are enough. Of runs
  // with independent iterations each has its links to itself.
  bool FindLinks(absl::Span<const Run> runs) {
    std::array<bool, kOpCount> may_be_long = {};
    bool any = false;
    for (int op = 0; op < kOpCount; ++op) {
      const bool is_frequent = recording_.CountOf(static_cast<Op>(op)) >= kFewestChainLinks;
      any |= may_be_long[static_cast<size_t>(op)] =
          is_frequent && HasTrait(static_cast<Op>(op), kAssociates);
    }
    if (!any) return false;
    uint32_t at = 0;
    bool found = false;
    for (const Run& run : runs) {
      if (run.is_recurrence()) continue;
      found |= FindLinksIn({at, run.first}, may_be_long);
      at = run.first + run.period * run.count;
    }
    return FindLinksIn({at, recording_.size()}, may_be_long) || found;
  }

  bool FindLinksIn(Interval nodes, const std::array<bool, kOpCount>& may_be_long) {
    bool found = false;
    for (uint32_t i = nodes.begin; i < nodes.end; ++i) {
      if (!may_be_long[static_cast<size_t>(recording_.ops[i])]) continue;
      const Operand* const operands = nodes_[i].operands;
      if (operands[0].is_constant() && operands[1].is_constant()) continue;
      if (links_.empty()) links_ = LargeArray<uint8_t>(recording_.size());
      const int slot = SlotOf(i);
      const uint8_t before = slot < 0 ? uint8_t{0} : links_[operands[slot].index()];
      links_[i] = static_cast<uint8_t>(before + (before < kMany));
      found |= links_[i] == kFewestChainLinks;
    }
    return found;
  }

  // The operand of a link that is the link before it; -1 where the chain begins. A product of
  // products may go on from either: from the longer one, or from the one recorded first.
  int SlotOf(uint32_t i) const {
    const Operand* const operands = nodes_[i].operands;
    if (operands[0].is_constant() || operands[1].is_constant()) return -1;
    const auto links = [&](Operand operand) {
      const uint32_t before = operand.index();
      return recording_.ops[before] == recording_.ops[i] && recording_.uses[before] == 1
                 ? links_[before]
                 : 0;
    };
    const int a = links(operands[0]), b = links(operands[1]);
    if (a == 0 && b == 0) return -1;
    if (a == b) return operands[0].index() < operands[1].index() ? 0 : 1;
    return a > b ? 0 : 1;
  }

  LongChain ChainTo(uint32_t last) const {
    LongChain chain;
    chain.op = recording_.ops[last];
    uint32_t link = last;
    for (int slot = SlotOf(link); slot >= 0; slot = SlotOf(link)) {
      chain.links.push_back(link);
      chain.terms.push_back(nodes_[link].operands[1 - slot]);
      link = nodes_[link].operands[slot].index();
    }
    chain.links.push_back(link);
    const Operand a = nodes_[link].operands[0], b = nodes_[link].operands[1];
    for (Operand operand : {b, a}) {
      if (operand.is_constant()) {
        chain.start = recording_.graph.constants[operand.index()];
      } else {
        chain.terms.push_back(operand);
      }
    }
    std::reverse(chain.links.begin(), chain.links.end());
    std::reverse(chain.terms.begin(), chain.terms.end());
    return chain;
  }

  const Recording& recording_;
  const absl::Span<const Node> nodes_;
  std::vector<uint8_t> links_;
};

}  // namespace

std::vector<LongChain> LongChainsOf(const Recording& recording, absl::Span<const Run> runs) {
  std::vector<LongChain> chains = Chains(recording).Find(runs);
  std::erase_if(chains, [&](const LongChain& chain) {
    const uint32_t first = chain.links.front(), last = chain.last();
    auto run = std::upper_bound(runs.begin(), runs.end(), first,
                                [](uint32_t node, const Run& r) { return node < r.first; });
    if (run == runs.begin()) return false;
    --run;
    return last < run->first + run->period * run->count &&
           (first - run->first) / run->period == (last - run->first) / run->period;
  });
  return chains;
}

}  // namespace wengert::program
