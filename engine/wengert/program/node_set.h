#ifndef WENGERT_PROGRAM_NODE_SET_H_
#define WENGERT_PROGRAM_NODE_SET_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wengert::program {

// Few of many nodes.
class NodeSet {
 public:
  explicit NodeSet(size_t nodes) : words_(nodes / 64 + 1) {}

  void Add(uint32_t node) { words_[node / 64] |= uint64_t{1} << node % 64; }
  void AddRange(uint32_t begin, uint32_t end) {
    for (uint32_t at = begin; at < end;) {
      const uint32_t next = std::min(end, (at / 64 + 1) * 64);
      words_[at / 64] |= ~uint64_t{0} >> (64 - (next - at)) << at % 64;
      at = next;
    }
  }
  bool Has(uint32_t node) const { return (words_[node / 64] >> node % 64 & 1) != 0; }
  // f(node) for the nodes from `begin` to `end` that are in it, ascending.
  template <class F>
  void ForEach(uint32_t begin, uint32_t end, F&& f) const {
    for (uint32_t w = begin / 64; w * 64 < end; ++w) {
      for (uint64_t rest = words_[w]; rest != 0; rest &= rest - 1) {
        const uint32_t node = w * 64 + static_cast<uint32_t>(std::countr_zero(rest));
        if (node >= begin && node < end) f(node);
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_NODE_SET_H_
