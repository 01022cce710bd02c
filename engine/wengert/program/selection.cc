#include "wengert/program/selection.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "wengert/ops/ring.h"

namespace wengert::program {
namespace {

// None of an operation that has a product among them: it rounds once, on machines without it, too.
absl::Span<const RingTerm> TermsOf(const Instruction& node) {
  const absl::Span<const RingTerm> terms = RingTermsOf(node.op);
  const bool is_fused = terms.size() > 1 && terms[0].y >= 0;
  return node.partial < 0 && !is_fused ? terms : absl::Span<const RingTerm>();
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
    : graph_(body.graph),
      absorbed_(graph_.nodes.size()),
      is_sum_(graph_.nodes.size()),
      length_(graph_.nodes.size(), 1) {
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
  AbsorbOneSumEach();
  RoundDifferences();
  RoundDecisions();
  for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
    if (TermsOf(graph_.nodes[i]).empty()) continue;
    for (Operand operand : graph_.nodes[i].arguments()) {
      is_sum_[i] = is_sum_[i] || (!operand.is_constant() && absorbed_[operand.index()]);
    }
  }
}

void Selection::AbsorbOneSumEach() {
  for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
    const Instruction& node = graph_.nodes[i];
    const absl::Span<const RingTerm> terms = TermsOf(node);
    Operand longest = Operand::Constant(0);
    for (const RingTerm& term : terms) {
      const Operand x = node.operands[term.x];
      if (term.y >= 0 || Length(x) == 1) continue;
      const bool is_longer = Length(x) > Length(longest);
      const Operand shorter = is_longer ? longest : x;
      if (!shorter.is_constant()) absorbed_[shorter.index()] = false;
      if (is_longer) longest = x;
    }
    if (terms.empty()) continue;
    length_[i] = 0;
    for (const RingTerm& term : terms) {
      length_[i] += term.y < 0 ? Length(node.operands[term.x]) : 1;
    }
  }
}

bool Selection::IsAbsorbedProduct(Operand operand) const {
  if (operand.is_constant() || !absorbed_[operand.index()]) return false;
  const absl::Span<const RingTerm> terms = TermsOf(graph_.nodes[operand.index()]);
  return terms.size() == 1 && terms[0].y >= 0;
}

// A multiple by a power of two isn't rounded in any case.
void Selection::Round(uint32_t product) {
  const auto is_power_of_two = [&](Operand operand) {
    int exponent = 0;
    return operand.is_constant() &&
           std::abs(std::frexp(graph_.constants[operand.index()], &exponent)) == 0.5;
  };
  const absl::Span<const Operand> factors = graph_.nodes[product].arguments();
  if (std::none_of(factors.begin(), factors.end(), is_power_of_two)) absorbed_[product] = false;
}

void Selection::RoundDifferences() {
  for (const Instruction& node : graph_.nodes) {
    const absl::Span<const RingTerm> terms = TermsOf(node);
    if (terms.size() != 2) continue;
    int signs[2] = {terms[0].sign, terms[1].sign};
    const Operand first = Signed(node.operands[terms[0].x], &signs[0]);
    const Operand second = Signed(node.operands[terms[1].x], &signs[1]);
    if (signs[0] == signs[1] || !IsAbsorbedProduct(first) || !IsAbsorbedProduct(second)) continue;
    Round(second.index());
  }
}

// From the last node to the first: what decides, what it is a multiple of, and what it is a short
// sum of. Of a sum that is compared with nothing, zero is an accident if its terms have one sign.
void Selection::RoundDecisions() {
  enum : uint8_t { kNothing, kAlone, kCompared };
  std::vector<uint8_t> decides(graph_.nodes.size());
  const auto mark = [&](Operand operand, uint8_t how) {
    if (operand.is_constant()) return;
    decides[operand.index()] = std::max(decides[operand.index()], how);
  };
  for (uint32_t i = static_cast<uint32_t>(graph_.nodes.size()); i > 0;) {
    const Instruction& node = graph_.nodes[--i];
    if (node.is_leaf()) continue;
    const absl::Span<const RingTerm> terms = TermsOf(node);
    if (HasTrait(node.op, kKink)) {
      for (Operand operand : node.arguments()) {
        mark(operand, node.arity() == 1 ? kAlone : kCompared);
      }
    } else if (decides[i] == kNothing || terms.empty()) {
      continue;
    } else if (terms.size() == 1) {
      for (Operand operand : node.arguments()) mark(operand, decides[i]);
    } else if (length_[i] <= kShort && (decides[i] == kCompared || IsDifference(i))) {
      RoundProducts(i);
      for (Operand operand : node.arguments()) mark(operand, kCompared);
    }
  }
}

// Whether it has terms of both signs, or a constant.
bool Selection::IsDifference(uint32_t i) const {
  bool plus = false, minus = false;
  for (const Product& term : SumOf(Operand::Node(i))) {
    if (term.x.is_constant() && !term.has_y) return true;
    (term.sign > 0 ? plus : minus) = true;
  }
  return plus && minus;
}

void Selection::RoundProducts(uint32_t i) {
  const std::vector<Product> sum = SumOf(Operand::Node(i));
  for (size_t t = 1; t < sum.size(); ++t) {
    if (sum[t].of != Product::kNone) Round(sum[t].of);
  }
}

uint32_t Selection::Length(Operand operand) const {
  const bool is_absorbed = !operand.is_constant() && absorbed_[operand.index()];
  return is_absorbed ? length_[operand.index()] : 1;
}

Operand Selection::Signed(Operand operand, int* sign) const {
  while (!operand.is_constant() && absorbed_[operand.index()]) {
    const Instruction& node = graph_.nodes[operand.index()];
    if (!IsChangeOfSign(node)) break;
    const RingTerm& term = TermsOf(node)[0];
    *sign *= term.sign;
    operand = node.operands[term.x];
  }
  return operand;
}

std::vector<Product> Selection::SumOf(Operand operand) const {
  std::vector<Product> sum;
  struct Pending {
    Product product;
    bool expand;
  };
  absl::InlinedVector<Pending, 8> pending = {{{1, operand}, true}};
  while (!pending.empty()) {
    const auto [next, expand] = pending.back();
    pending.pop_back();
    if (!expand || next.x.is_constant() || TermsOf(graph_.nodes[next.x.index()]).empty()) {
      sum.push_back(next);
      continue;
    }
    const Instruction& node = graph_.nodes[next.x.index()];
    const auto is_long = [&](const RingTerm& term) {
      return term.y < 0 && Length(node.operands[term.x]) > 1;
    };
    // What is pushed last is written out first: a long summand, then the others.
    absl::InlinedVector<RingTerm, 2> terms(TermsOf(node).begin(), TermsOf(node).end());
    if (terms.size() == 2 && is_long(terms[1])) std::swap(terms[0], terms[1]);
    for (size_t t = terms.size(); t > 0;) {
      --t;
      const RingTerm& term = terms[t];
      int sign = next.sign * term.sign;
      if (term.y < 0) {
        const Operand x = node.operands[term.x];
        pending.push_back({{sign, x}, !x.is_constant() && absorbed_[x.index()]});
        continue;
      }
      const Operand x = Signed(node.operands[term.x], &sign);
      const Operand y = term.y == term.x ? x : Signed(node.operands[term.y], &sign);
      if (term.y == term.x) sign = next.sign * term.sign;
      pending.push_back({{sign, x, true, y, next.x.index()}, false});
    }
  }
  return sum;
}

}  // namespace wengert::program
