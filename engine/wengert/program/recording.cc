#include "wengert/program/recording.h"

#include "wengert/ops/ring.h"
#include "wengert/program/large_array.h"

namespace wengert::program {

Recording::Recording(const RecordedGraph& g) : graph(g), uses(LargeArray<uint8_t>(g.nodes.size())) {
  uint8_t* const counts = uses.data();
  const auto use = [counts](Operand operand) {
    if (operand.is_constant()) return;
    uint8_t& count = counts[operand.index()];
    count = static_cast<uint8_t>(count + (count < kManyUses));
  };
  for (int op = 0; op < kOpCount; ++op) {
    for (int k = 0; k < ArityOf(static_cast<Op>(op)); ++k) {
      const int addend = IsAddend(static_cast<Op>(op), k) ? 1 << k : 0;
      addends_[static_cast<size_t>(op)] |= static_cast<uint8_t>(addend);
    }
  }
  ReserveLarge(ops, g.nodes.size());
  for (const Node& node : g.nodes) {
    ops.push_back(node.op);
    const int arity = node.arity();
    for (int k = 0; k < arity; ++k) use(node.operands[k]);
  }
  for (Operand root : g.roots) use(root);
}

}  // namespace wengert::program
