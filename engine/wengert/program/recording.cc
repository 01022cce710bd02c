#include "wengert/program/recording.h"

#include "wengert/ops/ring.h"

namespace wengert::program {

Recording::Recording(const Graph& g) : graph(g), uses(g.nodes.size(), 0) {
  const auto use = [this](Operand operand) {
    if (operand.is_constant()) return;
    uint8_t& count = uses[operand.index()];
    count = static_cast<uint8_t>(count + (count < kManyUses));
  };
  for (int op = 0; op < kOpCount; ++op) {
    for (int k = 0; k < ArityOf(static_cast<Op>(op)); ++k) {
      const int addend = IsAddend(static_cast<Op>(op), k) ? 1 << k : 0;
      addends_[static_cast<size_t>(op)] |= static_cast<uint8_t>(addend);
    }
  }
  codes.resize(g.nodes.size());
  for (size_t i = 0; i < codes.size(); ++i) {
    const Instruction& node = g.nodes[i];
    codes[i] = CodeOf(node.op, node.partial);
    for (Operand operand : node.arguments()) use(operand);
  }
  for (Operand root : g.roots) use(root);
}

}  // namespace wengert::program
