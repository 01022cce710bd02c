#include "test/support/graph_builder.h"

#include <algorithm>

namespace wengert::testing {

Operand GraphBuilder::Leaf() {
  store_.nodes.push_back({});
  return Operand::Node(size() - 1);
}

std::vector<Operand> GraphBuilder::Leaves(uint32_t count) {
  std::vector<Operand> leaves;
  for (uint32_t i = 0; i < count; ++i) leaves.push_back(Leaf());
  return leaves;
}

Operand GraphBuilder::Constant(double value) {
  store_.constants.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(store_.constants.size() - 1));
}

Operand GraphBuilder::Apply(Op op, std::initializer_list<Operand> operands) {
  Node node{op, {}};
  std::copy(operands.begin(), operands.end(), node.operands);
  store_.nodes.push_back(node);
  return Operand::Node(size() - 1);
}

}  // namespace wengert::testing
