#include "wengert/program/identities.h"

#include <bit>
#include <cstdint>

#include "wengert/ops/identities.h"
#include "wengert/program/append.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {
namespace {

// The operands of a graph's nodes, as the identities see them.
struct GraphTerms {
  using Term = Operand;

  Graph& graph;

  bool IsConstant(Operand x) const { return x.is_constant(); }
  double Constant(Operand x) const { return graph.constants[x.index()]; }
  Operand Make(double value) { return AddConstant(graph, value); }

  Op OpOf(Operand x) const {
    if (x.is_constant()) return Op::kInput;
    const Instruction& node = graph.nodes[x.index()];
    return node.partial < 0 ? node.op : Op::kInput;
  }
  Operand Inside(Operand x, int k) const { return graph.nodes[x.index()].operands[k]; }
  bool IsSame(Operand x, Operand y) const {
    if (x == y) return true;
    return x.is_constant() && y.is_constant() &&
           std::bit_cast<uint64_t>(Constant(x)) == std::bit_cast<uint64_t>(Constant(y));
  }
};

}  // namespace

std::optional<Operand> Simplify(Graph& graph, Instruction& node, bool assume_finite) {
  if (node.partial >= 0) return std::nullopt;
  GraphTerms terms = {graph};
  const Operand* x = node.operands;
  Identities<GraphTerms> identities(terms, assume_finite, node.op, x[0], x[1], x[2]);
  if (!identities.Apply()) return std::nullopt;
  while (identities.op() != Op::kInput && identities.Apply()) {
  }
  if (identities.op() == Op::kInput) return identities.operand(0);
  node = {identities.op(), -1, {}};
  for (int k = 0; k < node.arity(); ++k) node.operands[k] = identities.operand(k);
  return std::nullopt;
}

Graph ApplyIdentities(Graph graph, bool assume_finite) {
  RewriteNodes(graph, [&](KeptNodes& kept, Instruction& node) {
    const std::optional<Operand> equal = Simplify(graph, node, assume_finite);
    return equal ? *equal : kept.Append(node);
  });
  return graph;
}

}  // namespace wengert::program
