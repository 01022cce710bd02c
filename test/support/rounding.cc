#include "test/support/rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "wengert/program/evaluate.h"

namespace wengert::testing {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

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
  const program::Graph& graph = *graph_;
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
  for (size_t i = values.size(); i-- > 0;) {
    const program::Instruction& node = graph.nodes[i];
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
  return sample;
}

RoundingReference::Answer RoundingReference::At(absl::Span<const double> x,
                                                absl::Span<const double> w, size_t n) {
  samples_ = {Take(x, w, n, 0.0)};
  Answer answer{Exact(samples_[0].values), Exact(samples_[0].gradient), samples_[0].is_finite};
  for (int s = 0; s < kSamples; ++s) {
    samples_.push_back(Take(x, w, n, kUlps));
    answer.is_finite &= samples_.back().is_finite;
    Widen(answer.values, samples_.back().values);
    Widen(answer.gradient, samples_.back().gradient);
  }
  Finish(answer.values);
  Finish(answer.gradient);
  return answer;
}

bool RoundingReference::guards_are_clear(absl::Span<const double> outcomes) const {
  const absl::Span<const double> exact = samples_[0].guards;
  bool same = exact.size() == outcomes.size();
  for (const Sample& sample : samples_) same &= absl::MakeConstSpan(sample.guards) == exact;
  return same;
}

}  // namespace wengert::testing
