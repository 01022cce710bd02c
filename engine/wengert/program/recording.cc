#include "wengert/program/recording.h"

#include "wengert/ops/ring.h"
#include "wengert/program/large_array.h"

namespace wengert::program {
namespace {

constexpr auto kArities = [] {
  std::array<uint8_t, kOpCount> arities = {};
  for (size_t op = 0; op < kOpCount; ++op) {
    arities[op] = static_cast<uint8_t>(ArityOf(static_cast<Op>(op)));
  }
  return arities;
}();

// Nodes in a row often have the same operation; counted in one place, each would wait for the one
// before.
class OpCounter {
 public:
  void Add(size_t number) { ++counts_[side_ ^= 1][number]; }
  OpCounts Sum() const {
    OpCounts sum = {};
    for (size_t number = 0; number < kOpCount; ++number) {
      sum[number] = counts_[0][number] + counts_[1][number];
    }
    return sum;
  }

 private:
  std::array<std::array<size_t, kOpCount + 1>, 2> counts_ = {};  // the last: Op::kCustom
  size_t side_ = 0;
};

}  // namespace

OpCounts CountOps(absl::Span<const Node> nodes) {
  OpCounter counter;
  for (const Node& node : nodes) counter.Add(static_cast<size_t>(node.op));
  return counter.Sum();
}

Recording::Recording(const RecordedGraph& g)
    : graph(g), ops(LargeArray<Op>(g.nodes.size())), uses(LargeArray<uint8_t>(g.nodes.size())) {
  for (size_t op = 0; op < kOpCount; ++op) {
    for (int k = 0; k < kArities[op]; ++k) {
      const int addend = IsAddend(static_cast<Op>(op), k) ? 1 << k : 0;
      addends_[op] |= static_cast<uint8_t>(addend);
    }
  }
  CountUses();
}

void Recording::CountUses() {
  OpCounter counter;
  uint8_t* const uses_of = uses.data();
  const auto use = [uses_of](Operand operand) {
    if (operand.is_constant()) return;
    uint8_t& count = uses_of[operand.index()];
    count = static_cast<uint8_t>(count + (count < kManyUses));
  };
  Op* op = ops.data();
  for (const Node& node : graph.nodes) {
    const auto number = static_cast<size_t>(*op++ = node.op);
    counter.Add(number);
    for (int k = 0; k < kArities[number]; ++k) use(node.operands[k]);
  }
  for (Operand root : graph.roots) use(root);
  counts_ = counter.Sum();
}

}  // namespace wengert::program
