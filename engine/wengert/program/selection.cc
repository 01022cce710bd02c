#include "wengert/program/selection.h"

#include <algorithm>

#include "wengert/ops/ring.h"

namespace wengert::program {
namespace {

absl::Span<const RingTerm> TermsOf(const Instruction& node) {
  return node.partial < 0 ? RingTermsOf(node.op) : absl::Span<const RingTerm>();
}

bool IsChangeOfSign(const Instruction& node) {
  const absl::Span<const RingTerm> terms = TermsOf(node);
  return terms.size() == 1 && terms[0].y < 0;
}

// How a node is used: how often at all, how often as a summand, how often as a factor of a sum.
struct Uses {
  uint32_t all = 0, summand = 0, factor = 0;
};

std::vector<Uses> CountUses(const BlockBody& body) {
  const Graph& graph = body.graph;
  std::vector<Uses> uses(graph.nodes.size());
  for (const Instruction& node : graph.nodes) {
    if (node.is_leaf()) continue;
    for (Operand operand : node.arguments()) {
      if (!operand.is_constant()) ++uses[operand.index()].all;
    }
    for (const RingTerm& term : TermsOf(node)) {
      const Operand x = node.operands[term.x];
      if (!x.is_constant()) ++(term.y < 0 ? uses[x.index()].summand : uses[x.index()].factor);
      if (term.y < 0 || term.y == term.x) continue;
      const Operand y = node.operands[term.y];
      if (!y.is_constant()) ++uses[y.index()].factor;
    }
  }
  for (size_t r = 0; r < graph.roots.size(); ++r) {
    if (graph.roots[r].is_constant()) continue;
    Uses& use = uses[graph.roots[r].index()];
    ++use.all;
    if (body.effects[r].first == Effect::kAdd) ++use.summand;
  }
  return uses;
}

}  // namespace

Selection::Selection(const BlockBody& body)
    : graph_(body.graph), absorbed_(graph_.nodes.size()), is_sum_(graph_.nodes.size()) {
  const std::vector<Uses> uses = CountUses(body);
  for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
    const Instruction& node = graph_.nodes[i];
    if (TermsOf(node).empty() || uses[i].all != 1) continue;
    const bool is_factor = uses[i].factor == 1;
    absorbed_[i] = uses[i].summand == 1 || (is_factor && IsChangeOfSign(node));
    // A factor is one value, so a sum whose sign it changes stays one.
    const Operand x = node.operands[0];
    if (is_factor && absorbed_[i] && !x.is_constant() && !IsChangeOfSign(graph_.nodes[x.index()])) {
      absorbed_[x.index()] = false;
    }
  }
  for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
    if (TermsOf(graph_.nodes[i]).empty()) continue;
    for (Operand operand : graph_.nodes[i].arguments()) {
      is_sum_[i] = is_sum_[i] || (!operand.is_constant() && absorbed_[operand.index()]);
    }
  }
}

Operand Selection::Signed(Operand operand, int* sign) const {
  while (!operand.is_constant() && absorbed_[operand.index()]) {
    const Instruction& node = graph_.nodes[operand.index()];
    const RingTerm& term = TermsOf(node)[0];
    *sign *= term.sign;
    operand = node.operands[term.x];
  }
  return operand;
}

std::vector<Product> Selection::SumOf(Operand operand) const {
  std::vector<Product> sum;
  struct Pending {
    int sign;
    Operand operand;
    bool expand;
  };
  std::vector<Pending> pending = {{1, operand, true}};
  while (!pending.empty()) {
    const Pending next = pending.back();
    pending.pop_back();
    if (!next.expand) {
      sum.push_back({next.sign, next.operand});
      continue;
    }
    const bool has_terms =
        !next.operand.is_constant() && !TermsOf(graph_.nodes[next.operand.index()]).empty();
    if (!has_terms) {
      sum.push_back({next.sign, next.operand});
      continue;
    }
    const Instruction& node = graph_.nodes[next.operand.index()];
    const absl::Span<const RingTerm> terms = TermsOf(node);
    // Products first, in place; summands are pushed so that the first is written out first.
    for (const RingTerm& term : terms) {
      if (term.y < 0) continue;
      int sign = next.sign * term.sign;
      const Operand x = Signed(node.operands[term.x], &sign);
      const Operand y = term.y == term.x ? x : Signed(node.operands[term.y], &sign);
      if (term.y == term.x) sign = next.sign * term.sign;
      sum.push_back({sign, x, true, y});
    }
    for (size_t t = terms.size(); t-- > 0;) {
      if (terms[t].y >= 0) continue;
      const Operand x = node.operands[terms[t].x];
      const bool expand = !x.is_constant() && absorbed_[x.index()];
      pending.push_back({next.sign * terms[t].sign, x, expand});
    }
  }
  return sum;
}

}  // namespace wengert::program
