#ifndef WENGERT_TEST_SUPPORT_GRAPH_BUILDER_H_
#define WENGERT_TEST_SUPPORT_GRAPH_BUILDER_H_

// A recording made by hand, operation by operation.

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "wengert/program/recorded.h"

namespace wengert::testing {

class GraphBuilder {
 public:
  Operand Leaf();
  std::vector<Operand> Leaves(uint32_t count);
  Operand Constant(double value);
  Operand Apply(Op op, std::initializer_list<Operand> operands);
  void Root(Operand operand) { roots_.push_back(operand); }

  Operand Add(Operand a, Operand b) { return Apply(Op::kAdd, {a, b}); }
  Operand Sub(Operand a, Operand b) { return Apply(Op::kSub, {a, b}); }
  Operand Mul(Operand a, Operand b) { return Apply(Op::kMul, {a, b}); }
  Operand Exp(Operand a) { return Apply(Op::kExp, {a}); }
  Operand Sin(Operand a) { return Apply(Op::kSin, {a}); }

  const Node& node(uint32_t i) const { return store_.nodes[i]; }
  uint32_t size() const { return static_cast<uint32_t>(store_.nodes.size()); }
  program::RecordedGraph graph() const { return program::RecordedGraph::Of(store_, roots_); }

 private:
  program::RecordedGraph::Store store_;
  std::vector<Operand> roots_;
};

// A recording that doesn't need its tape any more.
inline program::RecordedGraph Kept(const program::Recorded& recorded) {
  return program::RecordedGraph::Of(GraphOf(recorded.graph));
}

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_GRAPH_BUILDER_H_
