#include "test/support/rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "wengert/ops/ring.h"
#include "wengert/program/evaluate.h"

namespace wengert::testing {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A sum of its operands: its partials don't depend on them.
bool IsLinear(Op op) {
  const absl::Span<const RingTerm> terms = RingTermsOf(op);
  return !terms.empty() &&
         std::all_of(terms.begin(), terms.end(), [](const RingTerm& term) { return term.y < 0; });
}

double LargestOf(const std::vector<Rounded>& all) {
  double largest = 0.0;
  for (const Rounded& each : all) largest = std::max(largest, std::abs(each.value));
  return largest;
}

std::vector<Rounded> Exact(const std::vector<double>& values) {
  std::vector<Rounded> exact;
  for (double value : values) exact.push_back({value, 0.0});
  return exact;
}

// A sample that rounding made NaN or infinite allows anything.
void Widen(std::vector<Rounded>& all, const std::vector<double>& sample) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (sample[i] == all[i].value) continue;
    const double off = std::abs(sample[i] - all[i].value);
    all[i].tolerance = std::isnan(off) ? kInfinity : std::max(all[i].tolerance, off);
  }
}

void Finish(std::vector<Rounded>& all) {
  const double least = kEpsilon * LargestOf(all);
  for (Rounded& each : all) {
    each.tolerance = RoundingReference::kSafety * (each.tolerance + least);
  }
}

}  // namespace

bool RoundingReference::Answer::is_smooth() const {
  for (const std::vector<Rounded>* all : {&values, &gradient}) {
    const double largest = LargestOf(*all);
    for (const Rounded& each : *all) {
      if (!(each.tolerance <= 1e-7 * largest)) return false;
    }
  }
  return true;
}

double RoundingReference::Part() { return static_cast<double>(random_() >> 11) * 0x1p-52 - 1.0; }

double RoundingReference::Off(double value, double ulps) {
  const double part = Part();
  if (ulps == 0.0 || value == 0.0) return value;
  // Below the normal numbers a unit in the last place is no longer a part of the value.
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  return value + value * (ulps * kEpsilon * part) + std::round(ulps * part) * kLeast;
}

RoundingReference::Sample RoundingReference::Take(absl::Span<const double> x,
                                                  absl::Span<const double> w, size_t n,
                                                  double ulps) {
  const program::Graph& graph = graph_;
  std::vector<double> values(graph.nodes.size()), adjoints(graph.nodes.size());
  const auto arguments_of = [&](const program::Instruction& node, double* arguments) {
    for (Operand operand : node.arguments()) {
      const double value = ValueOf(graph, values, operand);
      const bool is_product = !operand.is_constant() && graph.nodes[operand.index()].op == Op::kMul;
      *arguments++ = is_product ? Off(value, ulps) : value;
    }
  };
  for (size_t i = 0; i < values.size(); ++i) {
    const program::Instruction& node = graph.nodes[i];
    double arguments[4];
    arguments_of(node, arguments);
    values[i] = node.is_leaf() ? x[node.leaf()]
                               : Off(program::Compute(node.op, node.partial, arguments), ulps);
  }
  Sample sample;
  for (const double value : values) sample.is_finite &= std::isfinite(value);
  for (const double value : graph.constants) sample.is_finite &= std::isfinite(value);
  for (size_t r = 0; r < dependents_; ++r) {
    sample.values.push_back(ValueOf(graph, values, graph.roots[r]));
    if (!graph.roots[r].is_constant()) adjoints[graph.roots[r].index()] += w[r];
  }
  for (size_t r = dependents_; r < graph.roots.size(); ++r) {
    sample.guards.push_back(ValueOf(graph, values, graph.roots[r]));
  }
  sample.gradient.resize(n);
  for (size_t i = values.size(); i > 0;) {
    const program::Instruction& node = graph.nodes[--i];
    if (adjoints[i] == 0.0 || HasTrait(node.op, kFlat)) continue;
    if (node.is_leaf()) {
      if (node.leaf() < n) sample.gradient[node.leaf()] = adjoints[i];
      continue;
    }
    double arguments[5];
    arguments_of(node, arguments);
    arguments[node.arity()] = values[i];
    for (int k = 0; k < node.arity(); ++k) {
      if (node.operands[k].is_constant()) continue;
      double partial = Off(program::Compute(node.op, k, arguments), ulps);
      if (ulps > 0.0 && partials_off_ > 0.0) partial += partials_off_ * Part();
      double& adjoint = adjoints[node.operands[k].index()];
      adjoint = Off(adjoint + Off(adjoints[i] * partial, ulps), ulps);
      sample.is_finite &= std::isfinite(partial) && std::isfinite(adjoint);
    }
  }
  sample.nodes = std::move(values);
  return sample;
}

std::vector<bool> RoundingReference::Lost() const {
  const program::Graph& graph = graph_;
  std::vector<bool> lost(graph.nodes.size());
  for (size_t i = 0; i < lost.size(); ++i) {
    const double exact = samples_[0].nodes[i];
    for (const Sample& sample : samples_) {
      const double off = std::abs(sample.nodes[i] - exact);
      // Near zero, where operations are as good as linear, samples show enough.
      if (off >= 1.0 && off >= 0.5 * std::abs(exact)) lost[i] = true;
    }
    for (Operand operand : graph.nodes[i].arguments()) {
      if (!operand.is_constant() && lost[operand.index()]) lost[i] = true;
    }
  }
  return lost;
}

void RoundingReference::WidenWhatIsLost(absl::Span<const double> w, Answer& answer) const {
  const program::Graph& graph = graph_;
  const std::vector<bool> lost = Lost();
  std::vector<bool> reached(lost.size()), adjoint_is_lost(lost.size());
  for (size_t r = 0; r < dependents_; ++r) {
    if (graph.roots[r].is_constant()) continue;
    const uint32_t root = graph.roots[r].index();
    if (lost[root]) {
      answer.values[r].tolerance = kInfinity;
      answer.is_certain = false;
    }
    if (w[r] != 0.0) reached[root] = true;
  }
  for (size_t i = lost.size(); i > 0;) {
    const program::Instruction& node = graph.nodes[--i];
    if (!reached[i] || HasTrait(node.op, kFlat)) continue;
    if (node.is_leaf()) {
      if (!adjoint_is_lost[i] || node.leaf() >= answer.gradient.size()) continue;
      answer.gradient[node.leaf()].tolerance = kInfinity;
      answer.is_certain = false;
      continue;
    }
    bool partials_are_lost = false;
    for (Operand operand : node.arguments()) {
      if (!operand.is_constant() && lost[operand.index()]) partials_are_lost = !IsLinear(node.op);
    }
    for (Operand operand : node.arguments()) {
      if (operand.is_constant()) continue;
      reached[operand.index()] = true;
      if (adjoint_is_lost[i] || partials_are_lost) adjoint_is_lost[operand.index()] = true;
    }
  }
}

RoundingReference::Answer RoundingReference::At(absl::Span<const double> x,
                                                absl::Span<const double> w, size_t n) {
  samples_ = {Take(x, w, n, 0.0)};
  Answer answer{.values = Exact(samples_[0].values),
                .gradient = Exact(samples_[0].gradient),
                .is_finite = samples_[0].is_finite};
  for (int s = 0; s < kSamples; ++s) {
    samples_.push_back(Take(x, w, n, kUlps));
    answer.is_finite &= samples_.back().is_finite;
    Widen(answer.values, samples_.back().values);
    Widen(answer.gradient, samples_.back().gradient);
  }
  Finish(answer.values);
  Finish(answer.gradient);
  WidenWhatIsLost(w, answer);
  return answer;
}

bool RoundingReference::guards_are_clear(absl::Span<const double> outcomes) const {
  const absl::Span<const double> exact = samples_[0].guards;
  bool same = exact.size() == outcomes.size();
  for (const Sample& sample : samples_) same &= absl::MakeConstSpan(sample.guards) == exact;
  return same;
}

}  // namespace wengert::testing
