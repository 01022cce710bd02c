#ifndef WENGERT_TEST_SUPPORT_GRAPH_BUILDER_H_
#define WENGERT_TEST_SUPPORT_GRAPH_BUILDER_H_

// A graph made by hand, operation by operation.

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "wengert/program/graph.h"

namespace wengert::testing {

class GraphBuilder {
 public:
  Operand Leaf();
  std::vector<Operand> Leaves(uint32_t count);
  Operand Constant(double value);
  Operand Apply(Op op, std::initializer_list<Operand> operands, int partial = -1);
  void Root(Operand operand) { graph_.roots.push_back(operand); }

  Operand Add(Operand a, Operand b) { return Apply(Op::kAdd, {a, b}); }
  Operand Sub(Operand a, Operand b) { return Apply(Op::kSub, {a, b}); }
  Operand Mul(Operand a, Operand b) { return Apply(Op::kMul, {a, b}); }
  Operand Exp(Operand a) { return Apply(Op::kExp, {a}); }
  Operand Sin(Operand a) { return Apply(Op::kSin, {a}); }

  uint32_t size() const { return static_cast<uint32_t>(graph_.nodes.size()); }
  const program::Graph& graph() const { return graph_; }

 private:
  program::Graph graph_;
  uint32_t leaves_ = 0;
};

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_GRAPH_BUILDER_H_
