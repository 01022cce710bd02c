#ifndef WENGERT_SWEEP_NODE_SET_H_
#define WENGERT_SWEEP_NODE_SET_H_

// A set of nodes that is visited in order and emptied by the visit: the worklist of sweeps that
// touch few nodes. A bit a node; a visit costs a word for each 64 nodes between its first and last.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wengert {

class NodeSet {
 public:
  explicit NodeSet(size_t nodes) : words_(nodes / 64 + 1) {}

  void Insert(uint32_t node) {
    const size_t word = node / 64;
    words_[word] |= uint64_t{1} << (node % 64);
    first_ = std::min(first_, word);
    last_ = std::max(last_, word);
  }

  // f(node) from the smallest to the largest; f may insert larger ones.
  template <class F>
  void Ascend(F f) {
    for (size_t word = first_; word <= last_ && first_ != kNone; ++word) {
      while (words_[word] != 0) {
        const int bit = std::countr_zero(words_[word]);
        words_[word] &= words_[word] - 1;
        f(static_cast<uint32_t>(word * 64 + static_cast<size_t>(bit)));
      }
    }
    Reset();
  }

  // f(node) from the largest to the smallest; f may insert smaller ones.
  template <class F>
  void Descend(F f) {
    for (size_t word = last_ + 1; word > first_;) {
      --word;
      while (words_[word] != 0) {
        const int bit = 63 - std::countl_zero(words_[word]);
        words_[word] ^= uint64_t{1} << bit;
        f(static_cast<uint32_t>(word * 64 + static_cast<size_t>(bit)));
      }
    }
    Reset();
  }

 private:
  static constexpr size_t kNone = ~size_t{0};

  void Reset() {
    first_ = kNone;
    last_ = 0;
  }

  std::vector<uint64_t> words_;
  size_t first_ = kNone;
  size_t last_ = 0;
};

}  // namespace wengert

#endif  // WENGERT_SWEEP_NODE_SET_H_
