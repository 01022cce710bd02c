#include "wengert/derive/check_gradient.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "wengert/derive/nearby_flip.h"
#include "wengert/ops/rule.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"
#include "wengert/tape/tape.h"

namespace wengert {
namespace {

// How many error estimates apart; infinite if one of them isn't a number to compare with.
double Distance(double found, const DifferenceQuotient& quotient) {
  const double gap = std::abs(found - quotient.value);
  if (std::isnan(gap) || !quotient.converged()) return std::numeric_limits<double>::infinity();
  constexpr double kTiny = std::numeric_limits<double>::min();
  return gap / std::max(quotient.error, kTiny);
}

// The partial towards operand k of an operation at these operands, and its difference quotient.
template <class R, int k, size_t arity>
NodeSuspicion ExamineOperand(const std::array<double, arity>& x, double y) {
  NodeSuspicion examined;
  examined.operand = k;
  const auto value_at = [&](double t) {
    std::array<double, arity> moved = x;
    moved[k] += t;
    return std::apply([](auto... operands) { return R::Value(operands...); }, moved);
  };
  examined.partial =
      std::apply([&](auto... operands) { return R::template Partial<k>(operands..., y); }, x);
  examined.quotient = RichardsonDerivative(value_at, FirstStep(x[k]));
  return examined;
}

// The same for an output of a user's operation, by its vjp.
NodeSuspicion ExamineCallOperand(const View& view, const CustomCall& call, size_t output, size_t k,
                                 const double* primals) {
  const OperandReader<double> read{primals, view.constants.data()};
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  CallFrame frame(*call.rules, call.inputs());
  for (size_t j = 0; j < operands.size(); ++j) frame.x[j] = read(operands[j]);
  const double x = frame.x[k];
  frame.Value();
  std::fill(frame.y_bar.begin(), frame.y_bar.end(), 0.0);
  frame.y_bar[output] = 1.0;
  frame.Vjp();
  NodeSuspicion examined;
  examined.operand = static_cast<int>(k);
  examined.partial = frame.x_bar[k];
  const auto value_at = [&](double t) {
    frame.x[k] = x + t;
    frame.Value();
    return frame.y[output];
  };
  examined.quotient = RichardsonDerivative(value_at, FirstStep(x));
  return examined;
}

// The worst operand of all nodes that the root is sensitive to.
class Search {
 public:
  Search(const Tape& tape, double slack) : view_(tape), tape_(tape), worst_distance_(slack) {}

  void Examine(uint32_t i) {
    const Node& node = view_.nodes[i];
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) ExamineNode<R>(node, i);
      if constexpr (R::op == Op::kCustom) ExamineCall(view_.CallOf(node), i);
    });
  }
  const std::optional<NodeSuspicion>& worst() const { return worst_; }

 private:
  template <class R>
  void ExamineNode(const Node& node, uint32_t i) {
    const OperandReader<double> read{tape_.primals().data(), view_.constants.data()};
    const auto operands = WithOperands<R::arity>(
        read, node, [](auto... x) { return std::array<double, sizeof...(x)>{x...}; });
    ForActiveOperands<R::arity>(node, [&](auto k, uint32_t) {
      Compare(i, ExamineOperand<R, decltype(k)::value>(operands, tape_.primals()[i]));
    });
  }

  void ExamineCall(const CustomCall& call, uint32_t i) {
    const absl::Span<const Operand> operands = view_.OperandsOf(call);
    for (size_t k = 0; k < operands.size(); ++k) {
      if (operands[k].is_constant()) continue;
      Compare(i, ExamineCallOperand(view_, call, i - call.first, k, tape_.primals().data()));
    }
  }

  void Compare(uint32_t i, NodeSuspicion examined) {
    examined.node = i;
    const double distance = Distance(examined.partial, examined.quotient);
    if (distance <= worst_distance_) return;
    worst_distance_ = distance;
    worst_ = examined;
  }

  const View view_;
  const Tape& tape_;
  std::optional<NodeSuspicion> worst_;
  double worst_distance_;
};

std::optional<NodeSuspicion> MostSuspicious(const Tape& tape, absl::Span<const double> adjoints,
                                            double slack) {
  Search search(tape, slack);
  for (uint32_t i = 0; i < adjoints.size(); ++i) {
    if (adjoints[i] != 0.0) search.Examine(i);
  }
  return search.worst();
}

// A user's operation under its own name.
std::string NameOf(const Tape& tape, const Node& node) {
  if (node.op == Op::kCustom) return tape.calls()[node.a.index()].rules->name;
  return InfoOf(node.op).text;
}

std::string InWords(const NodeSuspicion& s, const Tape& tape) {
  const Node& node = tape.nodes()[s.node];
  return absl::StrFormat(
      "node %d, %s: its partial towards operand %d is %.6g, its own differences %.6g +- %.2g%s",
      s.node, NameOf(tape, node), s.operand, s.partial, s.quotient.value, s.quotient.error,
      HasTrait(node.op, kKink) ? "; the operation has a kink or jump nearby" : "");
}

std::string ReportOf(const GradientCheck& check, const Tape& tape) {
  if (check.ok) return "the gradient agrees with differences of the function";
  std::vector<std::string> lines = {
      absl::StrFormat("gradient[%d] is %.17g, but differences of the function give %.17g +- %.2g",
                      check.input, check.found, check.expected.value, check.expected.error)};
  if (check.suspicion) lines.push_back(InWords(*check.suspicion, tape));
  if (!check.nearby_flip.empty()) {
    lines.push_back(absl::StrCat("the differences see another branch: ", check.nearby_flip));
  }
  if (lines.size() == 1) {
    lines.push_back(
        "every operation's partial agrees with its own differences: the function depends on its "
        "inputs in a way that isn't recorded (value(), Freeze, state of its own)");
  }
  return absl::StrJoin(lines, "\n");
}

// Steps from the size of x down may be too long for a function that does more than one thing within
// them, a peak far from zero or a fast oscillation: what they estimate, and how well, is then by
// chance. Such a quotient is contradicted by those of shorter steps, of which one agrees with the
// gradient. A kink that is nearby would be, too, but is to be found.
template <class QuotientAt>
bool ShorterStepsAgree(double found, double step, QuotientAt&& quotient_at, double slack) {
  constexpr double kShorter = 1.0 / (1 << kDifferenceSteps);
  const DifferenceQuotient first = quotient_at(step);
  for (int k = 0; k < 2; ++k) {
    step *= kShorter;
    const DifferenceQuotient shorter = quotient_at(step);
    const double gap = std::abs(shorter.value - first.value);
    const bool contradicts = !first.converged() || gap > slack * (shorter.error + first.error);
    if (contradicts && Distance(found, shorter) <= slack) return true;
  }
  return false;
}

bool IsAtAKink(const GradientCheck& check, const Tape& tape) {
  if (!check.nearby_flip.empty()) return true;
  return check.suspicion && HasTrait(tape.nodes()[check.suspicion->node].op, kKink);
}

}  // namespace

GradientCheck CheckGradient(const std::function<Var(absl::Span<const Var>)>& f,
                            absl::Span<const double> x, double slack) {
  Tape tape;
  const Var root = f(tape.Inputs(x));
  const Adjoints& adjoints = tape.Backward(root);
  const std::vector<double> gradient = adjoints.Gradient();
  std::vector<double> point(x.begin(), x.end());
  const auto value_at = [&](size_t j, double t) {
    point[j] = x[j] + t;
    Tape probe;
    const double y = f(probe.Inputs(point)).value();
    point[j] = x[j];
    return y;
  };
  const auto worst_input = [&](bool with_shorter_steps) {
    GradientCheck check;
    double worst = -1.0;
    for (size_t j = 0; j < x.size(); ++j) {
      const auto quotient_at = [&](double step) {
        return RichardsonDerivative([&](double t) { return value_at(j, t); }, step);
      };
      const double step = FirstStep(x[j]);
      const DifferenceQuotient quotient = quotient_at(step);
      const double distance = Distance(gradient[j], quotient);
      if (distance <= worst) continue;
      if (with_shorter_steps && distance > slack &&
          ShorterStepsAgree(gradient[j], step, quotient_at, slack)) {
        continue;
      }
      worst = distance;
      check.input = j;
      check.found = gradient[j];
      check.expected = quotient;
    }
    check.ok = worst <= slack;
    if (check.ok) return check;
    check.suspicion = MostSuspicious(tape, adjoints.nodes(), slack);
    check.nearby_flip = NearbyFlip(tape, x, check.input);
    return check;
  };
  GradientCheck check = worst_input(false);
  if (!check.ok && !IsAtAKink(check, tape)) check = worst_input(true);
  check.report = ReportOf(check, tape);
  return check;
}

GradientCheck CheckGradient(
    const std::function<Var(absl::Span<const Var>, absl::Span<const Var>)>& f,
    absl::Span<const double> x, absl::Span<const double> p, double slack) {
  const std::vector<Var> constants(p.begin(), p.end());
  return CheckGradient([&](absl::Span<const Var> inputs) { return f(inputs, constants); }, x,
                       slack);
}

}  // namespace wengert
