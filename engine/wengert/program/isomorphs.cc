#include "wengert/program/isomorphs.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "wengert/program/large_array.h"
#include "wengert/program/long_sums.h"
#include "wengert/program/regions.h"

namespace wengert::program {
namespace {

constexpr uint32_t kFewestIterations = 8;

// Regions of one level that are alike, in the order of the recording.
struct Group {
  uint32_t level;
  std::vector<uint32_t> regions;
};

class Grouping {
 public:
  Grouping(const Recorded& recorded, const Recording& recording)
      : recorded_(recorded),
        graph_(recorded.graph),
        recording_(recording),
        sums_(recording_),
        regions_(recording_, sums_) {}

  std::optional<Grouped> Run() && {
    FindLevels();
    if (!IsAnyLevelWide()) return std::nullopt;
    FindGroups();
    if (std::none_of(groups_.begin(), groups_.end(), IsLoop)) return std::nullopt;
    AppendAll();
    return std::move(result_);
  }

 private:
  // A level more than what is needed; a sum is there with its last link.
  void FindLevels() {
    level_.resize(regions_.size());
    std::vector<uint32_t> level_of_sum(sums_.size(), 0);
    const auto need = [&](Operand x, uint32_t& level) {
      if (x.is_constant() || graph_.nodes[x.index()].is_leaf()) return;
      const bool is_sum = sums_.IsLink(x.index());
      const uint32_t below =
          is_sum ? level_of_sum[sums_.SumAt(x.index())] : level_[regions_.RegionOf(x.index())];
      level = std::max(level, below + 1);
    };
    for (uint32_t r = 0; r < regions_.size(); ++r) {
      uint32_t level = 0;
      for (uint32_t i : regions_.MembersOf(r)) {
        const Node& node = graph_.nodes[i];
        const int arity = node.arity();
        for (int k = 0; k < arity; ++k) {
          const Operand x = node.operands[k];
          if (sums_.IsSoFar(i, k)) {
            need(sums_.StartOf(sums_.SumAt(i)), level);
          } else if (!regions_.IsInside(r, x)) {
            need(x, level);
          }
        }
      }
      level_[r] = level;
      const uint32_t root = regions_.RootOf(r);
      if (!sums_.IsLink(root)) continue;
      uint32_t& of_sum = level_of_sum[sums_.SumAt(root)];
      of_sum = std::max(of_sum, level);
    }
  }

  bool IsAnyLevelWide() const {
    std::vector<uint32_t> regions;
    for (uint32_t level : level_) {
      if (level >= regions.size()) regions.resize(level + 1);
      if (++regions[level] == kFewestIterations) return true;
    }
    return false;
  }

  static bool IsLoop(const Group& group) { return group.regions.size() >= kFewestIterations; }

  void FindGroups() {
    std::unordered_map<uint64_t, size_t> group_of;
    for (uint32_t r = 0; r < regions_.size(); ++r) {
      const uint64_t key = (regions_.HashOf(r) ^ level_[r]) * 0x9e3779b97f4a7c15;
      const auto [place, is_new] = group_of.try_emplace(key, groups_.size());
      if (is_new) {
        groups_.push_back({level_[r], {r}});
        continue;
      }
      Group& group = groups_[place->second];
      if (group.level == level_[r] && regions_.AreAlike(group.regions.front(), r)) {
        group.regions.push_back(r);
      } else {
        groups_.push_back({level_[r], {r}});  // the hash of others
      }
    }
    std::stable_sort(groups_.begin(), groups_.end(),
                     [](const Group& a, const Group& b) { return a.level < b.level; });
  }

  void AppendAll() {
    store_.constants.assign(graph_.constants.begin(), graph_.constants.end());
    ReserveLarge(store_.nodes, graph_.nodes.size());
    moved_ = LargeArray<uint32_t>(graph_.nodes.size());
    so_far_.resize(sums_.size());
    has_begun_.resize(sums_.size());
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].is_leaf()) Append(i);
    }
    for (const Group& group : groups_) {
      AddRun(group);
      for (uint32_t r : group.regions) {
        for (uint32_t i : regions_.MembersOf(r)) Append(i);
      }
    }
    std::vector<Operand> roots;
    for (Operand root : graph_.roots) roots.push_back(Moved(root));
    result_.recording.graph = RecordedGraph::Of(std::move(store_), std::move(roots));
    result_.recording.dependents = recorded_.dependents;
    result_.recording.outcomes = recorded_.outcomes;
  }

  void AddRun(const Group& group) {
    if (!IsLoop(group)) return;
    const absl::Span<const uint32_t> members = regions_.MembersOf(group.regions.front());
    program::Run run;
    run.first = static_cast<uint32_t>(store_.nodes.size());
    run.period = static_cast<uint32_t>(members.size());
    run.count = static_cast<uint32_t>(group.regions.size());
    run.links.resize(run.period);
    if (sums_.IsLink(members.back())) {
      run.links.back() = static_cast<uint8_t>(1 + sums_.SlotOf(members.back()));
    }
    result_.runs.push_back(std::move(run));
  }

  void Append(uint32_t i) {
    Node node = graph_.nodes[i];
    for (Operand& operand : node.arguments()) operand = Moved(operand);
    const auto at = static_cast<uint32_t>(store_.nodes.size());
    if (sums_.IsLink(i)) {
      const uint32_t sum = sums_.SumAt(i);
      node.operands[sums_.SlotOf(i)] = has_begun_[sum] ? so_far_[sum] : Moved(sums_.StartOf(sum));
      so_far_[sum] = Operand::Node(at);
      has_begun_[sum] = true;
    }
    moved_[i] = at;
    store_.nodes.push_back(node);
  }

  Operand Moved(Operand operand) const {
    if (operand.is_constant()) return operand;
    const uint32_t i = operand.index();
    return sums_.IsLink(i) ? so_far_[sums_.SumAt(i)] : Operand::Node(moved_[i]);
  }

  const Recorded& recorded_;
  const RecordedGraph& graph_;
  const Recording& recording_;
  const LongSums sums_;
  const Regions regions_;
  std::vector<uint32_t> level_;  // of each region
  std::vector<Group> groups_;
  std::vector<uint32_t> moved_;  // where each node is now
  std::vector<Operand> so_far_;  // of each sum
  std::vector<bool> has_begun_;  // whether it has a link already
  RecordedGraph::Store store_;
  Grouped result_;
};

}  // namespace

std::optional<Grouped> GroupIsomorphs(const Recorded& recorded, const Recording& recording) {
  return Grouping(recorded, recording).Run();
}

std::optional<Grouped> GroupIsomorphs(const Recorded& recorded) {
  return GroupIsomorphs(recorded, Recording(recorded.graph));
}

}  // namespace wengert::program
