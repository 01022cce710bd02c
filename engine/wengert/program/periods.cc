#include "wengert/program/periods.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace wengert::program {
namespace {

constexpr uint64_t kBase = 0x9E3779B97F4A7C15;
constexpr uint64_t kMix = 0xD6E8FEB86659FD93;
constexpr uint32_t kFirstWindow = 4;
constexpr uint32_t kWindowGrowth = 8;
constexpr int kMinTableBits = 10, kMaxTableBits = 16;
constexpr uint32_t kNearby = 64;  // operands less far away belong to a node's shape
constexpr uint64_t kLeastVotes = 4;

class Election {
 public:
  Election(const Recording& recording, absl::Span<const Interval> where, uint32_t min_count)
      : recording_(recording), where_(where) {
    for (Interval interval : where) {
      longest_ = std::max(longest_, interval.size());
      total_ += interval.size();
    }
    votes_.assign(longest_ / min_count + 1, 0);
    table_.resize(size_t{1} << std::clamp(static_cast<int>(std::bit_width(total_)), kMinTableBits,
                                          kMaxTableBits));
  }

  // Windows of `length` symbols vote for the distance to the last equal one. Of a row of windows
  // that agree on a distance, the first `needed` aren't counted: short windows are equal by chance.
  template <class Symbol>
  void VoteByWindows(uint32_t length, uint64_t needed, Symbol symbol) {
    std::fill(table_.begin(), table_.end(), 0);
    uint64_t leaving = 1;  // the weight of the symbol that leaves the window
    for (uint32_t i = 0; i < length; ++i) leaving *= kBase;
    const int shift = 64 - static_cast<int>(std::bit_width(table_.size() - 1));
    // One of 2^skip_bits windows is in the sample.
    const int skip_bits = std::max(0, static_cast<int>(std::bit_width(length)) - 5);
    const uint64_t skipped = ((uint64_t{1} << skip_bits) - 1) << 8;
    for (Interval interval : where_) {
      if (interval.size() < 2 * length) continue;
      visits_ += interval.size();
      uint64_t hash = 0;
      for (uint32_t i = interval.begin; i < interval.begin + length; ++i) {
        hash = hash * kBase + symbol(i);
      }
      for (uint32_t i = interval.begin + length;; ++i) {
        const uint64_t mixed = hash * kMix;
        if ((mixed & skipped) == 0) {
          uint32_t& last = table_[mixed >> shift];
          if (last != 0) Extend(i - last, needed);
          last = i;
        }
        if (i == interval.end) break;
        hash = hash * kBase + symbol(i) - leaving * symbol(i - length);
      }
      Extend(0, needed);
    }
  }

  // Sums that take turns vote for the distances from sum to sum.
  void VoteByAddends() {
    for (Interval interval : where_) {
      visits_ += interval.size();
      for (uint32_t i = interval.begin; i < interval.end; ++i) {
        const Instruction& node = recording_.graph.nodes[i];
        for (int k = 0; k < node.arity(); ++k) {
          const Operand operand = node.operands[k];
          if (operand.is_constant() || !recording_.IsLink(i, k)) continue;
          const uint32_t distance = i - operand.index();
          if (distance < votes_.size() && distance < kNearby) ++addend_votes_[distance];
        }
      }
    }
  }

  uint32_t longest() const { return longest_; }
  uint64_t visits() const { return visits_; }

  std::vector<uint32_t> Winners() const {
    std::vector<uint32_t> winners;
    // How much of the recording a period may cover: each iteration is seen by at least one window.
    const auto covered = [this](uint32_t d) {
      return std::min<uint64_t>(uint64_t{votes_[d]} * d, total_);
    };
    AddBest(kMaxPeriods - 16, covered, winners);
    AddBest(
        8, [this](uint32_t d) { return uint64_t{votes_[d]}; }, winners);
    AddBest(
        8, [this](uint32_t d) { return d < kNearby ? addend_votes_[d] : uint64_t{0}; }, winners);
    return winners;
  }

 private:
  void Extend(uint32_t distance, uint64_t needed) {
    if (distance == agreed_distance_) {
      ++agreed_;
      return;
    }
    if (agreed_distance_ != 0 && agreed_distance_ < votes_.size() && agreed_ > needed) {
      votes_[agreed_distance_] += static_cast<uint32_t>(agreed_ - needed);
    }
    agreed_distance_ = distance;
    agreed_ = 1;
  }

  // Appends the `count` best distances that are still missing from `winners`.
  template <class Score>
  void AddBest(size_t count, Score score, std::vector<uint32_t>& winners) const {
    std::vector<std::pair<uint64_t, uint32_t>> ranked;
    for (uint32_t d = 1; d < votes_.size(); ++d) {
      const uint64_t votes = score(d);
      if (votes >= kLeastVotes)
        ranked.emplace_back(~votes, d);  // the best, then the shortest first
    }
    const size_t enough = std::min(ranked.size(), count + winners.size());
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(enough),
                      ranked.end());
    for (size_t i = 0; i < enough && count > 0; ++i) {
      if (std::find(winners.begin(), winners.end(), ranked[i].second) != winners.end()) continue;
      winners.push_back(ranked[i].second);
      --count;
    }
  }

  const Recording& recording_;
  absl::Span<const Interval> where_;
  uint32_t longest_ = 0;
  uint32_t total_ = 0;
  uint64_t visits_ = 0;
  std::vector<uint32_t> votes_;  // for each distance
  uint64_t addend_votes_[kNearby] = {};
  std::vector<uint32_t> table_;  // by a window's hash, where it ended when it was seen last
  uint32_t agreed_distance_ = 0;
  uint64_t agreed_ = 0;
};

// The operation, and where its nearby operands are.
uint64_t ShapeOf(const Recording& recording, uint32_t i) {
  uint64_t shape = recording.codes[i] + 1;
  const std::vector<Instruction>& nodes = recording.graph.nodes;
  for (Operand operand : nodes[i].arguments()) {
    const uint32_t distance = operand.is_constant() ? 0 : i - operand.index();
    const bool is_nearby = distance < kNearby && !nodes[i - distance].is_leaf();
    shape = shape * kNearby + (is_nearby ? distance : 0);
  }
  return shape;
}

}  // namespace

std::vector<uint32_t> LikelyPeriods(const Recording& recording, absl::Span<const Interval> where,
                                    uint32_t min_count, uint64_t& visits) {
  Election election(recording, where, min_count);
  election.VoteByAddends();
  election.VoteByWindows(kFirstWindow, kFirstWindow - 1,
                         [&](uint32_t i) { return ShapeOf(recording, i); });
  const auto code = [&](uint32_t i) { return uint64_t{recording.codes[i]} + 1; };
  election.VoteByWindows(kFirstWindow, kFirstWindow - 1, code);
  for (uint32_t length = kFirstWindow * kWindowGrowth; length <= election.longest() / min_count;
       length *= kWindowGrowth) {
    election.VoteByWindows(length, 0, code);
  }
  visits += election.visits();
  return election.Winners();
}

}  // namespace wengert::program
