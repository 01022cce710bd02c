#ifndef WENGERT_PROGRAM_GRAPH_SCALAR_H_
#define WENGERT_PROGRAM_GRAPH_SCALAR_H_

// The scalar (ops/scalar.h) that writes a rule down: an operation applied to it becomes a node of a
// graph, or a constant if its operands are. What a rule may be written as, and what came of it, is
// in the Writing that all its scalars share.

#include <optional>

#include "wengert/ops/partials.h"
#include "wengert/ops/rule.h"
#include "wengert/program/append.h"
#include "wengert/program/identities.h"

namespace wengert::program {

struct Writing {
  Graph& graph;
  int max_operations;  // with more it is too long
  bool may_choose;     // whether a choice is written, as Where of both sides; else it is too long
  bool assume_finite;  // nothing is written that only matters to zeros, infinities and NaN
  int operations = 0;
  bool too_long = false;  // then nothing more is written, and what was means nothing

  // What the node need not be appended for.
  std::optional<Operand> EqualOperand(Instruction& node) {
    return assume_finite ? Simplify(graph, node, true) : std::nullopt;
  }
};

struct GraphScalar {
  static constexpr bool kIsScalar = true;

  Writing* writing = nullptr;  // null: a constant
  Operand operand;
  double constant = 0.0;

  GraphScalar(double value) : constant(value) {}  // NOLINT(google-explicit-constructor)
  GraphScalar(Writing& rule, Operand node_or_constant) : operand(node_or_constant) {
    if (operand.is_constant()) {
      constant = rule.graph.constants[operand.index()];
    } else {
      writing = &rule;
    }
  }

  bool is_constant() const { return writing == nullptr; }
  Operand OperandIn(Graph& graph) const {
    return is_constant() ? AddConstant(graph, constant) : operand;
  }

  template <Op op, class... Operands>
  static GraphScalar Apply(const Operands&... x) {
    Writing* writing = nullptr;
    ((writing = x.is_constant() ? writing : x.writing), ...);
    if (writing == nullptr) return Rule<op>::Value(x.constant...);
    GraphScalar y = 0.0;
    y.writing = writing;
    if (writing->too_long) return y;
    Graph& graph = writing->graph;
    const size_t constants = graph.constants.size();
    Instruction node = {op, -1, {x.OperandIn(graph)...}};
    if (const auto equal = writing->EqualOperand(node)) {
      if (!equal->is_constant()) graph.constants.resize(constants);
      return GraphScalar(*writing, *equal);
    }
    writing->too_long |= ++writing->operations > writing->max_operations;
    if (!writing->too_long) y.operand = AppendNode(graph, node);
    return y;
  }
};

// A condition that is known is decided here and now.
template <class F, class G>
GraphScalar Choose(const GraphScalar& c, F f, G g) {
  if (c.is_constant()) return c.constant != 0.0 ? f() : g();
  c.writing->too_long |= !c.writing->may_choose;
  if (c.writing->too_long) return c;
  return Where(c, f(), g());
}

inline GraphScalar KeepNan(const GraphScalar& y, const GraphScalar& partial) {
  if (!y.is_constant() && y.writing->assume_finite) return partial;
  return Choose(
      Equal(y, y), [&] { return partial; }, [&] { return y; });
}

// Divisions by the same number can share its reciprocal. That takes a finite one, and costs a
// rounding; a rule that is written out in full keeps its bits.
inline GraphScalar operator/(const GraphScalar& a, const GraphScalar& b) {
  const bool share =
      !a.is_constant() && !b.is_constant() && b.writing->assume_finite && !b.writing->may_choose;
  return share ? a * wengert::operator/<GraphScalar>(1.0, b)
               : wengert::operator/<GraphScalar>(a, b);
}

// A rule adds zero to turn -0 into +0 where it divides by it. What comes of that isn't finite.
inline GraphScalar operator+(const GraphScalar& a, const GraphScalar& b) {
  const bool is_idle = !a.is_constant() && b.is_constant() && b.constant == 0.0 &&
                       a.writing->assume_finite && !a.writing->may_choose;
  return is_idle ? a : wengert::operator+<GraphScalar>(a, b);
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_GRAPH_SCALAR_H_
