#include "test/support/random_program.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wengert::truth {
namespace {

constexpr double kUnit = 0x1p-53;

Point OperandsOf(const Step& step, const std::vector<double>& nodes) {
  Point x = {};
  for (size_t k = 0; k < static_cast<size_t>(ArityOf(step.op)); ++k) {
    const Operand& operand = step.operands[k];
    x[k] = operand.node < 0 ? operand.constant : nodes[static_cast<size_t>(operand.node)];
  }
  return x;
}

std::vector<double> NodesOf(const RandomProgram& program) {
  std::vector<double> nodes = program.inputs;
  for (const Step& step : program.steps) {
    nodes.push_back(RuleValue(step.op, OperandsOf(step, nodes)));
  }
  return nodes;
}

bool IsOrdinary(double x) { return x == 0 || (std::abs(x) >= 1e-4 && std::abs(x) <= 1e4); }

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15 + 1) {}

  RandomProgram Make() {
    const size_t inputs = 1 + Below(3), steps = 2 + Below(12);
    for (size_t i = 0; i < inputs; ++i) program_.inputs.push_back(Number());
    nodes_ = program_.inputs;
    while (program_.steps.size() < steps) {
      for (Op op = AnyOp(); !Append(op); op = AnyOp()) {
      }
    }
    return program_;
  }

 private:
  size_t Below(size_t n) { return random_() % n; }
  // Rarely a flat one, behind which all derivatives are zero.
  Op AnyOp() {
    for (;;) {
      const Op op = static_cast<Op>(1 + Below(static_cast<size_t>(kOpCount) - 1));
      if (!HasTrait(op, kFlat) || Below(4) == 0) return op;
    }
  }
  double Number() {
    const double size = std::ldexp(1 + static_cast<double>(Below(1 << 20)) * 0x1p-20,
                                   static_cast<int>(Below(5)) - 3);
    return Below(2) == 0 ? size : -size;
  }
  // Most often one of the newest nodes, so that programs are deep.
  Operand AnyOperand(const Range& range) {
    if (range.whole) return {-1, static_cast<double>(Below(3))};
    if (Below(8) == 0) return {-1, Number()};
    const size_t all = nodes_.size();
    const size_t back = Below(2) == 0 ? Below(std::min<size_t>(all, 2)) : Below(all);
    return {static_cast<int>(all - 1 - back), 0};
  }
  bool Append(Op op) {
    for (int tries = 0; tries < 20; ++tries) {
      Step step = {op, {}};
      for (size_t k = 0; k < static_cast<size_t>(ArityOf(op)); ++k) {
        step.operands[k] = AnyOperand(DomainOf(op).where[k]);
      }
      const Point x = OperandsOf(step, nodes_);
      if (!DomainOf(op).Contains(ArityOf(op), x)) continue;
      const double y = RuleValue(op, x);
      if (!IsOrdinary(y)) continue;
      program_.steps.push_back(step);
      nodes_.push_back(y);
      return true;
    }
    return false;
  }

  std::mt19937_64 random_;
  RandomProgram program_;
  std::vector<double> nodes_;
};

// What a step does with its operands' errors.
struct Sensitivity {
  double rounding = 0;                     // of the value itself
  std::array<double, 3> partial = {};      // the largest, in size, that the errors may lead to
  std::array<double, 3> uncertainty = {};  // how far off the computed one may be
  bool is_known = true;
};

// The corners of the box that the errors make around x.
std::vector<Point> Corners(int arity, const Point& x, const Point& errors) {
  std::vector<Point> corners = {x};
  for (size_t corner = 0; corner < (size_t{1} << arity); ++corner) {
    Point moved = x;
    for (size_t k = 0; k < static_cast<size_t>(arity); ++k) {
      moved[k] += (corner >> k & 1) != 0 ? errors[k] : -errors[k];
    }
    corners.push_back(moved);
  }
  return corners;
}

Sensitivity SensitivityOf(const Step& step, const Point& x, const Point& errors) {
  const OpDomain& domain = DomainOf(step.op);
  const int arity = ArityOf(step.op);
  const double y = RuleValue(step.op, x);
  Sensitivity result;
  double size = std::abs(y);
  if (step.op == Op::kLogAddExp) size += std::abs(x[0]) + std::abs(x[1]);  // a sum that may cancel
  result.rounding = 2 * kUnit * domain.value_ulps * size;
  double spread = 0;
  for (const Point& corner : Corners(arity, x, errors)) {
    const double y_there = RuleValue(step.op, corner);
    spread = std::max(spread, std::abs(y_there - y));
    result.is_known &= domain.Contains(arity, corner) && std::isfinite(y_there);
    for (int k = 0; k < arity; ++k) {
      const size_t i = static_cast<size_t>(k);
      if (step.operands[i].node < 0) continue;
      const double here = RulePartial(step.op, x, k, y);
      const double there = RulePartial(step.op, corner, k, y_there);
      result.is_known &= std::isfinite(there);
      result.partial[i] = std::max(result.partial[i], std::abs(there));
      const double rounding = 2 * kUnit * domain.partial_ulps * std::abs(there);
      result.uncertainty[i] =
          std::max(result.uncertainty[i], 2 * std::abs(there - here) + rounding);
    }
  }
  double carried = 0;
  for (size_t k = 0; k < 3; ++k) carried += result.partial[k] * errors[k];
  result.is_known &= spread <= 2 * carried + 4 * result.rounding;  // no jump
  return result;
}

struct Analysis {
  std::vector<double> errors;  // of each node's value
  std::vector<Sensitivity> steps;
};

std::optional<Analysis> Forward(const RandomProgram& program, const std::vector<double>& nodes) {
  Analysis all;
  all.errors.resize(program.inputs.size(), 0.0);
  for (const Step& step : program.steps) {
    Point errors = {};
    for (size_t k = 0; k < 3; ++k) {
      const int node = step.operands[k].node;
      if (node >= 0) errors[k] = all.errors[static_cast<size_t>(node)];
    }
    const Sensitivity s = SensitivityOf(step, OperandsOf(step, nodes), errors);
    double error = s.rounding;
    for (size_t k = 0; k < 3; ++k) error += s.partial[k] * errors[k];
    if (!s.is_known || !(error < 1e-6)) return std::nullopt;
    all.errors.push_back(error);
    all.steps.push_back(s);
  }
  return all;
}

std::array<High, 3> OperandsOf(const Step& step, const std::vector<HighDual>& nodes) {
  std::array<High, 3> x;
  for (size_t k = 0; k < 3; ++k) {
    const Operand& operand = step.operands[k];
    x[k] =
        operand.node < 0 ? High(operand.constant) : nodes[static_cast<size_t>(operand.node)].value;
  }
  return x;
}

// Node number `node` of a program becomes the number it is.
RandomProgram Without(const RandomProgram& program, int node) {
  const double value = NodesOf(program)[static_cast<size_t>(node)];
  const int inputs = static_cast<int>(program.inputs.size());
  RandomProgram less = program;
  if (node < inputs) {
    less.inputs.erase(less.inputs.begin() + node);
  } else {
    less.steps.erase(less.steps.begin() + (node - inputs));
  }
  for (Step& step : less.steps) {
    for (Operand& operand : step.operands) {
      if (operand.node == node) operand = {-1, value};
      if (operand.node > node) --operand.node;
    }
  }
  return less;
}

}  // namespace

RandomProgram MakeRandomProgram(uint64_t seed) { return Generator(seed).Make(); }

HighDual TruthOf(const RandomProgram& program) {
  const Precision precision(256);
  std::vector<HighDual> nodes;
  const size_t inputs = program.inputs.size();
  for (size_t i = 0; i < inputs; ++i) {
    nodes.push_back({High(program.inputs[i]), std::vector<High>(inputs, High(0))});
    nodes[i].tangents[i] = High(1);
  }
  for (const Step& step : program.steps) {
    const HighOperands x = OperandsOf(step, nodes);
    HighDual y = {Value(step.op, x), std::vector<High>(inputs, High(0))};
    for (int k = 0; k < ArityOf(step.op); ++k) {
      const int node = step.operands[static_cast<size_t>(k)].node;
      if (node < 0) continue;
      const High partial = Partial(step.op, x, k);
      for (size_t i = 0; i < inputs; ++i) {
        y.tangents[i] = y.tangents[i] + partial * nodes[static_cast<size_t>(node)].tangents[i];
      }
    }
    nodes.push_back(y);
  }
  return nodes.back();
}

std::optional<ErrorBounds> BoundsOf(const RandomProgram& program) {
  const std::optional<Analysis> forward = Forward(program, NodesOf(program));
  if (!forward.has_value()) return std::nullopt;
  const size_t inputs = program.inputs.size(), count = forward->errors.size();
  std::vector<double> sizes(count, 0.0), errors(count, 0.0);  // of adjoints, before they cancel
  sizes.back() = 1;
  for (size_t node = count; node-- > inputs;) {
    const Step& step = program.steps[node - inputs];
    const Sensitivity& s = forward->steps[node - inputs];
    for (size_t k = 0; k < 3; ++k) {
      if (step.operands[k].node < 0) continue;
      const size_t x = static_cast<size_t>(step.operands[k].node);
      const double size = sizes[node] * s.partial[k];
      sizes[x] += size;
      errors[x] += errors[node] * s.partial[k] + sizes[node] * s.uncertainty[k];
      errors[x] += 8 * kUnit * size;  // a product, and sums with what is there
    }
  }
  ErrorBounds bounds = {forward->errors.back(), errors};
  bounds.gradient.resize(inputs);
  return bounds;
}

double ErrorShare(double computed, const High& truth, double bound) {
  const Precision precision(256);
  const double share = abs(High(computed) - truth).Rounded() / (bound + 1e-300);
  return std::isnan(share) ? std::numeric_limits<double>::infinity() : share;
}

RandomProgram Shrunk(RandomProgram program,
                     const std::function<bool(const RandomProgram&)>& fails) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    const int inputs = static_cast<int>(program.inputs.size());
    // A program ends earlier, or a node is a number.
    RandomProgram shorter = program;
    shorter.steps.pop_back();
    if (!shorter.steps.empty() && fails(shorter)) {
      program = shorter;
      smaller = true;
      continue;
    }
    const int last = inputs + static_cast<int>(program.steps.size()) - 1;
    for (int node = inputs > 1 ? 0 : inputs; node < last && !smaller; ++node) {
      if (node < inputs && inputs == 1) continue;
      const RandomProgram less = Without(program, node);
      if (!fails(less)) continue;
      program = less;
      smaller = true;
    }
  }
  return program;
}

std::string Text(const RandomProgram& program) {
  std::string text;
  for (double x : program.inputs) absl::StrAppendFormat(&text, "input %.17g\n", x);
  for (const Step& step : program.steps) {
    absl::StrAppend(&text, InfoOf(step.op).text);
    for (size_t k = 0; k < static_cast<size_t>(ArityOf(step.op)); ++k) {
      const Operand& operand = step.operands[k];
      if (operand.node < 0) absl::StrAppendFormat(&text, " %.17g", operand.constant);
      if (operand.node >= 0) absl::StrAppend(&text, " %", operand.node);
    }
    text += '\n';
  }
  return text;
}

}  // namespace wengert::truth
