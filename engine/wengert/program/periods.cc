#include "wengert/program/periods.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
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
constexpr uint32_t kChunk = 512, kLeastChunks = 4, kMaxChunkStride = 32;

// Hashes of all windows of a string of symbols: the hash of a window follows from those of the two
// strings up to its ends.
class WindowHashes {
 public:
  template <class Symbol>
  void Read(Interval where, Symbol symbol) {
    begin_ = where.begin;
    size_ = where.size() + 1;
    if (capacity_ < size_) hashes_ = UnwrittenArray<uint32_t>(capacity_ = size_);
    uint32_t* hash = hashes_.get();
    *hash = 0;
    uint32_t i = where.begin;
    // Four at a time, so that only one product of four waits for the one before.
    constexpr uint32_t b2 = kBase * kBase, b3 = b2 * kBase, b4 = b3 * kBase;
    for (; where.end - i >= 4; i += 4, hash += 4) {
      const uint32_t before = *hash;
      const uint32_t s0 = symbol(i), s1 = s0 * kBase + symbol(i + 1);
      const uint32_t s2 = s1 * kBase + symbol(i + 2), s3 = s2 * kBase + symbol(i + 3);
      hash[1] = before * kBase + s0;
      hash[2] = before * b2 + s1;
      hash[3] = before * b3 + s2;
      hash[4] = before * b4 + s3;
    }
    for (; i < where.end; ++i, ++hash) hash[1] = *hash * kBase + symbol(i);
  }

  uint32_t begin() const { return begin_; }

  // Calls look(end, hash) for every window.
  template <class Look>
  void ForEach(uint32_t length, Look look) const {
    const uint32_t weight = WeightOf(length);
    const uint32_t* const ends = hashes_.get() + length;
    for (uint32_t i = 0; i < CountOf(length); ++i) {
      look(begin_ + length + i, ends[i] - hashes_[i] * weight);
    }
  }

  // The same for one window of 2^bits, chosen by content; bits > 0. Which those are can't be
  // foreseen: no branch asks that of a single window.
  template <class Look>
  void ForSample(uint32_t length, int bits, Look look) const {
    const uint32_t count = CountOf(length), weight = WeightOf(length);
    const uint32_t limit = uint32_t{1} << (32 - bits);
    const uint32_t* const begins = hashes_.get();
    const uint32_t* const ends = begins + length;
    uint32_t i = 0;
    for (; count - i >= 4; i += 4) {
      Four begin, end;
      std::memcpy(&begin, begins + i, sizeof begin);
      std::memcpy(&end, ends + i, sizeof end);
      const Four hash = end - begin * weight;
      const auto is_taken = std::bit_cast<std::array<uint64_t, 2>>(hash < limit);
      if ((is_taken[0] | is_taken[1]) == 0) continue;
      uint32_t sample[4], taken = 0;
      for (uint32_t k = 0; k < 4; ++k) {
        sample[taken] = k;
        taken += hash[k] < limit ? 1 : 0;
      }
      for (uint32_t k = 0; k < taken; ++k) look(begin_ + length + i + sample[k], hash[sample[k]]);
    }
    for (; i < count; ++i) {
      const uint32_t hash = ends[i] - begins[i] * weight;
      if (hash < limit) look(begin_ + length + i, hash);
    }
  }

 private:
  using Four __attribute__((vector_size(16))) = uint32_t;

  uint32_t CountOf(uint32_t length) const { return size_ <= length ? 0 : size_ - length; }
  static uint32_t WeightOf(uint32_t length) {
    uint32_t weight = 1;
    for (uint32_t i = 0; i < length; ++i) weight *= kBase;
    return weight;
  }

  uint32_t begin_ = 0;
  uint32_t size_ = 0, capacity_ = 0;
  std::unique_ptr<uint32_t[]> hashes_;  // of the strings up to each symbol
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
    const auto vote = [&](uint32_t end, uint32_t hash) {
      uint32_t& last = table_[hash * kMix >> shift_];
      if (last > hashes_.begin()) Extend(last < end ? end - last : 0, needed);
      last = end;
    };
    const int bits = static_cast<int>(std::bit_width(length)) - 4;
    if (bits > 0) {
      hashes_.ForSample(length, bits, vote);
    } else {
      hashes_.ForEach(length, vote);
    }
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
