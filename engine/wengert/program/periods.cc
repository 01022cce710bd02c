#include "wengert/program/periods.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "wengert/program/large_array.h"

namespace wengert::program {
namespace {

constexpr uint32_t kBase = 0x9E3779B1;
constexpr uint64_t kMix = 0xD6E8FEB86659FD93;
constexpr uint32_t kFirstWindow = 4;
constexpr uint32_t kWindowGrowth = 8;
constexpr int kMinTableBits = 10, kMaxTableBits = 16;
constexpr uint32_t kNearby = 64;  // operands less far away belong to a node's shape
constexpr uint64_t kLeastVotes = 4;
// The shortest windows are taken of some chunks only, at least kLeastChunks; longer ones see what
// repeats elsewhere.
constexpr uint32_t kChunk = 512, kLeastChunks = 4, kMaxChunkStride = 16;

// Hashes of all windows of a string of symbols: the hash of a window follows from those of the two
// strings up to its ends.
class WindowHashes {
 public:
  template <class Symbol>
  void Read(Interval where, Symbol symbol) {
    begin_ = where.begin;
    if (hashes_.capacity() <= where.size()) ReserveLarge(hashes_, where.size() + 1);
    hashes_.resize(where.size() + 1);
    uint32_t hash = 0;
    hashes_[0] = hash;
    for (uint32_t i = where.begin; i < where.end; ++i) {
      hash = hash * kBase + symbol(i);
      hashes_[i - begin_ + 1] = hash;
    }
  }

  uint32_t begin() const { return begin_; }

  // Calls look(end, hash) for every window.
  template <class Look>
  void ForEach(uint32_t length, Look look) const {
    if (hashes_.size() <= length) return;
    uint32_t weight = 1;
    for (uint32_t i = 0; i < length; ++i) weight *= kBase;
    const uint32_t* ends = hashes_.data() + length;
    const uint32_t count = static_cast<uint32_t>(hashes_.size()) - length;
    for (uint32_t i = 0; i < count; ++i) {
      look(begin_ + length + i, (ends[i] - hashes_[i] * weight) * kMix);
    }
  }

 private:
  uint32_t begin_ = 0;
  std::vector<uint32_t> hashes_;
};

class Election {
 public:
  Election(const Recording& recording, absl::Span<const Interval> where, uint32_t min_count)
      : recording_(recording), where_(where), min_count_(min_count) {
    for (Interval interval : where) {
      longest_ = std::max(longest_, interval.size());
      total_ += interval.size();
    }
    votes_.assign(longest_ / min_count + 1, 0);
    const int bits =
        std::clamp(static_cast<int>(std::bit_width(total_)), kMinTableBits, kMaxTableBits);
    shift_ = 64 - bits;
    table_.resize(size_t{1} << bits);
  }

  void Hold() {
    HoldOnChunks();
    for (Interval interval : where_) {
      const uint32_t longest = interval.size() / min_count_;
      if (longest < kFirstWindow * kWindowGrowth) continue;
      visits_ += interval.size();
      hashes_.Read(interval, [this](uint32_t i) { return SymbolOf(i); });
      for (uint32_t length = kFirstWindow * kWindowGrowth; length <= longest;
           length *= kWindowGrowth) {
        visits_ += interval.size();
        VoteByWindows(length, 0);
      }
    }
  }

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
  // The operation.
  uint32_t SymbolOf(uint32_t i) const { return static_cast<uint32_t>(recording_.ops[i]) + 1; }
  // The operation, and where its nearby operands are.
  uint32_t ShapeOf(uint32_t i) const {
    const absl::Span<const Node> nodes = recording_.graph.nodes;
    uint32_t shape = SymbolOf(i);
    for (Operand operand : nodes[i].arguments()) {
      const uint32_t distance = operand.is_constant() ? 0 : i - operand.index();
      const bool is_nearby = distance < kNearby && !nodes[i - distance].is_leaf();
      shape = shape * kNearby + (is_nearby ? distance : 0);
    }
    return shape;
  }

  void HoldOnChunks() {
    const uint32_t stride =
        std::clamp(total_ / (kLeastChunks * kChunk), uint32_t{1}, kMaxChunkStride);
    uint32_t before = 0;  // nodes of the intervals so far
    for (Interval interval : where_) {
      for (uint32_t begin = interval.begin; begin < interval.end;) {
        const uint32_t end = begin + std::min(kChunk - before % kChunk, interval.end - begin);
        if (before / kChunk % stride == 0) HoldOn({begin, end});
        before += end - begin;
        begin = end;
      }
    }
  }

  void HoldOn(Interval chunk) {
    visits_ += 3 * uint64_t{chunk.size()};
    VoteByAddends(chunk);
    hashes_.Read(chunk, [this](uint32_t i) { return ShapeOf(i); });
    VoteByWindows(kFirstWindow, kFirstWindow - 1);
    hashes_.Read(chunk, [this](uint32_t i) { return SymbolOf(i); });
    VoteByWindows(kFirstWindow, kFirstWindow - 1);
  }

  // Windows of `length` symbols vote for the distance to the last equal one. Of a row of windows
  // that agree on a distance, the first `needed` aren't counted: short windows are equal by chance.
  // What the table still holds of other lengths votes at most once.
  void VoteByWindows(uint32_t length, uint64_t needed) {
    // One of 2^skip_bits windows is in the sample.
    const int skip_bits = std::max(0, static_cast<int>(std::bit_width(length)) - 4);
    const uint64_t skipped = ((uint64_t{1} << skip_bits) - 1) << 32;
    hashes_.ForEach(length, [&](uint32_t end, uint64_t hash) {
      if ((hash & skipped) != 0) return;
      uint32_t& last = table_[hash >> shift_];
      if (last > hashes_.begin()) Extend(last < end ? end - last : 0, needed);
      last = end;
    });
    Extend(0, needed);
  }

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

  // Sums that take turns vote for the distances from sum to sum.
  void VoteByAddends(Interval chunk) {
    for (uint32_t i = chunk.begin; i < chunk.end; ++i) {
      const Node& node = recording_.graph.nodes[i];
      for (int k = 0; k < node.arity(); ++k) {
        const Operand operand = node.operands[k];
        if (operand.is_constant() || !recording_.IsLink(i, k)) continue;
        const uint32_t distance = i - operand.index();
        if (distance < votes_.size() && distance < kNearby) ++addend_votes_[distance];
      }
    }
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
  uint32_t min_count_;
  uint32_t longest_ = 0;
  uint32_t total_ = 0;
  uint64_t visits_ = 0;
  std::vector<uint32_t> votes_;  // for each distance
  uint64_t addend_votes_[kNearby] = {};
  WindowHashes hashes_;
  std::vector<uint32_t> table_;  // by a window's hash, where it ended when it was seen last
  int shift_ = 0;
  uint32_t agreed_distance_ = 0;
  uint64_t agreed_ = 0;
};

}  // namespace

std::vector<uint32_t> LikelyPeriods(const Recording& recording, absl::Span<const Interval> where,
                                    uint32_t min_count, uint64_t& visits) {
  Election election(recording, where, min_count);
  election.Hold();
  visits += election.visits();
  return election.Winners();
}

}  // namespace wengert::program
