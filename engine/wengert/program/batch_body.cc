#include "wengert/program/batch_body.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "wengert/program/append.h"
#include "wengert/program/body_derivative.h"
#include "wengert/program/clean.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/margins.h"

namespace wengert::program {
namespace {

constexpr std::pair<Effect, Access> kStoredStream = {Effect::kStore, Access::kStream};

// A product of comparisons with what was recorded: a flag goes on with the sweep, where a kCheck
// would give up the whole block for one of its points.
Operand AllHeld(const Recorded& recorded, Graph& graph) {
  Operand all = AddConstant(graph, 1.0);
  for (size_t g = 0; g < recorded.outcomes.size(); ++g) {
    const Operand guard = graph.roots[recorded.dependents + g];
    const Operand outcome = AddConstant(graph, recorded.outcomes[g]);
    const Operand held = AppendNode(graph, {Op::kEqual, -1, {guard, outcome}});
    all = g == 0 ? held : AppendNode(graph, {Op::kMul, -1, {all, held}});
  }
  return all;
}

// The recording's own roots: y, and whether it counts.
BlockBody PrimalBody(const Tape& tape, uint32_t n, Operand dependent) {
  const Recorded recorded = WithMargins(FromTape(tape, {&dependent, 1}));
  Graph graph = GraphOf(recorded.graph);
  const Operand held = AllHeld(recorded, graph);
  graph.roots = {graph.roots[0], held};
  BlockBody body;
  body.graph = Clean(std::move(graph), {});
  body.leaves.assign(tape.inputs().size(), Access::kCell);
  std::fill_n(body.leaves.begin(), n, Access::kColumn);
  body.effects.assign(2, kStoredStream);
  return body;
}

// x * 0 is 0 of a finite x only, so the sum of such products tells whether all of them are. A
// partial that is NaN everywhere is a constant: it is multiplied with y instead.
Operand AllFinite(Graph& graph) {
  const Operand y = graph.roots.back();
  const Operand zero = AddConstant(graph, 0.0);
  Operand sum = zero;
  for (Operand root : graph.roots) {
    if (root.is_constant() && std::isfinite(graph.constants[root.index()])) continue;
    const Operand product = root.is_constant() ? AppendNode(graph, {Op::kMul, -1, {y, root}})
                                               : AppendNode(graph, {Op::kMul, -1, {root, zero}});
    sum = sum == zero ? product : AppendNode(graph, {Op::kAdd, -1, {sum, product}});
  }
  return AppendNode(graph, {Op::kEqual, -1, {sum, zero}});
}

}  // namespace

BlockBody BatchBody(const Tape& tape, uint32_t n, Operand dependent) {
  const BlockBody primal = PrimalBody(tape, n, dependent);
  BodyDerivativeOptions options;
  options.seeds = {{Seed::kConstant, 1.0}, {}};
  for (Access leaf : primal.leaves) options.active.push_back(leaf == Access::kColumn);
  options.fresh.assign(primal.leaves.size(), true);
  options.with_forward = true;
  BodyPool pool;
  const BodyDerivative derivative = Differentiate(primal, options, pool);

  BlockBody body = *derivative.body;
  body.is_clean = false;
  body.leaves = primal.leaves;
  for (Instruction& node : body.graph.nodes) {
    if (node.is_leaf()) node = Instruction::Leaf(derivative.leaves[node.leaf()].number);
  }
  const std::vector<Operand> roots = std::move(body.graph.roots);
  body.graph.roots.assign(n, AddConstant(body.graph, 0.0));
  for (size_t r = 0; r < derivative.adjoint_roots.size(); ++r) {
    body.graph.roots[derivative.adjoint_roots[r]] = roots[derivative.forward_roots.size() + r];
  }
  body.graph.roots.push_back(roots[0]);
  const Operand finite = AllFinite(body.graph);
  body.graph.roots.push_back(AppendNode(body.graph, {Op::kMul, -1, {roots[1], finite}}));
  body.effects.assign(body.graph.roots.size(), {Effect::kStore, Access::kColumn});
  return body;
}

}  // namespace wengert::program
