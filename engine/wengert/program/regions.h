#ifndef WENGERT_PROGRAM_REGIONS_H_
#define WENGERT_PROGRAM_REGIONS_H_

// A graph in regions: a node that is used from more than one region, or by the outside, and all
// that only nodes of its region use. A link of a long sum has one, too, but for the sum so far.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/long_sums.h"
#include "wengert/program/recording.h"

namespace wengert::program {

class Regions {
 public:
  Regions(const Recording& recording, const LongSums& sums);

  // Regions are numbered in the order of their roots; a region's members ascend to its root. Leaves
  // are in none.
  uint32_t size() const { return static_cast<uint32_t>(begin_.size() - 1); }
  absl::Span<const uint32_t> MembersOf(uint32_t r) const {
    return absl::MakeConstSpan(members_).subspan(begin_[r], begin_[r + 1] - begin_[r]);
  }
  uint32_t RootOf(uint32_t r) const { return members_[begin_[r + 1] - 1]; }
  uint32_t RegionOf(uint32_t node) const { return region_[node]; }
  bool IsInside(uint32_t r, Operand x) const { return !x.is_constant() && region_[x.index()] == r; }
  // Whether two have the same operations with the same operands among themselves, and the hash of
  // that.
  bool AreAlike(uint32_t r, uint32_t s) const;
  uint64_t HashOf(uint32_t r) const;

 private:
  static constexpr uint32_t kNone = LongSums::kNone;
  static constexpr uint32_t kMostMembers = 1024;

  std::vector<uint32_t> FindRoots();
  void CollectMembers(std::vector<uint32_t> sizes);
  uint32_t WordOf(uint32_t r, uint32_t node, int k) const;

  const Recording& recording_;
  const LongSums& sums_;
  std::vector<uint32_t> region_;    // of each node: its root, then its number
  std::vector<uint32_t> position_;  // of each node among its region's members
  std::vector<uint32_t> begin_, members_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_REGIONS_H_
